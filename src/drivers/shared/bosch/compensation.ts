/**
 * Compensation of temperature and pressure, which BMP280, BME280, BME680 and BME688
 * share but for the scale of some coefficients. Each step is an exact integer, and each
 * product below 2⁵¹. Free of device imports: the same code is checked in Node.
 */
import { type Bytes, getU16 } from "../../../core/bytes.js"
import { divRound } from "../../../core/fixed.js"

/** Coefficients of one part, in a scale that all parts share. */
export interface BoschCalibration {
    readonly t1: number
    readonly t2: number
    /** BME68x: 16 × par_t3. */
    readonly t3: number
    /** Never 0. */
    readonly p1: number
    readonly p2: number
    /** BME68x: 32 × par_p3. */
    readonly p3: number
    readonly p4: number
    readonly p5: number
    /** BMx280: 4 × dig_P6. */
    readonly p6: number
    /** BME68x: 128 × par_p7. */
    readonly p7: number
    readonly p8: number
    readonly p9: number
    /** BMx280: 0, it has no such term. */
    readonly p10: number
}

/** A signed word, low byte first. */
export function signedAt(bytes: Bytes, at: number): number {
    return (getU16(bytes, at) << 16) >> 16
}

/** A signed byte. */
export function signedByteAt(bytes: Bytes, at: number): number {
    return (bytes[at] << 24) >> 24
}

/** A result of 20 bits: three bytes, high byte first, the low 4 bits unused. */
export function wordAt(bytes: Bytes, at: number): number {
    return (bytes[at] << 12) | (bytes[at + 1] << 4) | (bytes[at + 2] >> 4)
}

/**
 * Fine temperature, 1/5120 °C: what pressure and humidity are compensated with.
 *
 * @param adc result of 20 bits
 * @returns an integer, |it| < 2²¹ for any calibration in the datasheets' ranges
 */
export function boschFine(c: BoschCalibration, adc: number): number {
    const d = adc - 16 * c.t1
    return divRound(d * c.t2 * 4096 + divRound(d * d, 256) * c.t3, 67108864)
}

/** Fine temperature to 0.01 °C. */
export function boschTemperature(fine: number): number {
    return divRound(5 * fine, 256)
}

/**
 * Pressure in Pa, to within 0.05 Pa before it is rounded.
 *
 * @param adc result of 20 bits
 * @param fine of {@link boschFine}
 * @returns far outside of any part's range when the coefficients make no sense
 */
export function boschPressure(c: BoschCalibration, adc: number, fine: number): number {
    const t = fine - 128000
    const square = divRound(t * t, 4096)
    // What the temperature adds to the result, in 1/128 digit.
    const offset = 2048 * c.p4 + divRound(square * c.p6 + t * c.p5 * 128, 16384)
    // Sensitivity with 30 bits behind the point, then times p1 with 12 bits.
    const slope = 1073741824 + divRound(t * c.p2 * 256 + square * c.p3, 8192)
    const divisor = divRound(c.p1 * slope, 262144)
    if (divisor <= 0) return 0
    // 1/32 Pa, before the correction for the curvature of the sensor.
    const p = divRound(((1048576 - adc) * 128 - offset) * 6400000, divisor)
    if (p < 0 || p > 8388608) return divRound(p, 32)
    const pp = divRound(p * p, 65536)
    const ppp = divRound(divRound(pp, 16) * p, 2048)
    return divRound(
        p * 16777216 + pp * c.p9 + p * c.p8 * 32 + c.p7 * 33554432 + ppp * c.p10,
        536870912
    )
}
