/**
 * What the VL53L0X's numbers mean. Free of device imports, so that the very same
 * code is checked in Node.
 */
import { divRound } from "../../core/fixed.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
} from "../../core/quality.js"

/**
 * Everything of a ranging but its last step, µs: 1910 start, 960 end, twice the selection of
 * detectors (690 + 38 periods of 53,384 ns), the pre-range (660 + 151 such periods) and 550 for
 * the last step's own overhead.
 */
const OTHER_STEPS_US = 17579
/** Period of the last step at 10 pulses, ns. */
const PERIOD_NS = 38131
/** Periods of the pre-range, which the last step's timeout includes. */
const PRE_RANGE_PERIODS = 151

/**
 * Contents of the registers 0x71 and 0x72, the timeout of the last step, for a timing budget:
 * a mantissa of 8 bits below an exponent, plus 1. 33 ms are 0x028A: (0x8A << 2) + 1 = 553
 * periods.
 *
 * @param budgetMs 20 … 1000
 */
export function vl53l0xTimeout(budgetMs: number): number {
    const us = 1000 * budgetMs - OTHER_STEPS_US
    let mantissa = divRound(1000 * us, PERIOD_NS) + PRE_RANGE_PERIODS - 1
    let exponent = 0
    while (mantissa > 255) {
        mantissa = mantissa >> 1
        exponent++
    }
    return (exponent << 8) | mantissa
}

/** What a range status (register 0x14, bits 6 to 3) makes of the distance. */
export function vl53l0xQuality(status: number): number {
    if (status === 11) return QUALITY_OK
    // ST's API calls both "min range": what is nearer than the part can tell, a full bin.
    if (status === 8 || status === 10) return QUALITY_SATURATED
    if (status < 4 || status > 14) return QUALITY_NOT_READY
    return QUALITY_OUT_OF_RANGE
}

/** A range status in words. */
export function vl53l0xStatus(status: number): string {
    switch (status) {
        case 11:
            return "valid"
        case 8:
        case 10:
            return "nearer than it can tell"
        case 4:
            return "no target"
        case 5:
        case 7:
            return "too noisy"
        case 6:
        case 9:
            return "phase out of bounds"
        case 12:
        case 13:
            return "beyond its arithmetic"
        case 14:
            return "below crosstalk"
        default:
            return "hardware failure " + status
    }
}
