/** How programs write times, apart from ISO 8601 and Unix times. */

/** Order of day, month and year. */
export type DateOrder = "dmy" | "mdy" | "ymd"
export const DATE_ORDERS: readonly DateOrder[] = ["dmy", "mdy", "ymd"]

/** A date, and the time of day behind it if there is one. */
const DATE = /^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[T ,]+(.+))?$/
const TIME_OF_DAY = /^(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d+))?)?(?: ?([AaPp])\.?[Mm]\.?)?$/

/** Two digits from here on are a year of the 20th century. */
const FIRST_OF_THE_20TH = 70

interface Day {
    readonly year: number
    readonly month: number
    readonly day: number
}

/** @returns "14:30:00" for "2.30 PM", with the seconds that were written; undefined when it is no time of day */
export function timeOfDay(text: string): string | undefined {
    const match = TIME_OF_DAY.exec(text.trim())
    if (match === null) return undefined
    const [, hours, minute, second, fraction, half] = match as (string | undefined)[]
    let hour = Number(hours)
    if (half !== undefined) {
        if (hour < 1 || hour > 12) return undefined
        hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0)
    }
    if (hour > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return undefined
    const seconds = second === undefined ? "" : `:${second}`
    return `${two(hour)}:${minute}${seconds}${fraction === undefined ? "" : `.${fraction}`}`
}

/** @returns the time in ISO 8601 without offset; undefined when it is not written so, or no such day exists */
export function isoTime(text: string, order: DateOrder): string | undefined {
    const match = DATE.exec(text.trim())
    if (match === null) return undefined
    const [, first, separator, second, third, rest] = match as (string | undefined)[]
    // Dots are never between an American's months and days.
    if (separator === "." && order === "mdy") return undefined
    const day = dayOf([first ?? "", second ?? "", third ?? ""], order)
    const time = rest === undefined ? undefined : timeOfDay(rest)
    if (day === undefined || (rest !== undefined && time === undefined)) return undefined
    const date = `${String(day.year).padStart(4, "0")}-${two(day.month)}-${two(day.day)}`
    return time === undefined ? date : `${date}T${time}`
}

function dayOf(
    [first, second, third]: [string, string, string],
    order: DateOrder
): Day | undefined {
    const year = order === "ymd" ? first : third
    if (year.length !== 4 && year.length !== 2) return undefined
    const [month, day] =
        order === "dmy" ? [second, first] : order === "mdy" ? [first, second] : [second, third]
    if (month.length > 2 || day.length > 2) return undefined
    const short = Number(year) + (Number(year) < FIRST_OF_THE_20TH ? 2000 : 1900)
    const result = {
        year: year.length === 2 ? short : Number(year),
        month: Number(month),
        day: Number(day),
    }
    return exists(result) ? result : undefined
}

function exists({ year, month, day }: Day): boolean {
    const date = new Date(Date.UTC(2000, month - 1, 1))
    date.setUTCFullYear(year, month - 1, day)
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

function two(value: number): string {
    return String(value).padStart(2, "0")
}

/** Finds out in which order the dates of a file are written. */
export class DateEvidence {
    private orders: DateOrder[] = [...DATE_ORDERS]
    private disputed: { readonly cell: string; readonly line: number } | undefined

    add(cell: string, line: number): void {
        const fitting = this.orders.filter(order => isoTime(cell, order) !== undefined)
        // What fits none is a mistake, and named as one later.
        if (fitting.length === 0) return
        this.orders = fitting
        const meanings = new Set(fitting.map(order => isoTime(cell, order)))
        if (meanings.size > 1) this.disputed ??= { cell, line }
    }

    get isSettled(): boolean {
        return this.orders.length === 1
    }

    /** Orders that fit all dates; one when they mean the same. */
    result(): readonly DateOrder[] {
        return this.disputed === undefined ? this.orders.slice(0, 1) : this.orders
    }

    /** A date that two orders read as different days. */
    get dispute(): { readonly cell: string; readonly line: number } | undefined {
        return this.disputed
    }
}
