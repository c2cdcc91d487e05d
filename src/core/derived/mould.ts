/** Below this, mould does not grow to speak of, 0.01 °C. */
const COLDEST = 500
/** Without a sample for longer than this, nobody knows what was, min. */
const LONGEST = 120

/**
 * Counts the time in which mould could grow: air at least as humid as a limit (80 %RH at a surface is
 * the critical one of ISO 13788:2012, 5.4) and not colder than 5 °C.
 */
export class MouldTime {
    /** Since the start, min. */
    minutes = 0
    private last = -1

    /**
     * Takes a sample; the time since the sample before counts when this one is humid enough,
     * two hours at most.
     *
     * @param temperature 0.01 °C
     * @param humidity 0.01 %RH
     * @param limit 0.01 %RH
     * @param minute any clock that does not go back
     */
    update(temperature: number, humidity: number, limit: number, minute: number): void {
        const since = this.last < 0 ? 0 : minute - this.last
        this.last = minute
        if (temperature >= COLDEST && humidity >= limit)
            this.minutes += since > LONGEST ? LONGEST : since
    }
}
