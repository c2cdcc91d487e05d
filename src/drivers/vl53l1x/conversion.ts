/**
 * What the VL53L1X's results mean. Free of device imports, so that the very same
 * code is checked in Node.
 */
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
} from "../../core/quality.js"

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
            return QUALITY_OUT_OF_RANGE
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
        default:
            return "hardware failure " + status
    }
}
