/** What the MAX17048's registers mean. Free of device imports. */
import { divRound } from "../../core/fixed.js"

/** VCELL to mV: 78.125 µV are 5/64 mV. 0xB400 is 3600 mV. */
export function max17048Millivolts(word: number): number {
    return divRound(5 * word, 64)
}

/** SOC to 0.1 %: one count is 1/256 %. 0x3280 is 50.5 %. More than 100 % counts as 100 %, up to 110 %. */
export function max17048Level(word: number): number {
    const level = divRound(10 * word, 256)
    return level > 1000 && level <= 1100 ? 1000 : level
}

/** CRATE to 0.01 % per hour: one count is 0.208 %. @param counts −32,768 … 32,767 */
export function max17048Rate(counts: number): number {
    return divRound(208 * counts, 10)
}
