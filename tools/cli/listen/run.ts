/** What all forms of `suitcase listen` share: the connection, who is told, when it ends. */
import {
    LEAF_ALARM,
    LEAF_CLOCK,
    LEAF_ENVELOPE,
    LEAF_FRAME,
    LEAF_SCHEMA,
    LEAF_SEALED,
    LEAF_STATE,
    LEAF_STATUS,
    LEAF_TIME_GET,
} from "../../../src/core/protocol/topics.js"
import { setTimeout as sleep } from "node:timers/promises"
import { type FrameCollector, type Opener } from "../../decoder/index.js"
import { UsageError } from "../errors.js"
import { onInterrupt } from "../interrupt.js"
import { WatchedKeys } from "../keys/watched-keys.js"
import { filtersOf } from "../home-assistant/topics.js"
import { type Broker } from "../mqtt/broker.js"
import { MqttLink, type LinkOptions } from "../mqtt/link.js"
import { type Terminal } from "../terminal.js"
import { age } from "../view/format.js"
import { Describer } from "./describer.js"
import { type KitNode } from "../../kit/kit.js"
import { HostClock } from "./host-clock.js"
import { type NodeMetrics } from "./metrics/node-metrics.js"
import { Observers } from "./observers.js"
import { SilenceWatch } from "./silence-watch.js"

/** What a listener reads of nodes: not the commands to them, and not their answers. */
const LEAVES = [
    LEAF_FRAME,
    LEAF_SEALED,
    LEAF_ENVELOPE,
    LEAF_CLOCK,
    LEAF_SCHEMA,
    LEAF_STATUS,
    LEAF_STATE,
    `${LEAF_ALARM}+`,
]

/** Pause between two attempts of who must not give up, ms. */
const RETRY_MS = 2000

export interface RunOptions {
    readonly broker: Broker
    readonly site?: string
    /** Only these nodes; default all. */
    readonly nodes?: readonly string[]
    /** Keys file. */
    readonly keys?: string
    /** Home Assistant's discovery prefix; undefined: it is not told. */
    readonly haPrefix?: string
    /** Whether to answer time requests; "trusted": whatever this computer says of its clock. */
    readonly time: "no" | "yes" | "trusted"
    /** Told of frames, and of who counts. */
    readonly metrics?: NodeMetrics
    /** Nodes that are told of when they fall silent. */
    readonly watched?: readonly KitNode[]
    /** How long, ms; default until Ctrl-C. */
    readonly forMs?: number
}

export class Run {
    readonly observers: Observers
    /** Resolves when it is to end. */
    readonly ended: Promise<void>
    private readonly stopping = new AbortController()
    private readonly keys: WatchedKeys | undefined
    private readonly silence: SilenceWatch | undefined
    private clock: HostClock | undefined
    private write: (text: string) => void = () => undefined
    private showLink: ((isUp: boolean) => void) | undefined
    /** Since when there is no connection. */
    private lostAtMs: number | undefined

    /**
     * @param signal ends it, as Ctrl-C does
     * @throws UsageError for a keys file that cannot be read
     */
    constructor(
        readonly options: RunOptions,
        readonly terminal: Terminal,
        signal?: AbortSignal
    ) {
        this.write = text => terminal.err.write(`${text}\n`)
        const note = (text: string) => this.note(text)
        this.observers = new Observers(options.haPrefix, note, options.metrics)
        if (options.watched !== undefined) this.silence = new SilenceWatch(options.watched, note)
        if (options.keys !== undefined) this.keys = new WatchedKeys(options.keys, note)
        const release = onInterrupt(() => this.end())
        const timer =
            options.forMs === undefined ? undefined : setTimeout(() => this.end(), options.forMs)
        signal?.addEventListener("abort", () => this.end(), { once: true })
        this.ended = new Promise(resolve =>
            this.stop.addEventListener(
                "abort",
                () => {
                    clearTimeout(timer)
                    release()
                    resolve()
                },
                { once: true }
            )
        )
        if (signal?.aborted === true) this.end()
    }

    get stop(): AbortSignal {
        return this.stopping.signal
    }

    get opener(): Opener | undefined {
        return this.keys?.opener
    }

    get headline(): string {
        return `Listening at ${this.options.broker.shown}; Ctrl-C ends.`
    }

    /** A line for people. */
    note(text: string): void {
        this.write(`suitcase: ${text}`)
    }

    /** Where lines for people go; default stderr. */
    noteWith(write: (text: string) => void): void {
        this.write = write
    }

    /** Who shows whether there is a connection; default lines for people. */
    linkWith(show: ((isUp: boolean) => void) | undefined): void {
        this.showLink = show
    }

    end(): void {
        this.stopping.abort()
    }

    /** Connects and subscribes. @throws UsageError when the broker cannot be reached */
    async dial(options: LinkOptions): Promise<MqttLink> {
        const { broker, site, nodes, haPrefix, time } = this.options
        const { observers } = this
        const unixMs = await this.startClock()
        const link = await MqttLink.dial(broker, {
            ...options,
            leaves: time === "no" ? LEAVES : [...LEAVES, LEAF_TIME_GET],
            ...(site === undefined ? {} : { site }),
            ...(nodes === undefined ? {} : { nodes }),
            ...(unixMs === undefined ? {} : { unixMs }),
            ...(haPrefix === undefined ? {} : { topics: filtersOf(haPrefix, site) }),
            onMessage: (topic, payload, isRetained) => {
                options.onMessage?.(topic, payload, isRetained)
                this.silence?.message(topic, isRetained)
                observers.home?.message(topic, payload, isRetained)
            },
            onLink: isUp => this.noteLink(isUp),
            note: text => observers.chatter.tell(text),
        })
        observers.home?.connect(link)
        this.silence?.start()
        return link
    }

    /**
     * @returns what time to tell nodes that ask for it, Unix ms, undefined while it is in doubt; undefined when
     * they are not to be answered
     */
    async startClock(): Promise<(() => number | undefined) | undefined> {
        const { time } = this.options
        if (time === "no") return undefined
        if (time === "trusted") return Date.now
        const clock = (this.clock ??= await HostClock.start({ note: text => this.note(text) }))
        return () => clock.now()
    }

    /** As {@link dial}, but tries until there is a connection. @returns undefined when the run ended before */
    async dialPatiently(options: LinkOptions): Promise<MqttLink | undefined> {
        let said = ""
        while (!this.stop.aborted)
            try {
                return await this.dial(options)
            } catch (e) {
                if (!(e instanceof UsageError)) throw e
                if (e.message !== said) this.note(`${e.message}; it is tried again`)
                said = e.message
                await Promise.race([this.ended, sleep(RETRY_MS, undefined, { ref: false })])
            }
        return undefined
    }

    /** From now on its counts are shown. */
    count(collector: FrameCollector): void {
        const { metrics } = this.options
        if (metrics !== undefined) metrics.collector = collector
    }

    /** Asks nodes for records that did not arrive, from now on. */
    describe(link: MqttLink, collector: FrameCollector): Describer {
        const describer = new Describer({
            waiting: () => collector.waitingNodes,
            ask: async (origin, id) => {
                await link.fetchRecords(origin)
                return await link.command(origin, { id, do: "describe" })
            },
        })
        describer.start()
        return describer
    }

    /** Once for each outage, however often the broker is tried meanwhile. */
    noteLink(isUp: boolean): void {
        if (isUp === (this.lostAtMs === undefined)) return
        const { shown } = this.options.broker
        const now = performance.now()
        const lostMs = now - (this.lostAtMs ?? now)
        this.lostAtMs = isUp ? undefined : now
        if (this.showLink !== undefined) this.showLink(isUp)
        else if (isUp) this.note(`connected to ${shown} again after ${age(lostMs)}`)
        else this.note(`lost the connection to ${shown}`)
    }

    async close(link: MqttLink): Promise<void> {
        this.release()
        await link.drain()
        await link.close()
    }

    /** Ends what runs beside the connection. */
    release(): void {
        this.clock?.close()
        this.keys?.close()
        this.silence?.close()
        this.observers.close()
    }
}
