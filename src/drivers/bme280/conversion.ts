/**
 * What the BME280's humidity result means; temperature and pressure are in
 * ../bosch/compensation.ts. Free of device imports, so that the very same code is
 * checked in Node.
 */
import { type Bytes } from "../../core/bytes.js"
import { divRound } from "../../core/fixed.js"
import { signedAt, signedByteAt } from "../shared/bosch/compensation.js"

/** dig_H1 … dig_H6 of one part. */
export interface Bme280Humidity {
    readonly h1: number
    readonly h2: number
    readonly h3: number
    readonly h4: number
    readonly h5: number
    readonly h6: number
}

/** 256 %RH in the scale of the last steps: beyond that only the sign matters. */
const FAR_BEYOND = 16777216

/**
 * Coefficients from the registers; dig_H4 and dig_H5 are signed, have 12 bits and share 0xE5.
 *
 * @param h1 register 0xA1
 * @param bytes registers 0xE1 … 0xE7
 */
export function bme280HumidityCalibration(h1: number, bytes: Bytes): Bme280Humidity {
    return {
        h1,
        h2: signedAt(bytes, 0),
        h3: bytes[2],
        h4: signedByteAt(bytes, 3) * 16 + (bytes[4] & 15),
        h5: signedByteAt(bytes, 5) * 16 + (bytes[4] >> 4),
        h6: signedByteAt(bytes, 6),
    }
}

/**
 * Humidity in 0.01 %RH, cropped to 0 … 100 %RH as the datasheet has it; to within
 * 0.05 of a unit before it is rounded.
 *
 * @param adc result of 16 bits
 * @param fine temperature in 1/5120 °C
 */
export function bme280Humidity(c: Bme280Humidity, adc: number, fine: number): number {
    const t = fine - 76800
    // 14 bits behind the point; then, times h2, 16 bits of %RH.
    const offset = adc * 16384 - c.h4 * 1048576 - c.h5 * t
    const raw = clamp(divRound(offset * c.h2, 16384))
    // The influence of temperature: 26 bits behind the point, then 22.
    const slope = 67108864 + c.h3 * t
    const factor = divRound(67108864 + divRound(c.h6 * t * divRound(slope, 64), 1048576), 16)
    const h = clamp(divRound(raw * factor, 4194304))
    const square = divRound(h * h, 65536)
    const humidity = divRound(100 * (h * 524288 - c.h1 * square), 34359738368)
    if (humidity < 0) return 0
    if (humidity > 10000) return 10000
    return humidity
}

function clamp(h: number): number {
    if (h > FAR_BEYOND) return FAR_BEYOND
    if (h < -FAR_BEYOND) return -FAR_BEYOND
    return h
}
