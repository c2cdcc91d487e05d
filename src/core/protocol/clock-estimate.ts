/**
 * What a node without a clock knows of Unix time, and how well. Each time reply
 * bounds the time by its round trip; two of them bound the rate of the node's
 * own oscillator. Portable: the same file runs on the board and in Node. Times
 * are ms as doubles, exact up to 2⁵³.
 *
 * Assumptions, and the only ones: the oscillator is never further off than
 * {@link MAX_RATE_PPM}, and never differs by more than {@link STABILITY_PPM}
 * from its average between two replies (crystals of the boards: ±10 to ±50 ppm
 * over temperature and age).
 */

/** Bound of the oscillator's error, ppm. */
export const MAX_RATE_PPM = 150
/** Bound of the oscillator's change against its measured average, ppm. */
export const STABILITY_PPM = 30
/** The script's clock moves in steps of 10 ms, and the server's reply is rounded to 1 ms. */
const RESOLUTION_MS = 11
/** Replies that took longer say too little about the time, ms. */
const MAX_ROUND_TRIP_MS = 10000
/** A time before 2024 is a server without a clock, not a time. */
const EARLIEST_UNIX_MS = 1704067200000
/** A time after 2100 is none either. */
const LATEST_UNIX_MS = 4102444800000
/** The rate is measured over at most twice this long, so that it follows ageing and seasons, ms. */
const RATE_BASELINE_MS = 12 * 3600 * 1000

/** Unix time as a function of the node's uptime, with bounds of its error. */
export class ClockEstimate {
    /** Whether the time is known. */
    isSet = false
    /** Uptime of the newest reply, ms; {@link unix} is the time then. */
    uptime = 0
    /** Unix time at {@link uptime}, ms. */
    unix = 0
    /** Largest error of {@link unix}, ms. */
    uncertainty = 0
    /** The oscillator's correction, parts in 10⁹. */
    rate = 0
    /** Largest error of {@link rate}, ppm: by so much the error grows from {@link uptime} on. */
    drift = MAX_RATE_PPM

    // The reply that the rate is measured from, as it came.
    private baseUptime = 0
    private baseUnix = 0
    private baseError = 0

    /** @returns Unix time in whole ms at an uptime in ms; only when {@link isSet} */
    at(uptime: number): number {
        const since = uptime - this.uptime
        return Math.floor(this.unix + since + (since * this.rate) / 1000000000)
    }

    /** @returns bound of the error of {@link at}, whole ms */
    errorAt(uptime: number): number {
        let since = uptime - this.uptime
        if (since < 0) since = -since
        return Math.ceil(this.uncertainty + (since * this.drift) / 1000000)
    }

    /**
     * Takes the time of a clock part at boot, before any reply.
     *
     * @param uptime uptime at that moment, ms
     * @param unixMs Unix time then, ms
     * @param uncertainty its largest error, ms
     * @returns false when it is no plausible time
     */
    beginAt(uptime: number, unixMs: number, uncertainty: number): boolean {
        if (!(unixMs >= EARLIEST_UNIX_MS && unixMs <= LATEST_UNIX_MS)) return false
        this.startBaseline(uptime, unixMs, uncertainty)
        this.isSet = true
        this.uptime = uptime
        this.unix = unixMs
        this.uncertainty = uncertainty
        return true
    }

    /**
     * Takes a time reply. The server's time belongs to some moment of the round
     * trip, so its middle is wrong by at most half of it.
     *
     * @param request uptime when the request was sent, ms
     * @param reply uptime when the reply came, ms
     * @param unixMs the server's Unix time, ms
     * @returns false when the reply says nothing: too slow, or no plausible time
     */
    accept(request: number, reply: number, unixMs: number): boolean {
        const roundTrip = reply - request
        if (!(roundTrip >= 0 && roundTrip <= MAX_ROUND_TRIP_MS)) return false
        if (!(unixMs >= EARLIEST_UNIX_MS && unixMs <= LATEST_UNIX_MS)) return false
        const measured = unixMs + roundTrip / 2
        const error = roundTrip / 2 + RESOLUTION_MS
        let low = measured - error
        let high = measured + error
        if (this.isSet) {
            const expected = this.at(reply)
            const expectedError = this.errorAt(reply)
            if (expected + expectedError < low || expected - expectedError > high) {
                // Both cannot be true: the server's clock was set. Nothing measured before holds.
                this.forgetRate()
                this.startBaseline(reply, measured, error)
            } else {
                if (expected - expectedError > low) low = expected - expectedError
                if (expected + expectedError < high) high = expected + expectedError
                this.measureRate(reply, measured, error)
            }
        } else this.startBaseline(reply, measured, error)
        this.isSet = true
        this.uptime = reply
        this.unix = Math.floor((low + high) / 2)
        // One more for the fraction that the line above cuts off.
        this.uncertainty = Math.ceil((high - low) / 2) + 1
        return true
    }

    private startBaseline(uptime: number, unix: number, error: number): void {
        this.baseUptime = uptime
        this.baseUnix = unix
        this.baseError = error
    }

    private forgetRate(): void {
        this.rate = 0
        this.drift = MAX_RATE_PPM
    }

    private measureRate(uptime: number, unix: number, error: number): void {
        // A first reply that came late, while the node was busy, would spoil hours of learning.
        if (this.drift === MAX_RATE_PPM && 2 * error < this.baseError) {
            this.startBaseline(uptime, unix, error)
            return
        }
        const baseline = uptime - this.baseUptime
        if (baseline <= 0) return
        const own = ((error + this.baseError) / baseline) * 1000000 + STABILITY_PPM
        if (own < this.drift || baseline > RATE_BASELINE_MS) {
            const rate = ((unix - this.baseUnix - baseline) / baseline) * 1000000000
            const bound = MAX_RATE_PPM * 1000
            this.rate = Math.floor(rate > bound ? bound : rate < -bound ? -bound : rate)
            this.drift = own < MAX_RATE_PPM ? Math.ceil(own) : MAX_RATE_PPM
        }
        if (baseline > RATE_BASELINE_MS) this.startBaseline(uptime, unix, error)
    }
}
