/**
 * What a DS18B20's words and ROM codes mean. Free of device imports, so that the very
 * same code is checked in Node over all inputs.
 */
import { Bytes } from "../../core/bytes.js"
import { oneWireCrc } from "../../core/crc.js"
import { divRound } from "../../core/fixed.js"

/** Bytes of a ROM code: family, 6 B serial number, CRC. */
export const ROM_BYTES = 8
/** First byte of a DS18B20's ROM code. */
export const DS18B20_FAMILY = 0x28

/**
 * The temperature register, 16 bits in 1/16 °C, to 0.01 °C: times 6.25, halves away from
 * zero. 0x0191 is 25.0625 °C and gives 2506; 0xFF5E is −10.125 °C and gives −1013.
 *
 * @param word 0 … 65,535
 */
export function ds18b20Temperature(word: number): number {
    return divRound(((word << 16) >> 16) * 25, 4)
}

/** Why this is no DS18B20's ROM code, in words that follow "…: its ROM code"; "" when it is one. */
export function romProblem(rom: Bytes): string {
    if (oneWireCrc(rom, 0, ROM_BYTES - 1) !== rom[ROM_BYTES - 1]) return "has a wrong checksum"
    if (rom[0] !== DS18B20_FAMILY) return "is not of family 0x28"
    return ""
}
