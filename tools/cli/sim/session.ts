/**
 * One simulated run: nodes with their sensors, a broker, and the receiving side
 * that real data users have. What was sampled is the nodes' own account; what
 * was received is what the decoder made of the broker's messages.
 */
import { performance } from "node:perf_hooks"
import { type BoardOptions } from "../../../sim/board/board.js"
import {
    buildSurroundings,
    type Feeding,
    type KitApp,
    type Surroundings,
} from "../../../sim/apps/app.js"
import { AedesBroker } from "../../../sim/net/aedes-broker.js"
import { VirtualBroker } from "../../../sim/net/virtual-broker.js"
import { MB85RCModel } from "../../../src/drivers/mb85rc/model.js"
import { type Program } from "../../../sim/program/program.js"
import { type Trace } from "../../../sim/traces/trace.js"
import { type SimNode } from "../../../sim/world/node.js"
import { World } from "../../../sim/world/world.js"
import { type PlaceKind } from "../../../sim/worlds/place.js"
import { LEAF_ACK } from "../../../src/core/protocol/topics.js"
import { type Broker } from "../mqtt/broker.js"
import { FrameCollector, parseTopic, type FrameOrigin, type Reading } from "../../decoder/index.js"
import { MqttLink } from "../mqtt/link.js"
import { imageSizes } from "../build/image.js"
import { BrokerEndpoint, giveLogin, tidyUp } from "./at-broker.js"
import { Closing } from "./closing.js"
import { FaultSchedule } from "./fault-schedule.js"
import { type FaultSpec } from "./faults.js"
import { listenOn } from "./listen-on.js"
import { LossAccount, type Losses } from "./loss-account.js"
import { type StoreName } from "./flags.js"
import { boardFigures, leastCollected, leastFreeHeap } from "./board-figures.js"
import { plainJsonBytes, type SimReport } from "./report.js"
import { TruthAccount } from "./truth.js"
import { VirtualLink, type ReportLink } from "./virtual-link.js"

/** Monday; the recordings of the kit apps begin on a day of this kind. */
export const SIM_START = new Date("2024-01-15T00:00:00Z")
/** Code of it is in every program whose station takes commands. */
const COMMANDS_FILE = "src/station/remote-commands.ts"
/** The heap is looked at this often, virtual ms. */
const HEAP_PROBE_MS = 1000
/** Each further node's room is this much behind the first one's, ms. */
const LAG_PER_NODE_MS = 7 * 60_000

/** A node with a program of its own. */
export interface SessionNode {
    readonly app: KitApp
    readonly program: Program
    /** Where it is; default the app's place. */
    readonly place?: PlaceKind
    readonly board?: BoardOptions
}

export interface SessionOptions {
    readonly app: KitApp
    readonly program: Program
    /** Number of nodes, ≥ 1; default 1. */
    readonly devices?: number
    /** Nodes with other programs beside those. */
    readonly others?: readonly SessionNode[]
    /** Same seed, same output; default 1. */
    readonly seed?: number
    /** Simulated seconds per real second; default Infinity. */
    readonly speed?: number
    /** Wall time at the start; default {@link SIM_START}. */
    readonly start?: Date
    /** A broker on the network; default one inside this process, on the virtual clock. */
    readonly broker?: Broker
    /** Whether what the nodes retained stays at that broker; default it is removed. */
    readonly keepsRetained?: boolean
    /** TCP port of an embedded broker that reacts in real time; 0 = any; default none. */
    readonly brokerPort?: number
    /** What goes wrong in the run. */
    readonly faults?: readonly FaultSpec[]
    /** Length of the run, ms: faults must begin before its end; default endless. */
    readonly runMs?: number
    /** Called as faults begin and end, in words. */
    readonly onFault?: (text: string, unixMs: number) => void
    /** A memory part on each node's bus; default none. */
    readonly store?: StoreName
    /** The board that the nodes are; default the stock simulator. */
    readonly board?: BoardOptions
    /** How long the nodes have been on at the start, ms; default 0. */
    readonly uptimeMs?: number
    /** A recording to use instead of the app's own. */
    readonly trace?: Trace
    /** Whether readings are compared with what is true, which takes time; default not. */
    readonly comparesTruth?: boolean
    /** Where the nodes are, each in a place of its own of this kind; default the app's. */
    readonly place?: PlaceKind
    readonly onReading?: (reading: Reading) => void
    /** Every message the receiving side gets. */
    readonly onMessage?: (topic: string, payload: Uint8Array) => void
    /** Every line a program prints. */
    readonly onConsole?: (node: SimNode, line: string) => void
}

export class SimSession {
    readonly collector: FrameCollector
    /** Which recording feeds which input. */
    feedings: readonly Feeding[] = []
    /** What each node has around it, by its device id. */
    readonly surroundings = new Map<string, Surroundings>()
    /** Errors of what arrived against what is true around its node. */
    readonly truth = this.truthAccount()
    /** TCP port of the embedded broker, when it listens. */
    brokerPort: number | undefined

    private readonly origins = new Map<string, FrameOrigin>()
    private readonly closing = new Closing()
    private embedded: AedesBroker | undefined
    /** The broker, when it is on the virtual clock. */
    broker: VirtualBroker | undefined
    private link: ReportLink | undefined
    private schedule: FaultSchedule | undefined
    private readonly account: LossAccount
    private jsonBytes = 0
    private requests = 0
    private simulatedUs = 0
    private wallMs = 0
    private isStopping = false
    private isFinishing = false

    private constructor(
        private readonly options: SessionOptions,
        readonly world: World
    ) {
        this.account = new LossAccount(options.broker === undefined)
        this.collector = new FrameCollector({
            onReading: reading => {
                if (!reading.isGap) this.jsonBytes += plainJsonBytes(reading)
                this.account.note(reading)
                if (options.comparesTruth === true) this.truth.note(reading)
                options.onReading?.(reading)
            },
        })
    }

    /**
     * Starts broker and receiver and switches the nodes on.
     *
     * @throws UsageError when the broker cannot be reached or a fault does not fit
     * @throws TraceError when the trace does not fit
     */
    static async open(options: SessionOptions): Promise<SimSession> {
        const world = new World({
            seed: options.seed ?? 1,
            start: options.start ?? SIM_START,
            speed: options.speed ?? Infinity,
        })
        const session = new SimSession(options, world)
        try {
            await session.start()
        } catch (e) {
            await session.close()
            throw e
        }
        return session
    }

    get nodes(): readonly SimNode[] {
        return this.world.nodes
    }

    /** An account of errors against what is true around the nodes, empty as yet. */
    truthAccount(): TruthAccount {
        return new TruthAccount(
            node => this.surroundings.get(node)?.truths,
            node => this.surroundings.get(node)?.withoutTruth
        )
    }

    /** Runs for N ms of virtual time, or until {@link stop}. @throws NodePanic */
    async run(ms: number): Promise<void> {
        const started = performance.now()
        const from = this.world.clock.now
        try {
            await this.world.runUntil(() => this.isStopping, ms)
        } finally {
            this.simulatedUs += this.world.clock.now - from
            this.wallMs += performance.now() - started
        }
    }

    /** Calls back at every multiple of N virtual ms, as long as the run lasts. */
    every(ms: number, action: () => void): void {
        this.world.clock.after(ms * 1000, () => {
            if (this.isFinishing) return
            action()
            this.every(ms, action)
        })
    }

    /** Asks every node to send what it holds. */
    askForReports(): void {
        // A node does not carry out the same command twice.
        const id = `report-${++this.requests}`
        for (const origin of this.origins.values()) void this.link?.requestReport(origin, id)
    }

    /** Makes {@link run} return early. */
    stop(): void {
        this.isStopping = true
        this.world.stop()
    }

    /** Lets the nodes send all they have, runs on until they did, and adds up. @throws NodePanic */
    async finish(): Promise<SimReport> {
        const started = performance.now()
        this.isFinishing = true
        this.schedule?.endAll()
        // Nobody waits for a node that is still joining its Wi-Fi.
        if (this.options.broker === undefined) this.world.hurry()
        await this.closing.run({
            world: this.world,
            link: this.link as ReportLink,
            origins: () => [...this.origins.values()],
            nodes: this.nodes.length,
            isComplete: origin =>
                this.account.lossesOf(this.collector, origin, this.nodeOf(origin)).lost === 0,
            isInProcess: this.options.broker === undefined,
        })
        this.wallMs += performance.now() - started
        return this.report()
    }

    async close(): Promise<void> {
        this.world.close()
        const { broker, keepsRetained } = this.options
        if (broker !== undefined && keepsRetained !== true && this.link instanceof MqttLink)
            await tidyUp(broker, this.link, this.collector, [...this.origins.values()])
        await this.link?.close()
        await this.embedded?.close()
    }

    private async start(): Promise<void> {
        const { trace, uptimeMs, devices = 1, others = [] } = this.options
        const startMs = this.world.clock.epochMs
        const nodes: SessionNode[] = [
            ...Array.from({ length: devices }, () => this.options),
            ...others,
        ]
        for (const [i, { app, program, board, place }] of nodes.entries()) {
            const surroundings = buildSurroundings(app, {
                startMs,
                lagMs: i * LAG_PER_NODE_MS,
                seed: `${this.options.seed ?? 1}/${i}`,
                ...(trace === undefined ? {} : { trace }),
                ...(place === undefined ? {} : { place }),
            })
            this.feedings = surroundings.feedings
            const sensors = [...surroundings.sensors]
            if (this.options.store === "fram") sensors.push(new MB85RCModel())
            const node = this.world.addNode({
                program,
                sensors,
                pins: surroundings.pins,
                ...(board === undefined ? { heapProbeMs: HEAP_PROBE_MS } : { board }),
                ...(uptimeMs === undefined ? {} : { uptimeMs }),
            })
            node.onConsole = line => this.options.onConsole?.(node, line)
            this.account.watch(node)
            this.surroundings.set(node.deviceId, surroundings)
        }
        const { broker } = this.options
        if (broker?.user !== undefined)
            for (const node of this.nodes) await giveLogin(this.world, node, broker)
        await this.connect()
        this.schedule = new FaultSchedule(this.options.faults ?? [], {
            world: this.world,
            broker: this.broker,
            runMs: this.options.runMs ?? Infinity,
            ...(this.options.onFault === undefined ? {} : { onFault: this.options.onFault }),
        })
    }

    private async connect(): Promise<void> {
        const { broker, brokerPort } = this.options
        const { network, clock } = this.world
        const onMessage = (topic: string, payload: Uint8Array) => this.receive(topic, payload)
        const linkOptions = {
            nodes: this.nodes.map(node => node.deviceId),
            unixMs: () => clock.wallMs,
            onMessage,
        }
        if (broker !== undefined) {
            network.defaultEndpoint = new BrokerEndpoint(broker)
            this.link = await MqttLink.dial(broker, linkOptions)
        } else if (brokerPort !== undefined) {
            const embedded = await AedesBroker.start()
            this.embedded = embedded
            network.defaultEndpoint = embedded
            this.link = await MqttLink.attach(() => embedded.connect(), linkOptions)
            this.brokerPort = await listenOn(embedded, brokerPort)
        } else {
            this.broker = new VirtualBroker(clock)
            network.defaultEndpoint = this.broker
            this.link = new VirtualLink(this.broker, onMessage)
        }
    }

    private receive(topic: string, payload: Uint8Array): void {
        const origin = parseTopic(topic)
        if (origin === undefined) return
        this.origins.set(origin.node, { site: origin.site, node: origin.node })
        if (origin.leaf === LEAF_ACK) this.closing.acknowledge(origin, payload)
        this.collector.accept(topic, payload)
        this.options.onMessage?.(topic, payload)
    }

    /** What became of a node's readings; undefined before it was heard of. */
    lossesOf(node: SimNode): Losses | undefined {
        const origin = this.origins.get(node.deviceId)
        return origin && this.account.lossesOf(this.collector, origin, node)
    }

    private nodeOf(origin: FrameOrigin): SimNode | undefined {
        return this.nodes.find(node => node.deviceId === origin.node)
    }

    private report(): SimReport {
        const losses = this.account.total(this.collector, [...this.origins.values()], origin =>
            this.nodeOf(origin)
        )
        const { counts } = this.collector
        return {
            app: this.options.app.name,
            devices: this.nodes.length,
            seed: this.options.seed ?? 1,
            simulatedSeconds: Math.round(this.simulatedUs / 1000) / 1000,
            wallSeconds: Math.round(this.wallMs) / 1000,
            readingsSampled: losses.sampled,
            readingsReceived: counts.readings,
            readingsLost: losses.lost,
            readingsLostByBroker: losses.lostByBroker,
            readingsDropped: losses.dropped,
            readingsLostToPower: losses.lostToPower,
            duplicates: counts.duplicates,
            gaps: counts.gaps,
            gapsByReason: Object.fromEntries(counts.gapsByReason),
            frames: counts.frames,
            framesLost: this.collector.lostFrames,
            malformed: [...counts.malformed.values()].reduce((sum, count) => sum + count, 0),
            silentNodes: this.nodes.length - this.closing.answered,
            hasCommands: imageSizes(this.options.program).files.some(
                ({ name }) => name === COMMANDS_FILE
            ),
            protocolViolations: this.broker?.violations.length ?? null,
            faults: this.schedule?.outcomes() ?? [],
            payloadBytes: counts.payloadBytes,
            wireBytes: this.nodes.reduce((sum, { wire }) => sum + wire.sent + wire.received, 0),
            jsonBytes: this.jsonBytes,
            bytecodeBytes: this.options.program.bytecode.length,
            heapLowWaterBytes: Math.min(...this.nodes.map(leastFreeHeap)),
            heapAfterCollectionBytes: leastCollected(this.nodes),
            ...boardFigures(this.nodes),
            lights: this.nodes.map(({ light: { changes, colour } }) => ({ changes, colour })),
            truth: this.options.comparesTruth === true ? this.truth.report() : null,
        }
    }
}
