/**
 * What the VEML7700's counts mean. Free of device imports, so that the very same
 * code is checked in Node over all counts of all ranges.
 */
import { divRound } from "../../core/fixed.js"

/** End of the scale, 0.01 lx: about 140,000 lx. */
export const VEML7700_MAX = 14000000

/** Up to this reading, 0.01 lx, it is right as it is. */
const UNCORRECTED_MAX = 100000

/** Beyond this reading before the correction, 0.01 lx, the light is beyond the end of the scale. */
const LINEAR_MAX = 2500000

/**
 * Counts of the finest range to 0.01 lx. One is 0.0042 lx (datasheet, table "resolution").
 *
 * Above 1000 lx the part gives too little. Vishay's application note 84323 corrects that with
 * y = 6.0135e-13 x⁴ − 9.3924e-9 x³ + 8.1488e-5 x² + 1.0023 x, in lx, and not below: there are no
 * values between 1000 and 1074 lx.
 *
 * @param counts 0 … 65,535 × 512: what was read, times the resolution of its range over that of the finest one
 */
export function veml7700Illuminance(counts: number): number {
    const x = divRound(21 * counts, 50)
    if (x <= UNCORRECTED_MAX) return x
    if (x > LINEAR_MAX) return VEML7700_MAX
    // Horner's rule; x is in 0.01 lx, the sums in 1e-16, 1e-12 and 1e-7. No product reaches 2⁵¹.
    let sum = divRound(60135 * x, 1000) - 93924000
    sum = divRound(sum * x, 1000000) + 81488000
    sum = divRound(sum * x, 10000000) + 10023000
    return Math.min(divRound(sum * x, 10000000), VEML7700_MAX)
}
