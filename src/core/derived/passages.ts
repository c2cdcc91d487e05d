/** Turns a running total of pulses into passages: whole ones, with the rest kept for the next. */
export class PassageCount {
    /** Since the start. */
    total = 0
    /** In the latest update. */
    latest = 0

    private pulses = -1

    /**
     * @param count running total of pulses; one that is smaller than before began anew
     * @param perPassage pulses that one passage gives, ≥ 1
     */
    update(count: number, perPassage: number): void {
        if (this.pulses < 0 || count < this.pulses) this.pulses = count
        const whole = Math.floor((count - this.pulses) / perPassage)
        this.pulses += whole * perPassage
        this.latest = whole
        this.total = (this.total + whole) & 0x7fffffff
    }
}

/**
 * Counts passages of something loud: above a limit for a while that is neither a bang nor a
 * crowd. One dip of a sample does not end it.
 */
export class LoudPassage {
    /** Since the start. */
    passages = 0

    private above = 0
    private below = 0

    /**
     * @param shortest samples above the limit, at least
     * @param longest and at most
     */
    constructor(
        private readonly shortest: number,
        private readonly longest: number
    ) {}

    /** Takes a sample. @returns whether a passage has just ended */
    update(isAbove: boolean): boolean {
        if (isAbove) {
            this.above++
            this.below = 0
            return false
        }
        this.below++
        if (this.above === 0 || this.below < 2) return false
        const isPassage = this.above >= this.shortest && this.above <= this.longest
        this.above = 0
        if (isPassage) this.passages++
        return isPassage
    }
}
