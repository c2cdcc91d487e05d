/** One case: a program, a broker, a latency, perhaps a cut; and what came of it. */
import { buildSurroundings } from "../../sim/apps/app.js"
import { indoorClimate } from "../../sim/apps/indoor-climate.js"
import { minutes, seconds } from "../../sim/time/duration.js"
import { type SimNode } from "../../sim/world/node.js"
import { World } from "../../sim/world/world.js"
import { type HandedOut, type RegisterModel } from "../../src/drivers/shared/register-model.js"
import { openBroker, type BenchBroker, type BrokerName } from "./brokers.js"
import { match, type Delivered, type Matching } from "./deliveries.js"
import { programOf, type ProgramName } from "./programs.js"
import { Receiver } from "./receiver.js"
import { SEGMENT_HEADER_BYTES } from "./segments.js"
import { TappedLink, type CutKind, type LinkTotals } from "./tapped-link.js"

export interface Cut {
    readonly kind: CutKind
    /** From power-on to the cut, ms. */
    readonly afterMs: number
    readonly lastsMs: number
}

export interface Case {
    readonly program: ProgramName
    readonly broker: BrokerName
    /** One way, ms. */
    readonly latencyMs: number
    readonly seed: number
    /** Virtual time of the whole case, ms. */
    readonly lastsMs: number
    readonly cut?: Cut
}

/** Bytes and packets between the node and its broker, both directions. */
export interface WireCost {
    readonly payloadUp: number
    readonly payloadDown: number
    readonly segments: number
    /** {@link SEGMENT_HEADER_BYTES} for each segment. */
    readonly headers: number
    readonly packetsUp: number
    readonly packetsDown: number
    readonly connects: number
}

/** What happened to the readings of a cut. */
export interface Backlog {
    /** Sampled while the link was cut; of these, arrived. */
    readonly sampled: number
    readonly delivered: number
    /** From the link's return to the CONNECT packet at the broker, ms. */
    readonly reconnectMs: number
    /** Readings that came in one go after it, and the time from CONNECT to the last of them, ms. */
    readonly burst: number
    readonly burstMs: number
    /** Per second of virtual time. */
    readonly perSecond: number
    /** What that took, CONNECT included. */
    readonly cost: WireCost
}

export interface CaseResult {
    readonly case: Case
    readonly sampled: number
    readonly delivered: number
    readonly lost: number
    /** Readings that a data user gets twice, and messages that came twice at the decoder. */
    readonly duplicates: number
    readonly repeatedMessages: number
    /** Readings that arrived with a time or value no sensor gave. */
    readonly invented: number
    /** Times that the program stopped and started again. */
    readonly panics: number
    readonly cost: WireCost
    readonly backlog?: Backlog
}

/** A pause of this length ends the burst after a cut, ms. */
const BURST_PAUSE_MS = 5000
/** Longest virtual time for our node's answer at the end, ms. */
const REPORT_MS = minutes(5)
/** Virtual time for what the stock program has in progress at the end, ms. */
const STOCK_END_MS = seconds(5)
const STEP_MS = 100
/** Virtual time in which bytes in flight arrive, ms. */
const LAST_BYTES_MS = seconds(1)
/** Values of one channel closer together than this belong to one row, ms. */
const ONE_ROW_MS = 5000
const CHANNELS = ["temperature", "humidity", "co2", "illuminance"]

export async function runCase(options: Case): Promise<CaseResult> {
    const broker = await openBroker(options.broker)
    try {
        return await new Run(options, broker).result()
    } finally {
        await broker.close()
    }
}

class Run {
    private readonly world: World
    private readonly link: TappedLink
    private readonly given: HandedOut[] = []
    private readonly latest = new Map<string, HandedOut>()

    constructor(
        private readonly options: Case,
        private readonly broker: BenchBroker
    ) {
        this.world = new World({
            seed: options.seed,
            network: { latencyUs: options.latencyMs * 1000 },
            allowPanics: true,
        })
        this.link = new TappedLink(this.world, broker.endpoint, options.latencyMs)
    }

    async result(): Promise<CaseResult> {
        const client = await this.broker.listen()
        const receiver = await Receiver.start(client, this.link, () => this.world.clock.wallMs)
        const node = this.world.addNode({
            program: programOf(this.options.program),
            sensors: this.sensors(),
        })
        try {
            const restored = await this.runThrough()
            await this.finish(node, receiver)
            return this.summary(node, receiver, restored)
        } finally {
            this.world.close()
            await receiver.close()
        }
    }

    private sensors(): readonly RegisterModel[] {
        const { sensors } = buildSurroundings(indoorClimate, { startMs: this.world.clock.epochMs })
        const sent = new Set<string>()
        for (const sensor of sensors) {
            // The first part that measures a channel sends it; others keep theirs to themselves.
            const own = sensor.channels.map(c => c.name).filter(name => !sent.has(name))
            for (const name of own) sent.add(name)
            sensor.onHandedOut = reading => {
                if (own.includes(reading.channel) && CHANNELS.includes(reading.channel))
                    this.note(reading)
            }
        }
        return sensors
    }

    /** A driver that changes a part's range measures twice; the second value is the reading. */
    private note(reading: HandedOut): void {
        const before = this.latest.get(reading.channel)
        if (before !== undefined && reading.unixMs - before.unixMs < ONE_ROW_MS)
            this.given.splice(this.given.lastIndexOf(before), 1)
        this.latest.set(reading.channel, reading)
        this.given.push(reading)
    }

    /** @returns the totals when the link came back */
    private async runThrough(): Promise<LinkTotals> {
        const { cut, lastsMs } = this.options
        if (cut === undefined) {
            await this.world.run(lastsMs)
            return this.link.totals
        }
        await this.world.run(cut.afterMs)
        this.link.cut(cut.kind)
        await this.world.network.settle()
        await this.world.run(cut.lastsMs)
        const totals = this.link.totals
        this.link.restore()
        await this.world.run(lastsMs - cut.afterMs - cut.lastsMs)
        return totals
    }

    /** Our node sends what is in its open frame; the stock program holds nothing back. */
    private async finish(node: SimNode, receiver: Receiver): Promise<void> {
        const limit = this.options.program === "ours" ? REPORT_MS : STOCK_END_MS
        if (this.options.program === "ours") await receiver.askReport(node.deviceId)
        for (let waited = 0; waited < limit && receiver.answers === 0; waited += STEP_MS) {
            await this.broker.react()
            await this.world.runUntil(() => receiver.answers > 0, STEP_MS)
        }
        await this.world.run(LAST_BYTES_MS)
        await receiver.catchUp()
    }

    private summary(node: SimNode, receiver: Receiver, restored: LinkTotals): CaseResult {
        const matching = match(this.given, receiver.delivered)
        const { totals } = this.link
        if (totals.up !== node.wire.sent || totals.down !== node.wire.received)
            throw new Error(
                `the link counted ${totals.up} B up and ${totals.down} B down, ` +
                    `the node ${node.wire.sent} B and ${node.wire.received} B`
            )
        const { cut, lastsMs } = this.options
        // While the last answer is awaited, the node may begin another row.
        const endMs = this.world.clock.epochMs + lastsMs
        const sampled = this.given.filter(({ unixMs }) => unixMs < endMs)
        const lost = sampled.filter(reading => !matching.pairs.has(reading))
        return {
            case: this.options,
            sampled: sampled.length,
            delivered: sampled.length - lost.length,
            lost: lost.length,
            duplicates: matching.duplicates,
            repeatedMessages: receiver.repeated,
            invented: matching.invented,
            panics: node.panics.length,
            cost: costOf(totals),
            ...(cut === undefined ? {} : { backlog: this.backlog(cut, matching, restored) }),
        }
    }

    private backlog(cut: Cut, matching: Matching, restored: LinkTotals): Backlog {
        const endMs = cut.afterMs + cut.lastsMs
        const { epochMs } = this.world.clock
        const concerned = this.given.filter(
            ({ unixMs }) => unixMs >= epochMs + cut.afterMs && unixMs < epochMs + endMs
        )
        const arrived = concerned
            .map(reading => matching.pairs.get(reading))
            .filter(reading => reading !== undefined)
        const connectMs = this.link.connectedAtMs.find(at => at > endMs) ?? Infinity
        const burst = burstAfter(connectMs, arrived)
        const lastMs = burst.at(-1)?.atMs ?? connectMs
        return {
            sampled: concerned.length,
            delivered: arrived.length,
            reconnectMs: connectMs - endMs,
            burst: burst.length,
            burstMs: lastMs - connectMs,
            perSecond: burst.length === 0 ? 0 : (1000 * burst.length) / (lastMs - connectMs),
            cost: burst.length === 0 ? NO_COST : costOf(this.link.totalsAt(lastMs), restored),
        }
    }
}

/** The readings that came after that moment without a longer pause, oldest first. */
function burstAfter(fromMs: number, delivered: readonly Delivered[]): Delivered[] {
    const sorted = delivered.filter(d => d.atMs >= fromMs).sort((a, b) => a.atMs - b.atMs)
    const burst: Delivered[] = []
    for (const reading of sorted) {
        if (reading.atMs - (burst.at(-1)?.atMs ?? fromMs) > BURST_PAUSE_MS) break
        burst.push(reading)
    }
    return burst
}

const NOTHING: LinkTotals = {
    up: 0,
    down: 0,
    segments: 0,
    packetsUp: 0,
    packetsDown: 0,
    connects: 0,
}

function costOf(to: LinkTotals, from = NOTHING): WireCost {
    const segments = to.segments - from.segments
    return {
        payloadUp: to.up - from.up,
        payloadDown: to.down - from.down,
        segments,
        headers: segments * SEGMENT_HEADER_BYTES,
        packetsUp: to.packetsUp - from.packetsUp,
        packetsDown: to.packetsDown - from.packetsDown,
        connects: to.connects - from.connects,
    }
}

const NO_COST = costOf(NOTHING)

/** All that a node and its broker sent each other, headers included, B. */
export function wireBytes(cost: WireCost): number {
    return cost.payloadUp + cost.payloadDown + cost.headers
}
