import { Channel } from "../../../core/channel.js"
import { divRound } from "../../../core/fixed.js"
import { relativeLoudnessChannel } from "../channels.js"
import { decibels } from "../../../core/decibel.js"
import { checkWhole } from "../check-whole.js"
import { AnalogQuantity } from "./quantity.js"

const MAX_READINGS = 128
/** 1 µV against the largest reference, and 5.5 V against the smallest, with some room; 0.1 dB. */
const LOWEST = -1200
const HIGHEST = 1400

/** Options of {@link Loudness}. */
export interface LoudnessOptions {
    /** Conversions per reading, 8 … 128; default 64. */
    readings?: number
    /** "rms" of the alternating part (default), or "peakToPeak". */
    of?: "rms" | "peakToPeak"
    /** What counts as 0 dB, µV, 1 … 1,000,000; default 1000. */
    referenceMicrovolts?: number
    /** Name of the channel; default "loudness". */
    name?: string
}

/**
 * A board with an electret microphone and amplifier: how loud it is, in 0.1 dB relative to
 * a voltage. No sound level in the sense of IEC 61672: no weighting, no calibration, and the
 * converter looks at a few of the signal's points only (see README.md).
 */
export class Loudness extends AnalogQuantity {
    private readonly name: string
    private readonly isPeak: boolean
    private readonly reference: number

    /** @throws RangeError for an option out of range */
    constructor(options?: LoudnessOptions) {
        super(options?.readings ?? 64)
        const reference = options?.referenceMicrovolts ?? 1000
        checkWhole("Loudness: readings", this.readings, 8, MAX_READINGS)
        checkWhole("Loudness: referenceMicrovolts", reference, 1, 1000000)
        this.name = options?.name ?? "loudness"
        this.isPeak = options?.of === "peakToPeak"
        this.reference = reference * reference
    }

    override channel(prefix: string): Channel {
        return relativeLoudnessChannel((prefix ?? "") + this.name, LOWEST, HIGHEST)
    }

    override evaluate(microvolts: number[]): void {
        const power = this.isPeak
            ? peakToPeakSquared(microvolts, this.readings)
            : variance(microvolts, this.readings)
        this.put(decibels(power, this.reference))
    }
}

/** Mean square of what is left without the mean, µV²; below 2⁵³ for 128 readings of ±6.144 V. */
function variance(values: number[], count: number): number {
    let sum = 0
    for (let i = 0; i < count; i++) sum = sum + values[i]
    const mean = divRound(sum, count)
    let squares = 0
    for (let i = 0; i < count; i++) squares = squares + (values[i] - mean) * (values[i] - mean)
    return Math.floor(squares / count)
}

function peakToPeakSquared(values: number[], count: number): number {
    let min = values[0]
    let max = values[0]
    for (let i = 1; i < count; i++) {
        if (values[i] < min) min = values[i]
        if (values[i] > max) max = values[i]
    }
    return (max - min) * (max - min)
}
