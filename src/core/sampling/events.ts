import { saturate32 } from "../fixed.js"

/**
 * Turns a hardware counter that wraps into a total since boot. A part that was
 * reset starts at zero again: what it counted before is kept.
 */
export class EventCounter {
    /** Events since the start, saturated at 2³¹ − 1. */
    total = 0

    private last = 0
    private isFirst = true

    /**
     * @param modulus counts of the hardware before it wraps: 256, 65,536 …, at most 2³²
     * @param largestStep a larger step than this between two readings is a reset of
     *     the part, not a wrap
     */
    constructor(
        private readonly modulus: number,
        private readonly largestStep: number
    ) {}

    /** @param raw the hardware's count, 0 … modulus − 1 @returns events since the last call */
    update(raw: number): number {
        let step = 0
        if (!this.isFirst) {
            step = raw - this.last
            if (step < 0) step += this.modulus
            // Fewer than before by more than a wrap explains: the part began anew.
            if (step > this.largestStep) step = raw <= this.largestStep ? raw : 0
        }
        this.isFirst = false
        this.last = raw
        this.total = saturate32(this.total + step)
        return step
    }
}

/**
 * A two-state channel (door, tilt, presence) with debouncing: a new state counts
 * only after it was seen `stable` times in a row.
 */
export class StateDetector {
    /** The state in force: 0 or 1. */
    state = 0
    /** Changes since the start. */
    changes = 0

    private seen = 0

    /** @param stable sightings that make a new state, ≥ 1 */
    constructor(private readonly stable: number) {}

    /** @returns whether the state changed with this sighting: record a row at once */
    update(isActive: boolean): boolean {
        const sighted = isActive ? 1 : 0
        if (sighted === this.state) {
            this.seen = 0
            return false
        }
        this.seen++
        if (this.seen < this.stable) return false
        this.seen = 0
        this.state = sighted
        this.changes++
        return true
    }
}
