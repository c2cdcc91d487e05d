/**
 * What the SCD4x's words mean. Free of device imports, so that the very same
 * code is checked in Node over all 65,536 inputs. CO2 needs no conversion: its
 * word is in ppm. The divisor is that of Sensirion's own driver; early datasheets
 * have 65536, which makes 0.003 °C and 0.002 %RH of difference at most.
 */
import { divRound } from "../../core/fixed.js"

/**
 * Word to 0.01 °C: T = −45 °C + 175 °C × word / 65535 (section 3.5.2).
 * 0x6667 is 25.00 °C: 17500 × 26215 / 65535 − 4500 = 2500.3.
 */
export function scd4xTemperature(word: number): number {
    return divRound(17500 * word, 65535) - 4500
}

/** Word to 0.01 %RH: RH = 100 % × word / 65535 (section 3.5.2). 0x5EB9 is 37.00 %RH. */
export function scd4xHumidity(word: number): number {
    return divRound(10000 * word, 65535)
}

/**
 * Temperature offset in 0.01 °C, 0 … 2000, to the word of set_temperature_offset
 * (section 3.6.1): 5.40 °C is 0x07E6.
 */
export function scd4xOffsetWord(centiCelsius: number): number {
    return divRound(centiCelsius * 65535, 17500)
}

/** The same word back to 0.01 °C (section 3.7.2): 0x0912 is 6.20 °C. */
export function scd4xOffset(word: number): number {
    return divRound(17500 * word, 65535)
}
