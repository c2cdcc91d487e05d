/**
 * What the BME680's and BME688's humidity and gas results mean, and the setting of the
 * heater; temperature and pressure are in ../bosch/compensation.ts. Exact integers
 * throughout. Free of device imports, so that the very same code is checked in Node.
 */
import { type Bytes, getU16 } from "../../core/bytes.js"
import { divRound, mulDiv } from "../../core/fixed.js"
import { type BoschCalibration, signedAt, signedByteAt } from "../shared/bosch/compensation.js"

/** Coefficients of humidity, gas and heater of one part. */
export interface Bme680Calibration {
    readonly h1: number
    readonly h2: number
    readonly h3: number
    readonly h4: number
    readonly h5: number
    readonly h6: number
    readonly h7: number
    readonly gh1: number
    readonly gh2: number
    readonly gh3: number
    readonly heatRange: number
    readonly heatValue: number
    readonly rangeError: number
}

/** 256 %RH in the scale of the last steps: beyond that only the sign matters. */
const FAR_BEYOND = 16777216

/** Full scale of a range of the BME680, 1/256 Ω; every range is half of the one before, but for its own error. */
const LOW_RANGE = [
    2048000000, 1024000000, 512000000, 256000000, 127872128, 63555114, 32000000, 16129032, 8008008,
    4000000, 2000000, 1000000, 500000, 250000, 125000, 62500,
]
/** Correction of the result in each range, 0.1 %. */
const LOW_GAIN = [
    1000, 1000, 1000, 1000, 1000, 990, 1000, 992, 1000, 1000, 998, 995, 1000, 990, 1000, 1000,
]

/**
 * Coefficients of temperature and pressure from the registers.
 *
 * @param first registers 0x8A … 0xA0
 * @param second registers 0xE1 … 0xEE
 */
export function bme680Calibration(first: Bytes, second: Bytes): BoschCalibration {
    return {
        t1: getU16(second, 8),
        t2: signedAt(first, 0),
        t3: 16 * signedByteAt(first, 2),
        p1: getU16(first, 4),
        p2: signedAt(first, 6),
        p3: 32 * signedByteAt(first, 8),
        p4: signedAt(first, 10),
        p5: signedAt(first, 12),
        p6: signedByteAt(first, 15),
        p7: 128 * signedByteAt(first, 14),
        p8: signedAt(first, 18),
        p9: signedAt(first, 20),
        p10: first[22],
    }
}

/**
 * The other coefficients; par_h1 and par_h2 have 12 bits and share 0xE2.
 *
 * @param second registers 0xE1 … 0xEE
 * @param third registers 0x00 … 0x04
 */
export function bme680MoreCalibration(second: Bytes, third: Bytes): Bme680Calibration {
    return {
        h1: (second[2] << 4) | (second[1] & 15),
        h2: (second[0] << 4) | (second[1] >> 4),
        h3: signedByteAt(second, 3),
        h4: signedByteAt(second, 4),
        h5: signedByteAt(second, 5),
        h6: second[6],
        h7: signedByteAt(second, 7),
        gh1: signedByteAt(second, 12),
        gh2: signedAt(second, 10),
        gh3: signedByteAt(second, 13),
        heatRange: (third[2] >> 4) & 3,
        heatValue: signedByteAt(third, 0),
        rangeError: signedByteAt(third, 4) >> 4,
    }
}

/**
 * Humidity in 0.01 %RH, cropped to 0 … 100 %RH.
 *
 * @param adc result of 16 bits
 * @param fine temperature in 1/5120 °C
 */
export function bme680Humidity(c: Bme680Calibration, adc: number, fine: number): number {
    const offset = 10240 * (adc - 16 * c.h1) - c.h3 * fine
    // %RH with 16 bits behind the point, still to be corrected for temperature …
    const raw = clamp(divRound(offset * c.h2, 40960))
    // … by this factor with 26 bits …
    const factor = 67108864 + divRound(c.h4 * fine * 327680 + c.h5 * fine * fine, 409600)
    const h = clamp(divRound(raw * divRound(factor, 16), 4194304))
    // … and for the curvature: a coefficient with 30 bits times the square with 8.
    const curvature = divRound(c.h6 * 655360 + c.h7 * fine, 10)
    const square = divRound(h * h, 16777216)
    const humidity = divRound(100 * (h + divRound(curvature * square, 4194304)), 65536)
    if (humidity < 0) return 0
    if (humidity > 10000) return 10000
    return humidity
}

/**
 * Gas resistance of a BME680 in Ω.
 *
 * @param adc result of 10 bits
 * @param range 0 … 15
 */
export function bme680Gas(c: Bme680Calibration, adc: number, range: number): number {
    const gain = (1340 + 5 * c.rangeError) * LOW_GAIN[range]
    return mulDiv(LOW_RANGE[range], gain, 256 * (1000 * (adc - 512) + gain))
}

/**
 * Gas resistance of a BME688 in Ω.
 *
 * @param adc result of 10 bits
 * @param range 0 … 15
 */
export function bme688Gas(adc: number, range: number): number {
    return divRound(1000000 * (262144 >> range), 4096 + 3 * (adc - 512))
}

/**
 * Setting of the heater, for the register res_heat_0.
 *
 * @param celsius temperature of the hot plate, 200 … 400 °C
 * @param ambient temperature of the air, °C
 */
export function bme680Heater(c: Bme680Calibration, celsius: number, ambient: number): number {
    // Heater resistance in 1/5,242,880,000 Ω; then 3.4 × (resistance − 25 Ω), for this part's driver.
    const slope = 5 * c.gh2 + 770048
    const resistance = (c.gh1 + 784) * (327680000 + slope * celsius) + c.gh3 * ambient * 5120000
    const divisor = 13107200 * (4 + c.heatRange) * (500 + c.heatValue)
    const setting = divRound(17 * resistance, divisor) - 85
    if (setting < 0) return 0
    if (setting > 255) return 255
    return setting
}

/** Heating time for the register gas_wait_0: 6 bits of ms, times 1, 4, 16 or 64; rounded down. @param ms 1 … 4,032 */
export function bme680GasWait(ms: number): number {
    let rest = ms
    let factor = 0
    while (rest > 63) {
        rest = rest >> 2
        factor = factor + 64
    }
    return factor | rest
}

function clamp(h: number): number {
    if (h > FAR_BEYOND) return FAR_BEYOND
    if (h < -FAR_BEYOND) return -FAR_BEYOND
    return h
}
