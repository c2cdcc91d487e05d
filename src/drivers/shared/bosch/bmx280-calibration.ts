import { type Bytes, getU16 } from "../../../core/bytes.js"
import { type BoschCalibration, signedAt } from "./compensation.js"

/**
 * Coefficients of BMP280 and BME280 from the registers 0x88 … 0x9F: dig_T1 … dig_P9,
 * two bytes each, low byte first.
 */
export function bmx280Calibration(bytes: Bytes): BoschCalibration {
    return {
        t1: getU16(bytes, 0),
        t2: signedAt(bytes, 2),
        t3: signedAt(bytes, 4),
        p1: getU16(bytes, 6),
        p2: signedAt(bytes, 8),
        p3: signedAt(bytes, 10),
        p4: signedAt(bytes, 12),
        p5: signedAt(bytes, 14),
        p6: 4 * signedAt(bytes, 16),
        p7: signedAt(bytes, 18),
        p8: signedAt(bytes, 20),
        p9: signedAt(bytes, 22),
        p10: 0,
    }
}
