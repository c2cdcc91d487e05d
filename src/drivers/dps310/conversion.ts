/**
 * What the DPS310's results mean (sections 4.9.1 and 4.9.2). Exact integers throughout.
 * Free of device imports, so that the very same code is checked in Node.
 */
import { type Bytes } from "../../core/bytes.js"
import { divRound } from "../../core/fixed.js"

/** Coefficients of one part, by the datasheet's names. */
export interface Dps310Coefficients {
    readonly c0: number
    readonly c1: number
    readonly c00: number
    readonly c10: number
    readonly c01: number
    readonly c11: number
    readonly c20: number
    readonly c21: number
    readonly c30: number
}

/** Scale factor of results with 8 times oversampling (table 9). */
export const DPS310_SCALE_8 = 7864320
/** Scale factor of results with 64 times oversampling (table 9). */
export const DPS310_SCALE_64 = 1040384
/** 1 in the scale of scaled results. */
const ONE = 16777216
/** A scaled result is −1 … 1; beyond this it is none. */
const BEYOND = 20971520

/** The low bits of a number, as a signed one. */
function signed(value: number, bits: number): number {
    return (value << (32 - bits)) >> (32 - bits)
}

/** A result of 24 bits, high byte first, as a signed number. */
export function dps310Result(bytes: Bytes, at: number): number {
    return signed((bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2], 24)
}

/** Coefficients of 12, 20 and 16 bits from the registers 0x10 … 0x21 (section 8.11). */
export function dps310Coefficients(bytes: Bytes): Dps310Coefficients {
    const word = (at: number) => signed((bytes[at] << 8) | bytes[at + 1], 16)
    return {
        c0: signed((bytes[0] << 4) | (bytes[1] >> 4), 12),
        c1: signed((bytes[1] << 8) | bytes[2], 12),
        c00: signed((bytes[3] << 12) | (bytes[4] << 4) | (bytes[5] >> 4), 20),
        c10: signed((bytes[5] << 16) | (bytes[6] << 8) | bytes[7], 20),
        c01: word(8),
        c11: word(10),
        c20: word(12),
        c21: word(14),
        c30: word(16),
    }
}

/**
 * Temperature in 0.01 °C: c0 / 2 + c1 × result / scale.
 *
 * @param result with 8 times oversampling
 */
export function dps310Temperature(c: Dps310Coefficients, result: number): number {
    return divRound(50 * c.c0 * DPS310_SCALE_8 + 100 * c.c1 * result, DPS310_SCALE_8)
}

/**
 * Pressure in 0.1 Pa, to within 0.2 of that before it is rounded:
 * c00 + p × (c10 + p × (c20 + p × c30)) + t × (c01 + p × (c11 + p × c21)).
 *
 * @param pressure result with 64 times oversampling
 * @param temperature result with 8 times oversampling
 * @returns 0 when a result is off its scale
 */
export function dps310Pressure(
    c: Dps310Coefficients,
    pressure: number,
    temperature: number
): number {
    const p = divRound(pressure * ONE, DPS310_SCALE_64)
    const t = divRound(temperature * ONE, DPS310_SCALE_8)
    if (Math.abs(p) > BEYOND || Math.abs(t) > BEYOND) return 0
    // 10 bits behind the point, then 7: so that the product with p or t stays exact.
    const c2 = divRound(c.c20 * ONE + c.c30 * p, 16384)
    const c1 = c.c10 * 128 + divRound(c2 * p, 134217728)
    const d1 = divRound(c.c11 * ONE + c.c21 * p, 16384)
    const d0 = c.c01 * 128 + divRound(d1 * p, 134217728)
    return divRound(10 * (c.c00 * 1024 + divRound(c1 * p + d0 * t, 2097152)), 1024)
}
