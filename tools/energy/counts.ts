/** What a node did in a simulated run, as far as it costs energy. */
import { type SimNode } from "../../sim/world/node.js"

/** Transfers of one part that are closer belong to one sample: no part of the catalogue takes longer, ms. */
const SAMPLE_GAP_MS = 5500

/** Of one part. */
export interface PartCounts {
    /** 7-bit address. */
    readonly address: number
    /** Samples, and the time from the first to the last transfer of each, ms. */
    readonly samples: number
    readonly activeMs: number
}

export interface EnergyCounts {
    /** Simulated time, ms. */
    readonly spanMs: number
    /** Time on the I2C bus, ms, and transfers. */
    readonly busMs: number
    readonly transfers: number
    /** Times that the main loop ran, and the time that it was busy, ms. */
    readonly wakeUps: number
    readonly busyMs: number
    /** Connections to the broker that were opened. */
    readonly connects: number
    /** TCP payload, both ways. */
    readonly wireBytes: number
    /** Times that the board slept deeply, and for how long, ms. */
    readonly sleeps: number
    readonly asleepMs: number
    readonly parts: readonly PartCounts[]
}

interface Activity {
    samples: number
    activeMs: number
    lastEndMs: number
}

/** Counts from now on. */
export class EnergyMeter {
    private readonly activities = new Map<number, Activity>()
    private readonly start: {
        ms: number
        rounds: number
        connects: number
        bytes: number
        busyMs: number
        sleeps: number
        asleepMs: number
    }
    private busUs = 0
    private transfers = 0

    constructor(
        private readonly node: SimNode,
        private readonly nowMs: () => number
    ) {
        this.start = { ms: nowMs(), rounds: node.rounds, ...this.totals() }
        node.bus.onTransfer = ({ address, unixMs, durationUs }) => {
            this.transfers++
            this.busUs += durationUs
            const endMs = unixMs + durationUs / 1000
            const activity = this.activities.get(address)
            if (activity === undefined) {
                const first = { samples: 1, activeMs: durationUs / 1000, lastEndMs: endMs }
                this.activities.set(address, first)
                return
            }
            const isNew = unixMs - activity.lastEndMs > SAMPLE_GAP_MS
            if (isNew) activity.samples++
            activity.activeMs += endMs - (isNew ? unixMs : activity.lastEndMs)
            activity.lastEndMs = endMs
        }
    }

    read(): EnergyCounts {
        const { connects, bytes, busyMs, sleeps, asleepMs } = this.totals()
        return {
            spanMs: this.nowMs() - this.start.ms,
            busMs: this.busUs / 1000,
            transfers: this.transfers,
            wakeUps: this.node.rounds - this.start.rounds,
            busyMs: busyMs - this.start.busyMs,
            connects: connects - this.start.connects,
            wireBytes: bytes - this.start.bytes,
            sleeps: sleeps - this.start.sleeps,
            asleepMs: asleepMs - this.start.asleepMs,
            parts: [...this.activities].map(([address, { samples, activeMs }]) => ({
                address,
                samples,
                activeMs,
            })),
        }
    }

    private totals(): Omit<EnergyMeter["start"], "ms" | "rounds"> {
        const { link, wire, board, sleeps, asleepMs } = this.node
        const meters = board === undefined ? [] : [board.meters.boot, board.meters.later]
        return {
            connects: link.opened,
            bytes: wire.sent + wire.received,
            busyMs: meters.reduce((sum, { busyMs }) => sum + busyMs, 0),
            sleeps,
            asleepMs,
        }
    }
}
