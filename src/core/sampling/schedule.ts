/**
 * When to sample next. Pure arithmetic on ms; the caller brings the clock.
 */

/**
 * The next multiple of the interval behind `nowMs`: on the wall-clock minute for
 * an interval of a minute, once `nowMs` is Unix time.
 */
export function nextAligned(nowMs: number, intervalMs: number): number {
    return (Math.floor(nowMs / intervalMs) + 1) * intervalMs
}

/**
 * An interval that shortens at once when something moves and grows step by step
 * while nothing does: fastMs ≤ interval ≤ slowMs, always fastMs × 2ⁿ, so that
 * aligned instants of the slow interval are among those of the fast one.
 */
export class AdaptiveInterval {
    /** The interval in force, ms. */
    currentMs: number

    private quiet = 0

    /**
     * @param fastMs shortest interval, ms
     * @param slowMs longest interval, ms; rounded down to fastMs × 2ⁿ
     * @param quietTurns samples without change before the interval doubles
     * @throws RangeError when slowMs is below fastMs
     */
    constructor(
        readonly fastMs: number,
        readonly slowMs: number,
        private readonly quietTurns: number
    ) {
        if (fastMs < 1 || slowMs < fastMs)
            throw new RangeError(
                "intervals must be 1 ms ≤ fast ≤ slow, got " + fastMs + " ms and " + slowMs + " ms"
            )
        this.currentMs = fastMs
    }

    /** Takes in whether the latest sample differed. @returns the interval in force, ms */
    update(hasChanged: boolean): number {
        if (hasChanged) {
            this.quiet = 0
            this.currentMs = this.fastMs
            return this.currentMs
        }
        this.quiet++
        if (this.quiet >= this.quietTurns && this.currentMs * 2 <= this.slowMs) {
            this.quiet = 0
            this.currentMs = this.currentMs * 2
        }
        return this.currentMs
    }
}
