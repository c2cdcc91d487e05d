/** The datasheet's compensation (sections 4.9.1 and 4.9.2) in double precision. */

/** Coefficients by the datasheet's names; c0 and c1 have 12 bits, c00 and c10 20, the others 16. */
export interface Dps310Constants {
    readonly c0: number
    readonly c1: number
    readonly c00: number
    readonly c10: number
    readonly c01: number
    readonly c11: number
    readonly c20: number
    readonly c21: number
    readonly c30: number
}

/** Scale factors by oversampling setting, 1 … 128 times (table 9). */
export const SCALES = [524288, 1572864, 3670016, 7864320, 253952, 516096, 1040384, 2088960]

/** Temperature in °C. @param t scaled result */
export function celsiusOf(c: Dps310Constants, t: number): number {
    return c.c0 * 0.5 + c.c1 * t
}

/** The scaled result at a temperature in °C. */
export function scaledOf(c: Dps310Constants, celsius: number): number {
    return (celsius - c.c0 * 0.5) / c.c1
}

/** Pressure in Pa. @param p scaled result @param t scaled result of the temperature */
export function pascalOf(c: Dps310Constants, p: number, t: number): number {
    const cold = c.c00 + p * (c.c10 + p * (c.c20 + p * c.c30))
    return cold + t * c.c01 + t * p * (c.c11 + p * c.c21)
}
