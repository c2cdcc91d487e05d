/**
 * What the SHT3x's ticks mean. Free of device imports, so that the very same
 * code is checked in Node over all 65,536 inputs.
 */
import { divRound } from "../../core/fixed.js"

/**
 * Ticks to 0.01 °C: T = −45 °C + 175 °C × ticks / 65535 (section 4.13).
 * 26214 ticks are 25.00 °C: 17500 × 26214 / 65535 − 4500 = 2500.
 */
export function sht3xTemperature(ticks: number): number {
    return divRound(17500 * ticks, 65535) - 4500
}

/** Ticks to 0.01 %RH: RH = 100 % × ticks / 65535 (section 4.13). 26214 ticks are 40.00 %RH. */
export function sht3xHumidity(ticks: number): number {
    return divRound(10000 * ticks, 65535)
}
