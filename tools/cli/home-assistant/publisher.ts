/**
 * Tells Home Assistant of nodes and their channels, and hands it their newest
 * readings. Everything is retained, so Home Assistant may start at any time.
 */
import {
    MAX_UNIX_MS,
    type FrameOrigin,
    type NodeAlarm,
    type Reading,
    type Schema,
    type Status,
} from "../../decoder/index.js"
import { alarmState, changeOf, isLater, type AlarmChange } from "./alarms.js"
import { alarmConfig, sensorConfig, type NodeFacts } from "./config.js"
import {
    alarmConfigTopicOf,
    alarmIdOf,
    alarmOf,
    alarmTopicOf,
    configTopicOf,
    entityIdOf,
    isBirth,
    ownerOf,
    stateTopicOf,
    STATE_ROOT,
} from "./topics.js"

/** Nodes that are told of; further ones are left out. */
const MAX_NODES = 10_000
/** States of which the time is remembered. */
const MAX_STATES = 100_000
/** Of a node; further ones are left out. */
const MAX_ALARMS = 32
/** A reading from further in the future has a wrong time and would block the right ones, ms. */
const MAX_AHEAD_MS = 3_600_000

export interface PublisherOptions {
    /** Prefix of discovery topics. */
    readonly prefix: string
    /** Publishes a retained message; "" clears it. */
    readonly retain: (topic: string, payload: string) => void
    readonly note: (text: string) => void
    /** Unix time, ms. */
    readonly nowMs: () => number
}

interface NodeEntry {
    readonly origin: FrameOrigin
    schema: Schema | undefined
    facts: NodeFacts
    /** Config topics of the node that the broker has, with their text; "" when not made by this run. */
    readonly configs: Map<string, string>
    /** Channels of the schema. */
    channels: ReadonlySet<string>
    /** The latest record of each alarm, by its name; undefined: an earlier run showed a later one. */
    readonly alarms: Map<string, NodeAlarm | undefined>
}

export class HomeAssistantPublisher {
    private readonly nodes = new Map<string, NodeEntry>()
    /** State topic by config topic: two nodes must not share one. */
    private readonly owners = new Map<string, string>()
    /** State topics that were too late for their config topic. */
    private readonly clashes = new Set<string>()
    /** Time of the reading that each state topic has, Unix ms. */
    private readonly times = new Map<string, number>()
    private readonly pending = new Map<string, Reading>()
    /** What each alarm's state topic shows. */
    private readonly changes = new Map<string, AlarmChange>()
    /** Nodes with readings that nobody has seen: what is known of their alarms is as fresh. */
    private readonly fresh = new Set<NodeEntry>()
    private hasNotedLimit = false
    private hasNotedAlarms = false

    constructor(private readonly options: PublisherOptions) {}

    /** The channels of a node became known or changed. */
    schema(origin: FrameOrigin, schema: Schema): void {
        const node = this.nodeOf(origin)
        if (node === undefined) return
        node.schema = schema
        node.channels = new Set(schema.channels.map(channel => channel.name))
        this.publishConfigs(node)
    }

    /** A node reported: its version and interval are part of its configs. */
    status(origin: FrameOrigin, status: Status): void {
        const node = this.nodeOf(origin)
        if (node === undefined) return
        node.facts = { version: status.version, intervalSeconds: status.intervalSeconds }
        this.publishConfigs(node)
    }

    /** Takes a reading; {@link flush} publishes the newest of each channel. */
    reading(reading: Reading): void {
        const node = this.nodes.get(keyOf(reading))
        if (node?.channels.has(reading.channel) !== true) return
        if (reading.time > this.options.nowMs() + MAX_AHEAD_MS) return
        const topic = stateTopicOf(reading, reading.channel)
        if (reading.time <= (this.times.get(topic) ?? -1)) return
        this.remember(topic, reading.time)
        this.pending.set(topic, reading)
        if (node.alarms.size > 0) this.fresh.add(node)
    }

    /** Takes a record of an alarm; {@link flush} publishes it, unless a later one is shown already. */
    alarm(origin: FrameOrigin, alarm: NodeAlarm): void {
        const node = this.nodeOf(origin)
        if (node === undefined) return
        if (!node.alarms.has(alarm.name) && node.alarms.size >= MAX_ALARMS) {
            if (!this.hasNotedAlarms)
                this.options.note(
                    `Home Assistant is told of the first ${MAX_ALARMS} alarms of a node only (${keyOf(origin)} has more)`
                )
            this.hasNotedAlarms = true
            return
        }
        const topic = alarmTopicOf(origin, alarm.name)
        const shown = this.changes.get(topic)
        const change = { ...alarm, time: this.timeOf(alarm.time) }
        const isNews = shown === undefined || isLater(change, shown)
        const isKnown = shown?.boot === alarm.boot && shown.count === alarm.count
        if (!isNews && !isKnown) return
        node.alarms.set(alarm.name, alarm)
        this.changes.set(topic, change)
        this.fresh.add(node)
        this.publishConfigs(node)
    }

    /** Publishes what came since the last time. */
    flush(): void {
        for (const [topic, reading] of this.pending) this.options.retain(topic, stateText(reading))
        this.pending.clear()
        for (const node of this.fresh) this.publishAlarms(node)
    }

    /** Those that did not change are said again, for Home Assistant lets old states expire. */
    private publishAlarms(node: NodeEntry): void {
        const { origin, schema, alarms } = node
        if (schema === undefined) return
        this.fresh.delete(node)
        for (const alarm of alarms.values()) {
            if (alarm === undefined) continue
            const topic = alarmTopicOf(origin, alarm.name)
            const channel = schema.channels.find(({ name }) => name === alarm.channel)
            if (this.owners.get(this.alarmConfigTopic(origin, alarm.name)) === topic)
                this.options.retain(topic, alarmState(alarm, this.timeOf(alarm.time), channel))
        }
    }

    /** A time in the future would block the right ones. */
    private timeOf(time: number | undefined): number | undefined {
        return time !== undefined && time <= this.options.nowMs() + MAX_AHEAD_MS ? time : undefined
    }

    private alarmConfigTopic(origin: FrameOrigin, alarm: string): string {
        return alarmConfigTopicOf(this.options.prefix, alarmIdOf(origin, alarm))
    }

    /** Takes messages of {@link filtersOf}: Home Assistant's birth, and what earlier runs left behind. */
    message(topic: string, payload: Uint8Array, isRetained: boolean): void {
        if (isBirth(this.options.prefix, topic, payload)) this.republish()
        else if (!isRetained || payload.length === 0) return
        else if (alarmOf(topic) !== "") this.learnAlarm(topic, payload)
        else if (topic.startsWith(`${STATE_ROOT}/`)) this.learnTime(topic, payload)
        else if (topic.startsWith(`${this.options.prefix}/sensor/`))
            this.learnConfig(topic, payload)
    }

    /** Home Assistant started: it gets everything anew. */
    private republish(): void {
        for (const node of this.nodes.values())
            for (const [topic, text] of node.configs)
                if (text !== "") this.options.retain(topic, text)
    }

    private publishConfigs(node: NodeEntry): void {
        const { origin, schema, facts, configs, alarms } = node
        if (schema === undefined) return
        const current = new Set<string>()
        const publish = (topic: string, stateTopic: string, text: string) => {
            if (!this.claim(topic, stateTopic)) return
            current.add(topic)
            if (configs.get(topic) === text) return
            configs.set(topic, text)
            this.options.retain(topic, text)
        }
        for (const channel of schema.channels)
            publish(
                configTopicOf(this.options.prefix, entityIdOf(origin, channel.name)),
                stateTopicOf(origin, channel.name),
                sensorConfig(origin, schema, channel, facts)
            )
        for (const name of alarms.keys())
            publish(
                this.alarmConfigTopic(origin, name),
                alarmTopicOf(origin, name),
                alarmConfig(origin, schema, name, facts)
            )
        for (const topic of [...configs.keys()])
            if (!current.has(topic)) {
                configs.delete(topic)
                this.owners.delete(topic)
                this.options.retain(topic, "")
            }
    }

    /** @returns false when the topic belongs to another channel */
    private claim(topic: string, stateTopic: string): boolean {
        const owner = this.owners.get(topic) ?? stateTopic
        this.owners.set(topic, owner)
        if (owner === stateTopic) return true
        if (!this.clashes.has(stateTopic))
            this.options.note(
                `${owner} and ${stateTopic} have the same name in Home Assistant; only the first is shown`
            )
        this.clashes.add(stateTopic)
        return false
    }

    /** A state that an earlier run published: older readings must not replace it. */
    private learnTime(topic: string, payload: Uint8Array): void {
        const { time } = fieldsOf(payload)
        const unixMs = typeof time === "string" ? Date.parse(time) : NaN
        if (!(unixMs <= Math.min(MAX_UNIX_MS, this.options.nowMs() + MAX_AHEAD_MS))) return
        if (unixMs <= (this.times.get(topic) ?? -1)) return
        this.remember(topic, unixMs)
        // What waits is older than what the broker has.
        if ((this.pending.get(topic)?.time ?? Infinity) <= unixMs) this.pending.delete(topic)
    }

    /** An alarm's state that an earlier run published: earlier records must not replace it. */
    private learnAlarm(topic: string, payload: Uint8Array): void {
        const found = changeOf(fieldsOf(payload))
        const shown = this.changes.get(topic)
        const origin = ownerOf(topic)
        if (found === undefined || origin === undefined) return
        const change = { ...found, time: this.timeOf(found.time) }
        if (shown !== undefined && !isLater(change, shown)) return
        this.changes.set(topic, change)
        const alarms = this.nodes.get(keyOf(origin))?.alarms
        const name = alarmOf(topic)
        if (alarms?.has(name) === true) alarms.set(name, undefined)
    }

    /** A config that an earlier run published: cleared when its channel is gone. */
    private learnConfig(topic: string, payload: Uint8Array): void {
        const origin = ownerOf(fieldsOf(payload)["state_topic"])
        const node = origin === undefined ? undefined : this.nodeOf(origin)
        if (node === undefined || node.configs.has(topic)) return
        node.configs.set(topic, "")
        this.publishConfigs(node)
    }

    private remember(topic: string, unixMs: number): void {
        this.times.set(topic, unixMs)
        if (this.times.size > MAX_STATES)
            this.times.delete(this.times.keys().next().value as string)
    }

    private nodeOf(origin: FrameOrigin): NodeEntry | undefined {
        const key = keyOf(origin)
        const known = this.nodes.get(key)
        if (known !== undefined) return known
        if (this.nodes.size >= MAX_NODES) {
            if (!this.hasNotedLimit)
                this.options.note(`Home Assistant is told of the first ${MAX_NODES} nodes only`)
            this.hasNotedLimit = true
            return undefined
        }
        const node: NodeEntry = {
            origin: { site: origin.site, node: origin.node },
            schema: undefined,
            facts: { version: "", intervalSeconds: undefined },
            configs: new Map(),
            channels: new Set(),
            alarms: new Map(),
        }
        this.nodes.set(key, node)
        return node
    }
}

function keyOf(origin: FrameOrigin): string {
    return `${origin.site}/${origin.node}`
}

function stateText(reading: Reading): string {
    return JSON.stringify({
        value: reading.value === undefined ? null : Number(reading.value.toFixed(reading.decimals)),
        time: new Date(reading.time).toISOString(),
        quality: reading.quality,
        ...(reading.calibration === 0 ? {} : { calibration: reading.calibration }),
    })
}

/** Fields of a JSON object; none when it is not one. */
export function fieldsOf(payload: Uint8Array): Record<string, unknown> {
    try {
        const value: unknown = JSON.parse(Buffer.from(payload).toString("utf8"))
        return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
    } catch {
        return {}
    }
}
