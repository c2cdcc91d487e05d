/** Times as people and programs write them after ISO 8601; a day that no calendar has is none. */

const ISO =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/

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

/**
 * @param text a day, "2026-11-30", or a time that says how far its clock is ahead: "2026-11-30T12:00Z"
 * @returns Unix ms, of a day its first moment in UTC; undefined when it is neither, or no such day exists
 */
export function unixMsOf(text: string): number | undefined {
    const time = isoParts(text)
    if (time === undefined) return undefined
    if (time.offset === undefined && !isDay(text)) return undefined
    return 1000 * (time.seconds - (time.offset ?? 0)) + 1000 * Number(`0.${time.fraction}`)
}

/** @returns Unix ms of the first moment of a day in UTC; undefined when the text is none */
export function dayMsOf(text: string): number | undefined {
    return isDay(text) ? unixMsOf(text) : undefined
}

/** @returns Unix s of the last second of a day in UTC, undefined when the text is no day */
export function endOfDayOf(text: string): number | undefined {
    const ms = dayMsOf(text)
    return ms === undefined ? undefined : ms / 1000 + 86_399
}

function isDay(text: string): boolean {
    return text.length === "2026-11-30".length
}
