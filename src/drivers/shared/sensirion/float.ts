/** Numbers that parts give as IEEE 754 single precision, decoded with integers alone. */
import { INT32_MAX, INT32_MIN, divRound } from "../../../core/fixed.js"

/** What {@link floatToScaled} gives for an infinity or no number at all: below any channel's minimum. */
export const FLOAT_INVALID = INT32_MIN

/**
 * A single precision number times a scale, rounded once (halves away from zero) and
 * saturated to ±INT32_MAX. 439.09 (0x43DB 0x8B85) in tenths is 4391.
 *
 * @param high the word with the sign and the exponent, 0 … 65,535
 * @param low the other word, 0 … 65,535
 * @param scale an integer, 1 … 2²⁰
 */
export function floatToScaled(high: number, low: number, scale: number): number {
    const exponent = (high >> 7) & 0xff
    if (exponent === 255) return FLOAT_INVALID
    // Subnormal numbers are below 2⁻¹²⁶: the bit that they lack does not matter.
    const product = (0x800000 | ((high & 0x7f) << 16) | low) * scale
    // The number is mantissa × 2^(exponent − 150); the product is below 2⁴⁴.
    const shift = 150 - exponent
    let magnitude = 0
    if (shift < -8) magnitude = INT32_MAX
    else if (shift <= 0) magnitude = product * (1 << (0 - shift))
    else if (shift <= 30) magnitude = divRound(product, 1 << shift)
    else if (shift <= 45) magnitude = divRound(product, (1 << (shift - 30)) * 1073741824)
    if (magnitude > INT32_MAX) magnitude = INT32_MAX
    return (high & 0x8000) === 0 ? magnitude : 0 - magnitude
}
