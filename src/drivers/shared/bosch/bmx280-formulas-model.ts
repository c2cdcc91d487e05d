/**
 * The datasheets' compensation in double precision, for the models and as the reference
 * of the integer one: BST-BME280-DS001-24 (revision 1.24), section
 * 8.1; BST-BMP280-DS001-11 has the same for temperature and pressure.
 */

/** Coefficients by the datasheet's names, without "dig_". */
export interface Bmx280Coefficients {
    readonly T: readonly [number, number, number]
    readonly P: readonly [number, number, number, number, number, number, number, number, number]
    /** BME280 only. */
    readonly H?: readonly [number, number, number, number, number, number]
}

/** Fine temperature, 1/5120 °C; not rounded. */
export function fineOf({ T }: Bmx280Coefficients, adc: number): number {
    const linear = (adc / 16384 - T[0] / 1024) * T[1]
    const square = (adc / 131072 - T[0] / 8192) ** 2 * T[2]
    return linear + square
}

/** Pressure in Pa; 0 where the datasheet avoids a division by zero. */
export function pascalOf({ P }: Bmx280Coefficients, adc: number, fine: number): number {
    const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = P
    const x = fine / 2 - 64000
    const offset = (x * x * p6) / 32768 + x * p5 * 2
    const slope = ((p3 * x * x) / 524288 + p2 * x) / 524288
    const divisor = (1 + slope / 32768) * p1
    if (divisor <= 0) return 0
    const p = ((1048576 - adc - (offset / 4 + p4 * 65536) / 4096) * 6250) / divisor
    return p + ((p9 * p * p) / 2147483648 + (p * p8) / 32768 + p7) / 16
}

/**
 * Relative humidity in %RH, not cropped. In floating point, Bosch's own driver multiplies by
 * the term of H3 once more; the datasheet and the integer versions of both do not.
 */
export function percentOf({ H }: Bmx280Coefficients, adc: number, fine: number): number {
    if (H === undefined) return 0
    const [h1, h2, h3, h4, h5, h6] = H
    const x = fine - 76800
    const raw = (adc - (h4 * 64 + (h5 / 16384) * x)) * (h2 / 65536)
    const h = raw * (1 + (h6 / 67108864) * x * (1 + (h3 / 67108864) * x))
    return h * (1 - (h1 * h) / 524288)
}
