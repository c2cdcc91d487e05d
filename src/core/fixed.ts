/**
 * Fixed-point helpers. Every result is an exact integer on the board and in
 * Node; where a result would not fit in 32 bits it saturates.
 */
export const INT32_MAX = 2147483647
export const INT32_MIN = -2147483648

/** Limits a number to the int32 range. */
export function saturate32(value: number): number {
    if (value > INT32_MAX) return INT32_MAX
    if (value < INT32_MIN) return INT32_MIN
    return value
}

/**
 * Quotient rounded to the nearest integer, halves away from zero
 * (7 / 2 = 4, −7 / 2 = −4).
 *
 * @param numerator an integer with |numerator| < 2⁵¹
 * @param denominator an integer > 0
 */
export function divRound(numerator: number, denominator: number): number {
    // 2·|n| + d stays below 2⁵³, and the quotient of two such integers can not
    // round up across an integer, so floor() of the double is exact.
    // "0 -" because a bare minus would give −0 in Node and 0 on the board.
    if (numerator < 0) return 0 - Math.floor((-2 * numerator + denominator) / (2 * denominator))
    return Math.floor((2 * numerator + denominator) / (2 * denominator))
}

/**
 * value × numerator / denominator with one rounding at the end (halves away
 * from zero), saturated to int32.
 *
 * @param value an int32
 * @param numerator an integer with |numerator| ≤ 2¹⁹, so that the product stays below 2⁵¹
 * @param denominator an integer > 0
 */
export function mulDiv(value: number, numerator: number, denominator: number): number {
    return saturate32(divRound(value * numerator, denominator))
}

/** The middle one of the first `count` values, which get sorted in place; of an even count, the lower middle. */
export function medianInPlace(values: number[], count: number): number {
    for (let i = 1; i < count; i++) {
        const value = values[i]
        let at = i
        while (at > 0 && values[at - 1] > value) {
            values[at] = values[at - 1]
            at--
        }
        values[at] = value
    }
    return values[(count - 1) >> 1]
}
