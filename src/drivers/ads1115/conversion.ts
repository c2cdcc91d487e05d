/** What the ADS1115's counts mean. Free of device imports. */
import { divRound } from "../../core/fixed.js"

/** Ranges by their code in the configuration, mV (table 3): ±6.144 V … ±0.256 V. */
export const ADS1115_RANGES: number[] = [6144, 4096, 2048, 1024, 512, 256]

/**
 * Counts to µV: 32,768 counts are the full scale. 0x4000 at ±4.096 V is 2,048,000 µV;
 * half a µV is rounded away from zero.
 *
 * @param counts −32,768 … 32,767
 * @param range index into {@link ADS1115_RANGES}
 */
export function ads1115Microvolts(counts: number, range: number): number {
    return divRound(counts * 1000 * ADS1115_RANGES[range], 32768)
}

/** The finest range in which the voltage takes at most 90 % of the scale. */
export function ads1115RangeFor(microvolts: number): number {
    const size = Math.abs(microvolts)
    let range = ADS1115_RANGES.length - 1
    while (range > 0 && size > 900 * ADS1115_RANGES[range]) range--
    return range
}
