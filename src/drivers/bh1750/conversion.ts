/**
 * What the BH1750's counts mean. Free of device imports, so that the very same
 * code is checked in Node over all 65,536 inputs.
 */
import { divRound } from "../../core/fixed.js"

/**
 * Counts of the high resolution mode at the default measurement time to 0.1 lx:
 * lux = counts / 1.2 (page 7), so 0.1 lx = counts × 25 / 3. 0x8390 is 28067 lx.
 */
export function bh1750Illuminance(counts: number): number {
    return divRound(25 * counts, 3)
}
