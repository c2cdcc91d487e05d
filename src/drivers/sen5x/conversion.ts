/**
 * What the SEN5x's words mean. Free of device imports, so that the very same code is
 * checked in Node over all 65,536 inputs. Mass needs no conversion: its word is in
 * 0.1 µg/m³; nor does humidity, in 0.01 %RH.
 */
import { divRound } from "../../core/fixed.js"

/** Word to 0.01 °C: a signed number of 1/200 °C (section 6.1.4). 0xFFFF is −0.005 °C, rounded −1. */
export function sen5xTemperature(word: number): number {
    return divRound((word << 16) >> 16, 2)
}

/** Word of a gas index to the index: it is in tenths (section 6.1.4). 1005 is 101. */
export function sen5xIndex(word: number): number {
    return divRound(word, 10)
}

/** Temperature offset in 0.01 °C, −2000 … 2000, to its word in 1/200 °C (section 6.1.7). */
export function sen5xOffsetWord(centiCelsius: number): number {
    return (2 * centiCelsius) & 0xffff
}
