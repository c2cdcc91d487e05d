/**
 * Tells Home Assistant of nodes and their channels, and hands it their newest
 * readings. Everything is retained, so Home Assistant may start at any time.
 */
import {
    MAX_UNIX_MS,
    type FrameOrigin,
    type Reading,
    type Schema,
    type Status,
} from "../../decoder/index.js"
import { sensorConfig, type NodeFacts } from "./config.js"
import { configTopicOf, entityIdOf, isBirth, ownerOf, stateTopicOf, STATE_ROOT } from "./topics.js"

/** Nodes that are told of; further ones are left out. */
const MAX_NODES = 10_000
/** States of which the time is remembered. */
const MAX_STATES = 100_000
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
    private hasNotedLimit = false

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
    }

    /** Publishes what came since the last time. */
    flush(): void {
        for (const [topic, reading] of this.pending) this.options.retain(topic, stateText(reading))
        this.pending.clear()
    }

    /** Takes messages of {@link filtersOf}: Home Assistant's birth, and what earlier runs left behind. */
    message(topic: string, payload: Uint8Array, isRetained: boolean): void {
        if (isBirth(this.options.prefix, topic, payload)) this.republish()
        else if (!isRetained || payload.length === 0) return
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
        const { origin, schema, facts, configs } = node
        if (schema === undefined) return
        const current = new Set<string>()
        for (const channel of schema.channels) {
            const topic = configTopicOf(this.options.prefix, entityIdOf(origin, channel.name))
            if (!this.claim(topic, stateTopicOf(origin, channel.name))) continue
            current.add(topic)
            const text = sensorConfig(origin, schema, channel, facts)
            if (configs.get(topic) === text) continue
            configs.set(topic, text)
            this.options.retain(topic, text)
        }
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
