/** The ways in which traces write time. */

/** How the first column of a trace is to be read. */
export type TraceClock = "iso" | "unix-s" | "unix-ms" | "since-start"

/** Numbers above these can only be Unix times: 1973 in ms and in s. */
const LEAST_UNIX_MS = 1e11
const LEAST_UNIX_S = 1e8

/**
 * @param header name of the time column
 * @param first its first cell, which decides where the name says nothing
 */
export function clockOf(header: string, first: string): TraceClock {
    if (/unix_ms$/i.test(header)) return "unix-ms"
    if (/unix(_s)?$/i.test(header)) return "unix-s"
    if (/^t_s$/i.test(header)) return "since-start"
    const number = first === "" ? NaN : Number(first)
    if (Number.isNaN(number)) return "iso"
    if (number >= LEAST_UNIX_MS) return "unix-ms"
    return number >= LEAST_UNIX_S ? "unix-s" : "since-start"
}

/** A time of each kind, for messages. */
export const TIME_EXAMPLES: Readonly<Record<TraceClock, string>> = {
    iso: "2024-01-15T08:30:00",
    "unix-s": "seconds since 1970 such as 1705307400",
    "unix-ms": "milliseconds since 1970 such as 1705307400000",
    "since-start": "seconds since the first sample such as 12.5",
}

const ISO =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/

/** @returns ms, or undefined when the text is not a time of this kind */
export function parseTime(text: string, clock: TraceClock): number | undefined {
    if (clock === "iso") return parseIso(text)
    const number = /^[+-]?\d+(\.\d*)?$/.test(text) ? Number(text) : NaN
    if (!Number.isFinite(number)) return undefined
    return clock === "unix-ms" ? number : number * 1000
}

/** Local times are taken as if they were UTC: what counts is the time of day. */
function parseIso(text: string): number | undefined {
    const time = isoParts(text)
    return time === undefined
        ? undefined
        : 1000 * time.seconds + 1000 * Number(`0.${time.fraction}`)
}

/** An ISO 8601 time, taken apart without loss. */
export interface IsoParts {
    /** As if the time were UTC, since 1970; whole. */
    readonly seconds: number
    /** Digits of the part of a second; "" when there are none. */
    readonly fraction: string
    /** How much its clock is ahead of UTC, s; undefined without offset. */
    readonly offset: number | undefined
}

/** @returns undefined when the text is no such time, or no such day exists */
export function isoParts(text: string): IsoParts | undefined {
    const match = ISO.exec(text)
    if (match === null) return undefined
    const [year, month, day, hour, minute, second] = match
        .slice(1, 7)
        .map(part => Number(part ?? 0))
    // Date.UTC takes years below 100 for those of the 20th century.
    const date = new Date(Date.UTC(2000, 0, 1, hour, minute, second))
    date.setUTCFullYear(year, month - 1, day)
    const isReal =
        date.getUTCMonth() === month - 1 &&
        date.getUTCDate() === day &&
        date.getUTCHours() === hour &&
        date.getUTCMinutes() === minute &&
        date.getUTCSeconds() === second
    const offset = offsetSeconds(match[8])
    if (!isReal || Math.abs(offset ?? 0) >= 86_400) return undefined
    return {
        seconds: date.getTime() / 1000,
        fraction: match[7] ?? "",
        offset,
    }
}

function offsetSeconds(text: string | undefined): number | undefined {
    if (text === undefined) return undefined
    if (text === "Z") return 0
    const digits = text.slice(1).replace(":", "").padEnd(4, "0")
    const seconds = 3600 * Number(digits.slice(0, 2)) + 60 * Number(digits.slice(2))
    return text.startsWith("-") ? -seconds : seconds
}
