/** How figures are shown to people: grouped digits, always with a unit. */
import { formatDuration } from "../../../sim/time/duration.js"
import { unitSign } from "../quantities.js"

/** 1234567 → "1,234,567" */
export function count(value: number): string {
    return value.toLocaleString("en-GB", { maximumFractionDigits: 0 })
}

/** One or more of something: "1 frame", "2 frames". */
export function counted(value: number, one: string, many = `${one}s`): string {
    return `${count(value)} ${value === 1 ? one : many}`
}

/** "12,345 B" */
export function bytes(value: number): string {
    return `${count(value)} B`
}

/** 2.5731 → "2.57 B"; "–" when there is nothing to divide by. */
export function bytesPer(total: number, parts: number): string {
    return parts === 0 ? "–" : `${(total / parts).toFixed(2)} B`
}

/** 5912.3 → "5,912 ×", 1.04 → "1.0 ×" */
export function times(factor: number): string {
    return factor >= 10 ? `${count(factor)} ×` : `${factor.toFixed(1)} ×`
}

/** "21.37 °C" */
export function quantity(value: number, decimals: number, unit: string): string {
    return `${value.toFixed(decimals)} ${unitSign(unit)}`.trimEnd()
}

/** A span of time: up to two days in hours, "24 h", longer ones in days. */
export function span(ms: number): string {
    const hours = ms / 3_600_000
    return hours <= 48 && Number.isInteger(hours) ? `${hours} h` : formatDuration(ms)
}

const AGE_UNITS = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1000, "s"],
] as const

/** Time since a reading, ms, in its largest unit, rounded down: "45 s", "12 min", "3 h". */
export function age(ms: number): string {
    const unit = AGE_UNITS.find(([length]) => ms >= length)
    return unit === undefined ? "now" : `${Math.floor(ms / unit[0])} ${unit[1]}`
}

/** "Mon 2024-01-15 14:32" (UTC) */
export function dayAndTime(unixMs: number): string {
    const date = new Date(unixMs)
    const day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][date.getUTCDay()]
    return `${day} ${date.toISOString().slice(0, 16).replace("T", " ")}`
}
