import { divRound } from "../fixed.js"

/**
 * Rate of change of a quantity over a stretch of time: least squares through what was sampled
 * in it, so that waves and noise average out.
 */
export class Trend {
    private readonly values: number[] = []
    private readonly times: number[] = []
    private next = 0

    /** @param capacity samples that are looked at, 2 … 32 */
    constructor(private readonly capacity: number) {}

    /** Adds a sample. @param value an integer below 2²⁰ either way @param second any clock that does not go back */
    add(value: number, second: number): void {
        this.values[this.next] = value
        this.times[this.next] = second
        this.next = this.next + 1 === this.capacity ? 0 : this.next + 1
    }

    /** Change per hour, rounded; 0 while there are fewer than three samples. */
    perHour(): number {
        const count = this.values.length
        if (count < 3) return 0
        // Relative to one of the samples: small numbers, exact sums.
        const origin = this.times[0]
        let sumT = 0
        let sumV = 0
        let sumTT = 0
        let sumTV = 0
        for (let i = 0; i < count; i++) {
            const t = this.times[i] - origin
            const v = this.values[i] - this.values[0]
            sumT = sumT + t
            sumV = sumV + v
            sumTT = sumTT + t * t
            sumTV = sumTV + t * v
        }
        const denominator = count * sumTT - sumT * sumT
        if (denominator === 0) return 0
        const numerator = (count * sumTV - sumT * sumV) * 3600
        return divRound(numerator, denominator)
    }
}
