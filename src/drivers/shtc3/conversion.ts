/**
 * What the SHTC3's ticks mean. Free of device imports, so that the very same
 * code is checked in Node over all 65,536 inputs. Its divisor is 65536, not the
 * 65535 of its relatives.
 */
import { divRound } from "../../core/fixed.js"

/**
 * Ticks to 0.01 °C: T = −45 °C + 175 °C × ticks / 65536 (section 5.11).
 * 0x648B is 23.73 °C: 17500 × 25739 / 65536 − 4500 = 2373.1.
 */
export function shtc3Temperature(ticks: number): number {
    return divRound(17500 * ticks, 65536) - 4500
}

/** Ticks to 0.01 %RH: RH = 100 % × ticks / 65536 (section 5.11). 0xA133 is 62.97 %RH. */
export function shtc3Humidity(ticks: number): number {
    return divRound(10000 * ticks, 65536)
}
