/**
 * Whether a quantity is beyond its limit: hysteresis so that noise around the limit is one
 * alarm, and several sightings so that a single wrong sample is none. Integers in the
 * quantity's own scale.
 */
export class Threshold {
    isOn = false
    /** Sightings in a row of what would change it. */
    seen = 0

    /**
     * @param isAbove on above the limit (or at it); else below it (or at it)
     * @param hysteresis it must come back by so much for the alarm to end, ≥ 0
     * @param sightings samples in a row that say so, ≥ 1, before it begins or ends
     */
    constructor(
        private readonly isAbove: boolean,
        private readonly hysteresis: number,
        private readonly sightings: number
    ) {}

    /** Takes a sample. @returns whether the alarm began or ended with it */
    update(value: number, limit: number): boolean {
        const beyond = this.isAbove ? value - limit : limit - value
        const isOn = beyond >= 0 || (this.isOn && beyond > 0 - this.hysteresis)
        this.seen = isOn === this.isOn ? 0 : this.seen + 1
        if (this.seen < this.sightings) return false
        this.seen = 0
        this.isOn = isOn
        return true
    }
}
