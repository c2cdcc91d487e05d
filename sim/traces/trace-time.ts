/** The ways in which traces write time. */
import { isoParts } from "../time/iso-time.js"

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
