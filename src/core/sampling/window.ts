import { INT32_MAX, INT32_MIN, divRound, isqrt } from "../fixed.js"
import { QUALITY_SATURATED, QUALITY_SKIPPED, isGap } from "../quality.js"

/** Samples that one window can hold: sums of them stay exact in a double. */
export const MAX_WINDOW = 4096
/** Deviations beyond this are cut off, so that the sum of squares stays below 2⁵³. */
const MAX_DEVIATION = 1048575

/**
 * Statistics of one channel over an interval: count, minimum, mean, maximum and
 * standard deviation, all integers in the channel's scale. Keeps sums, not
 * samples: about ten numbers of RAM however long the interval.
 */
export class WindowStatistics {
    /** Results of the last {@link close}; meaningless where {@link quality} is a gap. Means round halves away from zero. */
    min = 0
    mean = 0
    max = 0
    /**
     * Of the samples themselves (divided by n), rounded down; at most 1 off the
     * exact value. Cut off at 1,048,575, which sets {@link quality} to saturated.
     */
    deviation = 0
    /** Samples with a value in the last window. */
    count = 0
    /** The worst quality of the samples with a value, or the latest gap when there was none. */
    quality = QUALITY_SKIPPED

    private samples = 0
    private lowest = INT32_MAX
    private highest = INT32_MIN
    private origin = 0
    private sum = 0
    private squares = 0
    private worst = 0
    private gap = QUALITY_SKIPPED

    /** Adds one sample; gaps are left out. Samples beyond {@link MAX_WINDOW} are ignored. */
    add(value: number, quality: number): void {
        if (isGap(quality)) {
            this.gap = quality
            return
        }
        if (this.samples === MAX_WINDOW) return
        if (quality > this.worst) this.worst = quality
        // Deviations from the first sample instead of from zero: small numbers.
        if (this.samples === 0) this.origin = value
        let deviation = value - this.origin
        if (deviation > MAX_DEVIATION || deviation < -MAX_DEVIATION) {
            deviation = deviation > 0 ? MAX_DEVIATION : -MAX_DEVIATION
            if (this.worst < QUALITY_SATURATED) this.worst = QUALITY_SATURATED
        }
        this.sum += value - this.origin
        this.squares += deviation * deviation
        if (value < this.lowest) this.lowest = value
        if (value > this.highest) this.highest = value
        this.samples++
    }

    /** Ends the window: sets the results and starts the next one. */
    close(): void {
        this.count = this.samples
        this.quality = this.samples === 0 ? this.gap : this.worst
        if (this.samples > 0) {
            this.min = this.lowest
            this.max = this.highest
            this.mean = divRound(this.origin * this.samples + this.sum, this.samples)
            this.deviation = this.standardDeviation()
        }
        this.samples = 0
        this.lowest = INT32_MAX
        this.highest = INT32_MIN
        this.sum = 0
        this.squares = 0
        this.worst = 0
        this.gap = QUALITY_SKIPPED
    }

    /** √(mean of squares − square of mean), in doubles that both sides round alike (IEEE 754). */
    private standardDeviation(): number {
        const mean = Math.abs(this.sum) / this.samples
        if (mean > MAX_DEVIATION) return MAX_DEVIATION
        const variance = this.squares / this.samples - mean * mean
        return variance <= 0 ? 0 : isqrt(Math.floor(variance))
    }
}
