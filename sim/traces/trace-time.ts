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
    const match = ISO.exec(text)
    if (match === null) return undefined
    const [year, month, day, hour, minute, second] = match
        .slice(1, 7)
        .map(part => Number(part ?? 0))
    const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
    const isReal =
        date.getUTCMonth() === month - 1 &&
        date.getUTCDate() === day &&
        date.getUTCHours() === hour &&
        date.getUTCMinutes() === minute &&
        date.getUTCSeconds() === second
    return isReal ? date.getTime() + 1000 * Number(`0.${match[7] ?? 0}`) : undefined
}
