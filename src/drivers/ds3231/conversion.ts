/**
 * What the DS3231's registers mean. Free of device imports, so that the very same code is
 * checked in Node over all inputs.
 */
import { Bytes } from "../../core/bytes.js"
import { fromBcd, toBcd } from "../shared/registers/bcd.js"

/** Seconds, minutes, hours, day of the week, day, month and century, year. */
export const TIME_BYTES = 7
const DAY_SECONDS = 86400
/** Days from 1970-01-01 to 2000-01-01. */
const DAYS_TO_2000 = 10957
/** Unix time of 2000-01-01 and of 2100-01-01, s: from there on the part's leap years are wrong. */
export const DS3231_FIRST_SECOND = 946684800
export const DS3231_END_SECOND = 4102444800
/** 2000-01-01 was a Saturday; the part's days go from 1, which is Monday here. */
const FIRST_WEEKDAY = 5
const DAYS_OF_4_YEARS = 1461

/**
 * The temperature registers to 0.01 °C, exactly: 10 bits in 0.25 °C, left-adjusted in 16.
 * 0x1940 is 25.25 °C.
 *
 * @param word 0 … 65,535
 */
export function ds3231Temperature(word: number): number {
    return ((word << 16) >> 22) * 25
}

/** Days from the beginning of the year to the beginning of a month, 1 … 12. */
function daysBefore(month: number, isLeap: boolean): number {
    // 31 28 31 30 31 30 31 31 30 31 30 31
    if (month === 1) return 0
    if (month === 2) return 31
    // From March on months repeat in a pattern of five.
    return Math.floor((153 * (month - 3) + 2) / 5) + (isLeap ? 60 : 59)
}

/**
 * Time registers to Unix time in s; 12 and 24 h, 2000 … 2099.
 *
 * @returns −1 when they hold no time: digits that are none, dates that do not exist, bits
 *     that are always 0, or the century bit
 */
export function secondsOf(bytes: Bytes, at: number): number {
    const second = fromBcd(bytes[at])
    const minute = fromBcd(bytes[at + 1])
    const hour = hourOf(bytes[at + 2])
    const weekday = bytes[at + 3]
    const day = fromBcd(bytes[at + 4])
    const month = fromBcd(bytes[at + 5])
    const year = fromBcd(bytes[at + 6])
    if (second < 0 || second > 59 || minute < 0 || minute > 59 || hour < 0) return -1
    if (weekday < 1 || weekday > 7 || month < 1 || month > 12 || year < 0) return -1
    const isLeap = (year & 3) === 0
    const before = daysBefore(month, isLeap)
    const after = month === 12 ? before + 31 : daysBefore(month + 1, isLeap)
    if (day < 1 || day > after - before) return -1
    const days = DAYS_TO_2000 + 365 * year + ((year + 3) >> 2) + before + day - 1
    return days * DAY_SECONDS + hour * 3600 + minute * 60 + second
}

/** @returns 0 … 23; −1 when it is none */
function hourOf(byte: number): number {
    if ((byte & 0x40) === 0) {
        const hour = fromBcd(byte)
        return hour > 23 ? -1 : hour
    }
    const hour = fromBcd(byte & 0x1f)
    if ((byte & 0x80) !== 0 || hour < 1 || hour > 12) return -1
    return (hour === 12 ? 0 : hour) + ((byte & 0x20) !== 0 ? 12 : 0)
}

/** Unix time in s, 2000 … 2099, to time registers, 24 h. */
export function putSeconds(bytes: Bytes, at: number, seconds: number): void {
    const days = Math.floor(seconds / DAY_SECONDS)
    const rest = seconds - days * DAY_SECONDS
    const minutes = Math.floor(rest / 60)
    const hour = Math.floor(minutes / 60)
    const since = days - DAYS_TO_2000
    const weeks = Math.floor((since + FIRST_WEEKDAY) / 7)
    const fours = Math.floor(since / DAYS_OF_4_YEARS)
    let day = since - fours * DAYS_OF_4_YEARS
    // The first year of four is the leap year, with 366 days.
    const inFour = day < 366 ? 0 : Math.floor((day - 1) / 365)
    if (inFour > 0) day = day - 1 - 365 * inFour
    const isLeap = inFour === 0
    let month = 12
    while (daysBefore(month, isLeap) > day) month--
    bytes[at] = toBcd(rest - 60 * minutes)
    bytes[at + 1] = toBcd(minutes - 60 * hour)
    bytes[at + 2] = toBcd(hour)
    bytes[at + 3] = since + FIRST_WEEKDAY - 7 * weeks + 1
    bytes[at + 4] = toBcd(day - daysBefore(month, isLeap) + 1)
    bytes[at + 5] = toBcd(month)
    bytes[at + 6] = toBcd(4 * fours + inFour)
}
