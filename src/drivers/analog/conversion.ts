import { divRound, saturate32 } from "../../core/fixed.js"

/** Readings of a service for analog pins: 0 … 65,535 of 65,536 parts of the full scale. */
export const FULL_SCALE = 65536
/** From here on the converter is at its end: 12 bits, shifted left by 4. */
export const TOP_READING = 0xfff0

/** A straight line through two calibrated points. */
export interface Line {
    /** Reading of the first point, 0 … 65,536, and what it means. */
    reading0: number
    value0: number
    /** The same of the second point; reading1 ≠ reading0. */
    reading1: number
    value1: number
}

/**
 * The value of a mean of readings on a line, rounded to the nearest integer, halves
 * away from zero; saturated to int32.
 *
 * Line from 0 = 0 mV to 65,536 = 3,300 mV, sum 131,072 of 4 readings: 1,650 mV.
 *
 * @param sum of N readings, each 0 … 65,535
 * @param count 1 … 64
 * @param line values within ±2,000,000, so that products stay exact
 */
export function onLine(sum: number, count: number, line: Line): number {
    const run = (line.reading1 - line.reading0) * count
    const rise = (sum - line.reading0 * count) * (line.value1 - line.value0)
    const numerator = line.value0 * run + rise
    return saturate32(run < 0 ? divRound(0 - numerator, 0 - run) : divRound(numerator, run))
}
