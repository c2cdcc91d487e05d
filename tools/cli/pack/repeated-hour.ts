/**
 * An hour of local times that comes twice, as at the end of summer time: sorted by what the
 * clock said, its rows would be mixed.
 */
import { TraceError } from "../../../sim/traces/csv.js"

const HOUR = 3600
/** Clocks are put back in the small hours of a Sunday, wherever that is done. */
const LAST_HOUR = 3
/** Rows of the hour before and after the clock went back; fewer are rows out of order. */
const ROWS = 2

export class RepeatedHourWatch {
    private last = -Infinity
    private hour = NaN
    /** Rows of this hour since it began, or since the clock went back within it. */
    private rows = 0
    /** Line on which the clock went back in this hour; 0 = it did not. */
    private backAt = 0
    private found: { readonly line: number; readonly hour: number } | undefined

    /** @param name of the file */
    constructor(private readonly name: string) {}

    /** @param seconds of a local time, as if it were UTC */
    look(seconds: number, line: number): void {
        const hour = Math.floor(seconds / HOUR)
        if (!canComeTwice(hour)) return
        if (hour !== this.hour) {
            this.hour = hour
            this.rows = 0
            this.backAt = 0
        } else if (seconds < this.last && this.backAt === 0) {
            if (this.rows >= ROWS) this.backAt = line
            this.rows = 0
        } else if (seconds < this.last) this.backAt = 0
        this.rows++
        if (this.backAt > 0 && this.rows >= ROWS) this.found ??= { line: this.backAt, hour }
        this.last = seconds
    }

    /** @throws TraceError when an hour came twice */
    check(): void {
        if (this.found === undefined) return
        const { line, hour } = this.found
        const text = new Date(hour * HOUR * 1000).toISOString().slice(0, 16).replace("T", " ")
        throw new TraceError(
            `${this.name}, line ${line}: the hour from ${text} comes twice, as at the end of ` +
                "summer time, and sorting would mix its rows; say the zone with --zone, such as " +
                "--zone Europe/Copenhagen, or --zone UTC when the clock was not changed"
        )
    }
}

function canComeTwice(hour: number): boolean {
    const date = new Date(hour * HOUR * 1000)
    return date.getUTCDay() === 0 && date.getUTCHours() <= LAST_HOUR
}
