import { divRound } from "../fixed.js"

/**
 * Rate of change of a quantity over a stretch of time: least squares through what was sampled
 * in it, so that waves and noise average out. What was before a gap that is longer is not in it.
 */
export class Trend {
    private readonly values: number[] = []
    private readonly times: number[] = []
    private next = 0
    /** Second of the latest sample. */
    private latest = 0

    /**
     * @param capacity samples that are looked at, 3 … 32
     * @param seconds and none that is older than this, seen from the latest
     * @param leastSeconds from the first to the latest of fewer samples than these: noise of a moment is no trend
     */
    constructor(
        private readonly capacity: number,
        private readonly seconds: number,
        private readonly leastSeconds: number
    ) {}

    /** Adds a sample. @param value an integer below 2²⁰ either way @param second any clock that does not go back */
    add(value: number, second: number): void {
        this.values[this.next] = value
        this.times[this.next] = second
        this.latest = second
        this.next = this.next + 1 === this.capacity ? 0 : this.next + 1
    }

    /** Change per hour, rounded; undefined while there are fewer than three samples, or they are of too short a time. */
    perHour(): number | undefined {
        let count = 0
        let oldest = 0
        let sumT = 0
        let sumV = 0
        let sumTT = 0
        let sumTV = 0
        for (let i = 0; i < this.values.length; i++) {
            // Relative to one of the samples: small numbers, exact sums.
            const t = this.times[i] - this.latest
            if (t < 0 - this.seconds) continue
            count++
            oldest = Math.min(oldest, t)
            const v = this.values[i] - this.values[0]
            sumT = sumT + t
            sumV = sumV + v
            sumTT = sumTT + t * t
            sumTV = sumTV + t * v
        }
        const denominator = count * sumTT - sumT * sumT
        if (count < 3 || denominator === 0) return undefined
        if (count < this.capacity && oldest > 0 - this.leastSeconds) return undefined
        const numerator = (count * sumTV - sumT * sumV) * 3600
        return divRound(numerator, denominator)
    }
}
