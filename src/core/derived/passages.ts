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

/** Quiet of a shorter time does not end a passage, ms: one dip of a sample each second. */
const DIP_MS = 900

/**
 * Counts passages of something loud: above a limit for a while that is neither a bang nor a
 * crowd. One dip of a sample, or of a second, does not end it.
 */
export class LoudPassage {
    /** Since the start. */
    passages = 0

    private isLoud = false
    private loudFrom = 0
    private loudUntil = 0
    private quietFrom = -1

    /**
     * @param shortest time between its first loud sample and its last, ms, at least
     * @param longest and at most
     */
    constructor(
        private readonly shortest: number,
        private readonly longest: number
    ) {}

    /** Takes a sample. @param ms any clock that does not go back @returns whether a passage has just ended */
    update(isAbove: boolean, ms: number): boolean {
        if (isAbove) {
            if (!this.isLoud) this.loudFrom = ms
            this.isLoud = true
            this.loudUntil = ms
            this.quietFrom = -1
            return false
        }
        if (!this.isLoud) return false
        if (this.quietFrom < 0) {
            this.quietFrom = ms
            return false
        }
        if (ms - this.quietFrom < DIP_MS) return false
        this.isLoud = false
        this.quietFrom = -1
        const length = this.loudUntil - this.loudFrom
        const isPassage = length >= this.shortest && length <= this.longest
        if (isPassage) this.passages++
        return isPassage
    }
}
