/** Fixed-point decibels: the same on the board and in Node. Free of device imports. */
import { divRound } from "./fixed.js"

/** 2²⁴: one in the mantissa's format; its square still fits in a double's 53 bits. */
const ONE = 16777216
/** Binary digits of the logarithm behind the point. */
const LOG_BITS = 12

/**
 * Base-2 logarithm in 1/4096, rounded down. One binary digit per squaring of the
 * mantissa; a squaring loses at most 2⁻²⁴ of it.
 *
 * @param value an integer ≥ 1, below 2⁵³
 */
export function log2Q12(value: number): number {
    let exponent = 0
    let power = 1
    while (power * 2 <= value) {
        power = power * 2
        exponent++
    }
    let mantissa = power > ONE ? Math.floor(value / (power / ONE)) : value * (ONE / power)
    let fraction = 0
    for (let bit = 0; bit < LOG_BITS; bit++) {
        mantissa = Math.floor((mantissa * mantissa) / ONE)
        fraction = fraction * 2
        if (mantissa >= 2 * ONE) {
            mantissa = Math.floor(mantissa / 2)
            fraction++
        }
    }
    return exponent * (1 << LOG_BITS) + fraction
}

/**
 * 10 × log10(power / reference) in 0.1 dB: 200 for a power that is 100 times the reference.
 * Error at most 0.06 dB, of which 0.05 dB is the step.
 *
 * @param power an integer, 0 … 2⁵³−1; 0 counts as 1
 * @param reference an integer, 1 … 2⁵³−1
 */
export function decibels(power: number, reference: number): number {
    const log = log2Q12(power < 1 ? 1 : power) - log2Q12(reference)
    // 100 × log10(2) = 30.103
    return divRound(log * 30103, 1000 * (1 << LOG_BITS))
}
