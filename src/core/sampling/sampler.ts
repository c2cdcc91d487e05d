import { divRound, medianInPlace } from "../fixed.js"
import { QUALITY_SKIPPED, isGap } from "../quality.js"

/** How the samples of one interval become one reading. */
export type Aggregate = "last" | "mean" | "median"

/**
 * Collects the samples of one channel over an interval and gives one reading.
 * Gaps are left out while there is at least one value; a reading made of gaps
 * only is a gap with the latest reason. All memory is taken at the start.
 */
export class Sampler {
    /** The reading of the last {@link close}; meaningless when it was a gap. */
    value = 0
    /** The quality of the last {@link close}. */
    quality = QUALITY_SKIPPED

    private readonly samples: number[] = []
    private count = 0
    private worst = 0
    private gap = QUALITY_SKIPPED

    /**
     * @param aggregate how to combine samples; means round halves away from zero,
     *     the median of an even count is the lower middle
     * @param capacity most samples per interval, 1 … 256; further ones are ignored
     */
    constructor(
        private readonly aggregate: Aggregate,
        private readonly capacity: number
    ) {
        if (capacity < 1 || capacity > 256)
            throw new RangeError("sampler capacity must be 1 to 256 samples, got " + capacity)
        for (let i = 0; i < capacity; i++) this.samples.push(0)
    }

    /** Adds one sample; the value is ignored when the quality is a gap. */
    add(value: number, quality: number): void {
        if (isGap(quality)) {
            this.gap = quality
            return
        }
        if (quality > this.worst) this.worst = quality
        if (this.aggregate === "last") {
            this.samples[0] = value
            this.count = 1
            return
        }
        if (this.count === this.capacity) return
        this.samples[this.count] = value
        this.count++
    }

    /** Ends the interval: sets {@link value} and {@link quality} and starts the next one. */
    close(): void {
        if (this.count === 0) {
            this.quality = this.gap
        } else {
            this.quality = this.worst
            this.value = this.combine()
        }
        this.count = 0
        this.worst = 0
        this.gap = QUALITY_SKIPPED
    }

    private combine(): number {
        if (this.aggregate === "last") return this.samples[0]
        if (this.aggregate === "median") return medianInPlace(this.samples, this.count)
        let sum = 0
        for (let i = 0; i < this.count; i++) sum = sum + this.samples[i]
        return divRound(sum, this.count)
    }
}
