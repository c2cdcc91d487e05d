import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    DPS310_SCALE_64,
    DPS310_SCALE_8,
    dps310Coefficients,
    dps310Pressure,
    dps310Result,
    dps310Temperature,
} from "./conversion.js"
import { type Dps310Constants, SCALES, celsiusOf, pascalOf } from "./formulas-model.js"
import { DPS310_EXAMPLE, DPS310Model } from "./model.js"

function bits(count: number): fc.Arbitrary<number> {
    return fc.integer({ min: -(2 ** (count - 1)), max: 2 ** (count - 1) - 1 })
}

/** Any coefficients that the registers can hold. */
const anyCoefficients: fc.Arbitrary<Dps310Constants> = fc.record({
    c0: bits(12),
    c1: bits(12),
    c00: bits(20),
    c10: bits(20),
    c01: bits(16),
    c11: bits(16),
    c20: bits(16),
    c21: bits(16),
    c30: bits(16),
})

/** Results over the whole scale, −1 … 1. */
function scaled(i: number, scale: number): number {
    return Math.round((((i * 2654435761) % 4294967296) / 2147483648 - 1) * scale)
}

function worstOf(c: Dps310Constants, count: number): [number, number] {
    const worst: [number, number] = [0, 0]
    for (let i = 0; i < count; i++) {
        const p = scaled(i, DPS310_SCALE_64)
        const t = scaled(i * 31 + 7, DPS310_SCALE_8)
        const celsius = celsiusOf(c, t / DPS310_SCALE_8)
        const pascal = pascalOf(c, p / DPS310_SCALE_64, t / DPS310_SCALE_8)
        worst[0] = Math.max(worst[0], Math.abs(dps310Temperature(c, t) - 100 * celsius))
        worst[1] = Math.max(worst[1], Math.abs(dps310Pressure(c, p, t) - 10 * pascal))
    }
    return worst
}

describe("DPS310 conversion", () => {
    it("takes coefficients of 12, 20 and 16 bits out of their registers, signs included", () => {
        fc.assert(
            fc.property(anyCoefficients, coefficients => {
                const model = new DPS310Model(0x77, { coefficients })
                model.brownOut(0)
                const { data } = model.transfer(Uint8Array.of(0x10), 18, 100)
                expect(dps310Coefficients(data)).toEqual(coefficients)
            }),
            { seed: 310 }
        )
    })

    it("has results of 24 bits with a sign", () => {
        expect(dps310Result([0x7f, 0xff, 0xff, 0x80, 0, 0], 0)).toBe(8388607)
        expect(dps310Result([0x7f, 0xff, 0xff, 0x80, 0, 0], 3)).toBe(-8388608)
        expect(dps310Result([0xff, 0xff, 0xff], 0)).toBe(-1)
    })

    it("uses the datasheet's scale factors", () => {
        expect([DPS310_SCALE_8, DPS310_SCALE_64]).toEqual([SCALES[3], SCALES[6]])
    })

    it("is within half of 0.01 °C and 0.65 of 0.1 Pa over the whole scale of a part of the usual size", () => {
        const worst = worstOf(DPS310_EXAMPLE, 500_000)
        expect(worst[0], "worst error, 0.01 °C").toBeLessThan(0.5 + 1e-6)
        expect(worst[1], "worst error, 0.1 Pa").toBeLessThan(0.65)
    })

    it("is within 0.9 of 0.1 Pa for any coefficients that the registers can hold", () => {
        fc.assert(
            fc.property(anyCoefficients, c => {
                const worst = worstOf(c, 200)
                expect(worst[0], "worst error, 0.01 °C").toBeLessThan(0.5 + 1e-6)
                expect(worst[1], "worst error, 0.1 Pa").toBeLessThan(0.9)
            }),
            { seed: 311, numRuns: 2000 }
        )
    })

    it("gives 0 Pa, which is out of range, for results off their scale", () => {
        const off = 8388607
        expect(dps310Pressure(DPS310_EXAMPLE, off, 0)).toBe(0)
        expect(dps310Pressure(DPS310_EXAMPLE, -off, 0)).toBe(0)
    })
})
