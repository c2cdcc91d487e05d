/**
 * Compensation of BME680 and BME688 in double precision, for the model and as the
 * reference of the integer one. The datasheets' formulas, as in Bosch's BME68x_SensorAPI
 * 4.4.8 with BME68X_USE_FPU, but in doubles.
 */

/** Coefficients by the datasheet's names, without "par_". */
export interface Bme680Coefficients {
    readonly T: readonly [number, number, number]
    /** p1 … p10. */
    readonly P: readonly number[]
    /** h1 … h7. */
    readonly H: readonly number[]
    /** gh1 … gh3. */
    readonly GH: readonly [number, number, number]
    readonly resHeatRange: number
    readonly resHeatVal: number
    readonly rangeSwitchingError: number
}

const K1 = [0, 0, 0, 0, 0, -1, 0, -0.8, 0, 0, -0.2, -0.5, 0, -1, 0, 0]
const K2 = [0, 0, 0, 0, 0.1, 0.7, 0, -0.8, -0.1, 0, 0, 0, 0, 0, 0, 0]

/** Fine temperature, 1/5120 °C; not rounded. */
export function fineOf({ T }: Bme680Coefficients, adc: number): number {
    const linear = (adc / 16384 - T[0] / 1024) * T[1]
    return linear + (adc / 131072 - T[0] / 8192) ** 2 * T[2] * 16
}

/** Pressure in Pa. */
export function pascalOf({ P }: Bme680Coefficients, adc: number, fine: number): number {
    const [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10] = P
    const x = fine / 2 - 64000
    const offset = ((x * x * p6) / 131072 + x * p5 * 2) / 4 + p4 * 65536
    const slope = ((p3 * x * x) / 16384 + p2 * x) / 524288
    const divisor = (1 + slope / 32768) * p1
    if (divisor <= 0) return 0
    const p = ((1048576 - adc - offset / 4096) * 6250) / divisor
    const cube = (p / 256) ** 3 * (p10 / 131072)
    return p + ((p9 * p * p) / 2147483648 + (p * p8) / 32768 + cube + p7 * 128) / 16
}

/** Relative humidity in %RH, not cropped. */
export function percentOf({ H }: Bme680Coefficients, adc: number, fine: number): number {
    const [h1, h2, h3, h4, h5, h6, h7] = H
    const t = fine / 5120
    const raw = adc - (h1 * 16 + (h3 / 2) * t)
    const h = raw * (h2 / 262144) * (1 + (h4 / 16384) * t + (h5 / 1048576) * t * t)
    return h + (h6 / 16384 + (h7 / 2097152) * t) * h * h
}

/** Gas resistance of a BME680, Ω. */
export function lowOhmOf(c: Bme680Coefficients, adc: number, range: number): number {
    const gain = (1340 + 5 * c.rangeSwitchingError) * (1 + K1[range] / 100)
    return 1 / ((1 + K2[range] / 100) * 0.000000125 * 2 ** range * ((adc - 512) / gain + 1))
}

/** Gas resistance of a BME688, Ω. */
export function highOhmOf(adc: number, range: number): number {
    return (1000000 * (262144 >> range)) / (4096 + 3 * (adc - 512))
}

/** Temperature of the hot plate that a setting of the heater gives, °C. */
export function hotPlateOf(c: Bme680Coefficients, setting: number, ambient: number): number {
    const ohm = ((setting / 3.4 + 25) * (4 + c.resHeatRange) * (1 + c.resHeatVal * 0.002)) / 4
    const [gh1, gh2, gh3] = c.GH
    const cold = gh1 / 16 + 49
    const slope = (gh2 / 32768) * 0.0005 + 0.00235
    return ((ohm - (gh3 / 1024) * ambient) / cold - 1) / slope
}
