/**
 * What the SHT4x's ticks mean. Free of device imports, so that the very same
 * code is checked in Node over all 65,536 inputs.
 */
import { divRound } from "../../core/fixed.js"

/**
 * Ticks to 0.01 °C: T = −45 °C + 175 °C × ticks / 65535 (section 4.6).
 * 26214 ticks are 25.00 °C: 17500 × 26214 / 65535 − 4500 = 2500.
 */
export function sht4xTemperature(ticks: number): number {
    return divRound(17500 * ticks, 65535) - 4500
}

/**
 * Ticks to 0.01 %RH: RH = −6 % + 125 % × ticks / 65535, cropped to 0 … 100 %
 * as section 4.6 asks. 29360 ticks are 50.00 %RH.
 */
export function sht4xHumidity(ticks: number): number {
    const humidity = divRound(12500 * ticks, 65535) - 600
    if (humidity < 0) return 0
    if (humidity > 10000) return 10000
    return humidity
}
