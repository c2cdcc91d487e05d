/**
 * What the LTR-390UV's counts mean at 20 bits (400 ms). Free of device imports, so
 * that the very same code is checked in Node over all 2²⁰ inputs.
 */
import { divRound } from "../../core/fixed.js"

/**
 * Counts of the light sensor at gain 1 to 0.1 lx: lux = 0.6 × counts / (gain × time / 100 ms)
 * = 0.15 × counts. 1000 counts are 150.0 lx.
 */
export function ltr390Illuminance(counts: number): number {
    return divRound(3 * counts, 2)
}

/**
 * Counts of the UV sensor at gain 18 to 0.01 of the UV index. 2300 counts are 1.00 at the
 * sensitivity of datasheet version 1.1.
 *
 * @param sensitivity counts at a UV index of 1
 */
export function ltr390UvIndex(counts: number, sensitivity: number): number {
    return divRound(100 * counts, sensitivity)
}
