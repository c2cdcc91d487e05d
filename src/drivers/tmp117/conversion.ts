/** What the TMP117's result means. Free of device imports. */
import { divRound } from "../../core/fixed.js"

/**
 * Steps of 7.8125 m°C to 0.01 °C: 1/128 °C is 25/32 of it. 0x0C80 is 25.00 °C,
 * 0xFFFF (−1) is −0.0078 °C and so −0.01 °C.
 *
 * @param steps −32,768 … 32,767
 */
export function tmp117Temperature(steps: number): number {
    return divRound(25 * steps, 32)
}
