/**
 * What a data user reads against what was true: the errors of the whole chain of each channel, from the sensor over
 * sampling, correction and codec to the clock, for a reading is compared with the truth at the time that it has at
 * the receiver.
 */
import { quantityOf } from "../../../sim/worlds/hang.js"
import { type Quantity } from "../../../sim/worlds/place.js"
import { type Reading } from "../../decoder/index.js"

/** Errors of a channel, over all nodes; in its unit. */
export interface ChannelErrors {
    readonly channel: string
    readonly unit: string
    readonly decimals: number
    /** Readings that were compared, and gaps. */
    readonly readings: number
    readonly gaps: number
    /** Least and greatest true value at the times of the readings. */
    readonly trueMin: number
    readonly trueMax: number
    /** Mean error: what the channel reads too much. */
    readonly bias: number
    /** Root of the mean of the squared errors. */
    readonly rms: number
    /** Of a hundred errors 95 are not larger, without their sign. */
    readonly p95: number
    readonly max: number
}

/** What came of the channels of a run. */
export interface TruthReport {
    readonly channels: readonly ChannelErrors[]
    /** Channels of which nothing true is known, or only in another unit. */
    readonly unknown: readonly UnknownTruth[]
}

/** A channel that nothing can be compared with. */
export interface UnknownTruth {
    readonly channel: string
    /** Why that is so, where somebody said it: {@link import("../../../sim/apps/uses.js").KitUse.withoutTruth}. */
    readonly reason?: string
}

interface Tally {
    readonly unit: string
    readonly decimals: number
    gaps: number
    trueMin: number
    trueMax: number
    readonly errors: number[]
}

/** Factors to the units of the places. */
const SAME_UNITS: Readonly<Record<string, readonly [unit: string, factor: number]>> = {
    mm: ["m", 1e-3],
    cm: ["m", 1e-2],
    mV: ["V", 1e-3],
    hPa: ["Pa", 100],
    "%": ["/100", 1],
    Wh: ["kWh", 1e-3],
    // A state that a part gives as a number of 0 or 1.
    count: ["/", 1],
}
const DAY_MS = 86_400_000

export class TruthAccount {
    private readonly tallies = new Map<string, Tally>()
    private readonly unknown = new Map<string, string | undefined>()
    /** The first reading of a total in a boot, and the truth then. */
    private readonly bases = new Map<string, { value: number; truth: number }>()
    /** When the row before was taken. */
    private readonly latest = new Map<string, number>()

    /**
     * @param truthsOf what is true around a node, by the names of the channels or of their ends
     * @param reasonsOf why nothing true is known of a node's channels, by their names
     */
    constructor(
        private readonly truthsOf: (node: string) => Readonly<Record<string, Quantity>> | undefined,
        private readonly reasonsOf: (
            node: string
        ) => Readonly<Record<string, string>> | undefined = () => undefined
    ) {}

    note(reading: Reading): void {
        const reason = this.reasonsOf(reading.node)?.[reading.channel]
        const quantity =
            reason === undefined
                ? quantityOf(this.truthsOf(reading.node) ?? {}, reading.channel)
                : undefined
        const factor = quantity === undefined ? undefined : factorOf(reading.unit, quantity.unit)
        if (quantity === undefined || factor === undefined) {
            this.unknown.set(reading.channel, reason)
            return
        }
        const tally = this.tallyOf(reading)
        const key = `${reading.node}/${reading.boot}/${reading.channel}`
        const before = this.latest.get(key)
        // In the row of an event of another part it was not sampled: what it counts goes on.
        if (reading.quality !== "skipped") this.latest.set(key, reading.time)
        if (reading.value === undefined) {
            tally.gaps++
            return
        }
        const truth = trueValue(quantity, before, reading.time) / factor
        if (Number.isNaN(truth)) return
        let error = reading.value - truth
        if (quantity.isTotal === true) {
            const base = this.bases.get(key)
            if (base === undefined) this.bases.set(key, { value: reading.value, truth })
            else error = reading.value - base.value - (truth - base.truth)
            if (base === undefined) error = 0
        }
        tally.errors.push(error)
        tally.trueMin = Math.min(tally.trueMin, truth)
        tally.trueMax = Math.max(tally.trueMax, truth)
    }

    report(): TruthReport {
        const channels = [...this.tallies].map(([channel, tally]) => errorsOf(channel, tally))
        const known = new Set(channels.map(({ channel }) => channel))
        const unknown = [...this.unknown].filter(([channel]) => !known.has(channel))
        return {
            channels,
            unknown: unknown.map(([channel, reason]) =>
                reason === undefined ? { channel } : { channel, reason }
            ),
        }
    }

    private tallyOf({ channel, unit, decimals }: Reading): Tally {
        let tally = this.tallies.get(channel)
        if (tally === undefined) {
            tally = { unit, decimals, gaps: 0, trueMin: Infinity, trueMax: -Infinity, errors: [] }
            this.tallies.set(channel, tally)
        }
        return tally
    }
}

/** What one unit of the reading is in the unit of the truth; undefined when they have nothing in common. */
function factorOf(read: string, truth: string): number | undefined {
    if (read === truth) return 1
    const [unit, factor] = SAME_UNITS[read] ?? []
    return unit === truth ? factor : undefined
}

function trueValue({ at, over }: Quantity, beforeMs: number | undefined, timeMs: number): number {
    const isRecent = beforeMs !== undefined && timeMs > beforeMs && timeMs - beforeMs < DAY_MS
    return over === undefined || !isRecent ? at(timeMs) : over(beforeMs, timeMs)
}

function errorsOf(channel: string, tally: Tally): ChannelErrors {
    const { errors, unit, decimals, gaps, trueMin, trueMax } = tally
    const count = Math.max(1, errors.length)
    const sizes = errors.map(Math.abs).sort((a, b) => a - b)
    return {
        channel,
        unit,
        decimals,
        readings: errors.length,
        gaps,
        trueMin: errors.length === 0 ? NaN : trueMin,
        trueMax: errors.length === 0 ? NaN : trueMax,
        bias: errors.reduce((sum, error) => sum + error, 0) / count,
        rms: Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / count),
        p95: sizes[Math.max(0, Math.ceil(0.95 * sizes.length) - 1)] ?? 0,
        max: sizes.at(-1) ?? 0,
    }
}
