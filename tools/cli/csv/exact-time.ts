/**
 * Times of CSV files to the nanosecond: a double of Unix milliseconds would
 * already lose part of a microsecond.
 */
import { isoParts } from "../../../sim/time/iso-time.js"
import { type TraceClock } from "../../../sim/traces/trace-time.js"

/** A point in time. */
export interface ExactTime {
    /** Whole seconds since 1970, rounded down. */
    readonly seconds: number
    /** 0 … 999,999,999 */
    readonly nanos: number
    /** Digits behind the second's (of `unix-ms`: the millisecond's) point that were written. */
    readonly written: number
    /** Whether it says how far from UTC its clock is. */
    readonly hasOffset: boolean
}

/** How times are written: ISO 8601 without offset or in UTC, Unix seconds or milliseconds. */
export const TIME_FORMS = ["iso", "iso-z", "s", "ms"] as const
export type TimeForm = (typeof TIME_FORMS)[number]

/** The years 0000 to 9999, s since 1970: what ISO 8601 can write with four digits. */
const FIRST_SECOND = -62_167_219_200
const LAST_SECOND = 253_402_300_799

export const NANOS_PER_SECOND = 1_000_000_000
const NANO_PLACES = 9
const NANOS_PER_MS = 1_000_000
const MS_PLACES = 3

/** @returns undefined when the text is not a time of this kind, or finer than 1 ns */
export function parseExactTime(text: string, clock: TraceClock): ExactTime | undefined {
    if (clock === "iso") return parseIso(text)
    const match = /^([+-]?)(\d{1,15})(?:\.(\d*))?$/.exec(text)
    if (match === null) return undefined
    const [, sign, whole, fraction = ""] = match
    const shift = clock === "unix-ms" ? MS_PLACES : 0
    const padded = whole.padStart(shift + 1, "0")
    const point = padded.length - shift
    return exactTime(
        Number(padded.slice(0, point)),
        padded.slice(point) + fraction,
        sign === "-",
        fraction.length,
        false
    )
}

function parseIso(text: string): ExactTime | undefined {
    const parts = isoParts(text)
    if (parts === undefined) return undefined
    const { seconds, fraction, offset } = parts
    const written = fraction.length
    return exactTime(seconds - (offset ?? 0), fraction, false, written, offset !== undefined)
}

function exactTime(
    seconds: number,
    fraction: string,
    isNegative: boolean,
    written: number,
    hasOffset: boolean
): ExactTime | undefined {
    const digits = fraction.padEnd(NANO_PLACES, "0")
    if (!/^0*$/.test(digits.slice(NANO_PLACES))) return undefined
    const nanos = Number(digits.slice(0, NANO_PLACES))
    const borrows = isNegative && nanos > 0
    const whole = isNegative ? 0 - seconds - (borrows ? 1 : 0) : seconds
    if (whole < FIRST_SECOND || whole > LAST_SECOND) return undefined
    return { seconds: whole, nanos: borrows ? NANOS_PER_SECOND - nanos : nanos, written, hasOffset }
}

/** Digits behind the second's point that a time needs, 0 … 9. */
export function placesOf(nanos: number): number {
    let places = NANO_PLACES
    let rest = nanos
    while (places > 0 && rest % 10 === 0) {
        rest /= 10
        places--
    }
    return places
}

/** Whether a time can be written with a year of four digits. */
export function isWritable(seconds: number): boolean {
    return seconds >= FIRST_SECOND && seconds <= LAST_SECOND
}

/** @param digits behind the point of the second, or of the millisecond in `ms` */
export function timeText(seconds: number, nanos: number, form: TimeForm, digits: number): string {
    if (form === "iso" || form === "iso-z") {
        const date = new Date(seconds * 1000).toISOString().slice(0, 19)
        return date + pointAnd(nanos, NANO_PLACES, digits) + (form === "iso-z" ? "Z" : "")
    }
    const isNegative = seconds < 0
    const borrows = isNegative && nanos > 0
    const whole = isNegative ? 0 - seconds - (borrows ? 1 : 0) : seconds
    const rest = borrows ? NANOS_PER_SECOND - nanos : nanos
    const sign = isNegative ? "-" : ""
    if (form === "s") return `${sign}${whole}${pointAnd(rest, NANO_PLACES, digits)}`
    const ms = 1000 * whole + Math.floor(rest / NANOS_PER_MS)
    return `${sign}${ms}${pointAnd(rest % NANOS_PER_MS, NANO_PLACES - MS_PLACES, digits)}`
}

function pointAnd(fraction: number, places: number, digits: number): string {
    if (digits === 0) return ""
    return `.${String(fraction).padStart(places, "0").slice(0, digits).padEnd(digits, "0")}`
}
