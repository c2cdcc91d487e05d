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
 *
 * A reply that cannot be true if the estimate is makes the time disputed: the
 * estimate goes on, its stated error covers both, and it is given up only for
 * replies that agree with each other for long enough.
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
/** From 2100 on it is none either. */
const LATEST_UNIX_MS = 4102444800000
/** The rate is measured over at most twice this long, so that it follows ageing and seasons, ms. */
const RATE_BASELINE_MS = 12 * 3600 * 1000
/** A clock that was confirmed is given up for this number of replies that agree with each other, over this time, ms. */
const RIVALS = 5
const RIVALS_MS = 30 * 60000
/** One that rests on a single reply gives in sooner. */
const RIVALS_OF_GUESS = 3
const RIVALS_OF_GUESS_MS = 10 * 60000

/** Unix time as a function of the node's uptime, with bounds of its error. */
export class ClockEstimate {
    /** Whether the time is known. */
    isSet = false
    /** Uptime of the newest reply, ms; {@link unix} is the time then. */
    uptime = 0
    /** Unix time at {@link uptime}, ms. */
    unix = 0
    /** Largest error of {@link unix}, ms; while the time is disputed, whoever is right. */
    uncertainty = 0
    /** The oscillator's correction, parts in 10⁹. */
    rate = 0
    /** Largest error of {@link rate}, ppm: by so much the error grows from {@link uptime} on. */
    drift = MAX_RATE_PPM
    /** Replies in a row, up to the newest, that contradict the estimate and agree with each other; 0 = it is not disputed. */
    rivals = 0

    // The reply that the rate is measured from, as it came.
    private baseUptime = 0
    private baseUnix = 0
    private baseError = 0
    /** Largest error of {@link unix} unless those are right who dispute it, ms. */
    private ownError = 0
    /** Whether more than one reply told this time, or a clock part. */
    private isConfirmed = false
    // The first of {@link rivals}.
    private rivalUptime = 0
    private rivalUnix = 0
    private rivalError = 0

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
        if (!isPlausible(unixMs)) return false
        this.startBaseline(uptime, unixMs, uncertainty)
        this.isConfirmed = true
        this.set(uptime, unixMs, uncertainty)
        return true
    }

    /**
     * Takes a time reply. The server's time belongs to some moment of the round
     * trip, so its middle is wrong by at most half of it. One that contradicts
     * the estimate is taken too, but only makes the time disputed at first.
     *
     * @param request uptime when the request was sent, ms
     * @param reply uptime when the reply came, ms
     * @param unixMs the server's Unix time, ms
     * @returns false when the reply says nothing: too slow, or no plausible time
     */
    accept(request: number, reply: number, unixMs: number): boolean {
        const roundTrip = reply - request
        if (!(roundTrip >= 0 && roundTrip <= MAX_ROUND_TRIP_MS)) return false
        if (!isPlausible(unixMs)) return false
        const measured = unixMs + roundTrip / 2
        const error = roundTrip / 2 + RESOLUTION_MS
        let low = measured - error
        let high = measured + error
        if (this.isSet) {
            const expected = this.at(reply)
            const expectedError = this.errorAt(reply) - this.uncertainty + this.ownError
            if (expected + expectedError < low || expected - expectedError > high) {
                // Both cannot be true.
                if (!this.isOutvoted(reply, measured, error)) {
                    // One more for the fraction that `at` cuts off.
                    this.set(reply, expected, expectedError + 1)
                    this.uncertainty = Math.max(
                        this.ownError,
                        Math.ceil(Math.abs(measured - expected) + error)
                    )
                    return true
                }
                // Nothing measured before holds.
                this.forgetRate()
                this.startBaseline(reply, measured, error)
            } else {
                if (expected - expectedError > low) low = expected - expectedError
                if (expected + expectedError < high) high = expected + expectedError
                this.measureRate(reply, measured, error)
            }
            this.isConfirmed = true
        } else this.startBaseline(reply, measured, error)
        this.rivals = 0
        // One more for the fraction that is cut off here.
        this.set(reply, Math.floor((low + high) / 2), Math.ceil((high - low) / 2) + 1)
        return true
    }

    private set(uptime: number, unix: number, error: number): void {
        this.isSet = true
        this.uptime = uptime
        this.unix = unix
        this.uncertainty = error
        this.ownError = error
    }

    /** Counts a reply that contradicts the estimate. @returns whether there were enough of them */
    private isOutvoted(uptime: number, unix: number, error: number): boolean {
        const since = uptime - this.rivalUptime
        const apart = Math.abs(unix - this.rivalUnix - since)
        // As loose as any clock that is slewed, and the worst of oscillators, need.
        const bound = error + this.rivalError + since / 1000
        if (apart > bound) this.rivals = 0
        if (this.rivals === 0) {
            this.rivalUptime = uptime
            this.rivalUnix = unix
            this.rivalError = error
        }
        this.rivals++
        if (this.isConfirmed) return this.rivals >= RIVALS && since >= RIVALS_MS
        return this.rivals >= RIVALS_OF_GUESS && since >= RIVALS_OF_GUESS_MS
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

/** Whether a server or part with such a time may have a clock at all. */
function isPlausible(unixMs: number): boolean {
    return unixMs >= EARLIEST_UNIX_MS && unixMs < LATEST_UNIX_MS
}
