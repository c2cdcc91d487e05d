/**
 * What the AHT20's results of 20 bits mean. Free of device imports, so that the very same
 * code is checked in Node over all 1,048,576 inputs.
 */
import { divRound } from "../../core/fixed.js"

/** Result to 0.01 °C: T = 200 × result / 2²⁰ − 50 (section 6.2). 393,216 is 25.00 °C. */
export function aht20Temperature(result: number): number {
    return divRound(20000 * result, 1048576) - 5000
}

/** Result to 0.01 %RH: RH = 100 × result / 2²⁰ (section 6.1). 524,288 is 50.00 %RH. */
export function aht20Humidity(result: number): number {
    return divRound(10000 * result, 1048576)
}
