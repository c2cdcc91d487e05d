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
    // 2·|n| + d stays below 2⁵³, and the quotient of two such integers cannot
    // round up across an integer, so floor() of the double is exact.
    // "0 -" because a bare minus would give −0 in Node and 0 on the board.
    if (numerator < 0) return 0 - Math.floor((-2 * numerator + denominator) / (2 * denominator))
    return Math.floor((2 * numerator + denominator) / (2 * denominator))
}

/**
 * value × numerator / denominator with one rounding at the end (halves away
 * from zero), saturated to int32. Exact although the product can have 62 bits.
 *
 * @param value an int32
 * @param numerator an int32
 * @param denominator an integer, 1 … 2³¹−1
 */
export function mulDiv(value: number, numerator: number, denominator: number): number {
    const isNegative = value < 0 !== numerator < 0
    const a = Math.abs(value)
    const b = Math.abs(numerator)
    // Long division in two digits of 16 bits; each partial product is below 2⁴⁸.
    const high = Math.floor(a / 65536) * b
    const low = (a - Math.floor(a / 65536) * 65536) * b
    const highQuotient = Math.floor(high / denominator)
    const rest = (high - highQuotient * denominator) * 65536 + low
    const magnitude = highQuotient * 65536 + divRound(rest, denominator)
    return saturate32(isNegative ? 0 - magnitude : magnitude)
}

/**
 * Product of two numbers in Q format: a × b / 2^fraction, rounded (halves away
 * from zero) and saturated.
 *
 * @param fraction bits behind the binary point of one factor, 0 … 30
 */
export function qMul(a: number, b: number, fraction: number): number {
    return mulDiv(a, b, 1 << fraction)
}

/**
 * Quotient in Q format: a × 2^fraction / b, rounded (halves away from zero) and
 * saturated; division by zero saturates towards the sign of `a` (0 / 0 = 0).
 *
 * @param fraction bits behind the binary point of the result, 0 … 30
 */
export function qDiv(a: number, b: number, fraction: number): number {
    if (b === 0) return a === 0 ? 0 : a < 0 ? INT32_MIN : INT32_MAX
    // −2³¹ has no positive int32; it is an exact power of two, so halving both is exact.
    if (b === INT32_MIN) return saturate32(divRound(0 - a * (1 << fraction), 2147483648))
    return b < 0 ? mulDiv(0 - a, 1 << fraction, 0 - b) : mulDiv(a, 1 << fraction, b)
}

/** Sum of two int32, saturated. */
export function addSat(a: number, b: number): number {
    return saturate32(a + b)
}

/** Whether a result is at the end of the int32 scale: flag it as saturated. */
export function isSaturated(value: number): boolean {
    return value === INT32_MAX || value === INT32_MIN
}

/**
 * Largest integer whose square is not above the value.
 *
 * @param value an integer, 0 … 2⁵³−1
 */
export function isqrt(value: number): number {
    if (value === 0) return 0
    // Newton's method from above; the sequence falls until it is the answer.
    let root = 1
    while (root * root < value) root = root * 2
    for (;;) {
        const next = Math.floor((root + Math.floor(value / root)) / 2)
        if (next >= root) return root
        root = next
    }
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
