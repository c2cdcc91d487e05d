import { log2Q12 } from "../decibel.js"
import { divRound } from "../fixed.js"

// Magnus formula over water, Sonntag 1990 (WMO-No. 8, annex 4.B): 17.62 × t / (243.12 °C + t)
/** 17.62 in Q16. */
const FACTOR_Q16 = 1154744
/** 243.12 °C in 0.01 °C. */
const OFFSET = 24312
/** 100 %RH in 0.01 %RH. */
const FULL = 10000

/**
 * Temperature at which the air's water begins to condense, in 0.01 °C; within 0.02 °C of the
 * formula, which itself is within 0.1 °C of tables between −45 and 60 °C.
 *
 * @param temperature in 0.01 °C, −4500 … 12,500
 * @param humidity relative, in 0.01 %RH, 1 … 10,000; less counts as 1
 */
export function dewPoint(temperature: number, humidity: number): number {
    const octaves = log2Q12(humidity < 1 ? 1 : humidity) - log2Q12(FULL)
    // ln(2) × 16 = 11.09035: from octaves in Q12 to a natural logarithm in Q16.
    const gamma =
        divRound(octaves * 1109035, 100000) +
        divRound(FACTOR_Q16 * temperature, OFFSET + temperature)
    return divRound(OFFSET * gamma, FACTOR_Q16 - gamma)
}
