/** What ST's time-of-flight sensors have in common. Free of device imports: checked in Node too. */
import { divRound } from "../../core/fixed.js"

/**
 * Photons of the surroundings per second and detector (SPAD), in 100/s: the rate has 7
 * and the number of detectors 8 bits behind the binary point, so
 * 100/s = rate / 128 × 10⁶ / (spads / 256) / 100. 128 counts over 100 detectors are 10,000/s.
 *
 * @param rate ambient count rate of all detectors, 10⁶/s in 9.7 bits
 * @param spads detectors in use, in 8.8 bits, above 0
 */
export function ambientRate(rate: number, spads: number): number {
    return divRound(20000 * rate, spads)
}
