/**
 * What the VL53L1X's results mean. Free of device imports, so that the very same
 * code is checked in Node.
 */
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
    QUALITY_UNCALIBRATED,
} from "../../core/quality.js"

/** No distance yet, and no failure either. */
export const VL53L1X_NOT_SYNCHRONISED = 18

/** What a range status (register 0x0089, bits 4 to 0) makes of the distance. */
export function vl53l1xQuality(status: number): number {
    switch (status) {
        case 9:
            return QUALITY_OK
        case 8:
            return QUALITY_SATURATED
        case 4:
        case 5:
        case 6:
        case 7:
        case 12:
        case 13:
        case 23:
            return QUALITY_OUT_OF_RANGE
        case 19:
        case 22:
            return QUALITY_UNCALIBRATED
        default:
            return QUALITY_NOT_READY
    }
}

/** A range status in words. */
export function vl53l1xStatus(status: number): string {
    switch (status) {
        case 9:
            return "valid"
        case 8:
            return "nearer than it can tell"
        case 4:
            return "no target"
        case 5:
            return "phase out of bounds"
        case 6:
            return "too noisy"
        case 7:
            return "beyond the unambiguous range"
        case 12:
            return "below crosstalk"
        case 13:
            return "region clipped"
        case VL53L1X_NOT_SYNCHRONISED:
            return "first ranging of a sequence"
        case 19:
            return "not checked for a target beyond its range"
        case 22:
            return "several targets merged into one"
        case 23:
            return "target with too little signal"
        default:
            return "hardware failure " + status
    }
}

/**
 * Light of a cover glass in 1/512 kcps for each detector, register 0x0016: signal × (1 − distance ÷ target) ÷
 * detectors, as in ST's "ultra lite driver". 0 when the part does not read too short.
 *
 * @param distance sum of distances, mm
 * @param signal sum of rates, 1/128 Mcps
 * @param spads sum of detectors, 1/256
 * @param target true distance, mm
 * @param count how many there are in each sum
 */
export function vl53l1xCrosstalk(
    distance: number,
    signal: number,
    spads: number,
    target: number,
    count: number
): number {
    const missing = target * count - distance
    if (missing <= 0 || spads === 0) return 0
    // 1/128 Mcps of all detectors is 1000 / 128 × 512 × 256 of 1/512 kcps and 1/256 of one. Exact: below 2^53.
    return Math.floor((1024000 * signal * missing) / (target * count * spads) + 0.5)
}
