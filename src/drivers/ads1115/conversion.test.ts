import { describe, expect, it } from "vitest"
import { ADS1115_RANGES, ads1115Microvolts, ads1115RangeFor } from "./conversion.js"

describe("ADS1115 conversion", () => {
    it("follows the datasheet's formula to half a microvolt for all counts of all ranges", () => {
        for (const [range, millivolts] of ADS1115_RANGES.entries())
            for (let counts = -32768; counts <= 32767; counts++) {
                const exact = (counts * 1000 * millivolts) / 32768
                const got = ads1115Microvolts(counts, range)
                if (Math.abs(got - exact) > 0.5 + 1e-9 || !Number.isInteger(got))
                    expect.fail(`${counts} at ±${millivolts} mV: ${got} instead of ${exact} µV`)
            }
    })

    it("gives the datasheet's sizes of one count (table 3) and its ends of the scale (table 5)", () => {
        const sizes = [187.5, 125, 62.5, 31.25, 15.625, 7.8125]
        expect(ADS1115_RANGES.map((_, range) => ads1115Microvolts(1600, range))).toEqual(
            sizes.map(size => size * 1600)
        )
        expect([0x7fff, 1, 0, -1, -0x8000].map(counts => ads1115Microvolts(counts, 2))).toEqual([
            2_047_938, 63, 0, -63, -2_048_000,
        ])
    })

    it("takes the finest range that has a tenth of its scale left", () => {
        const at = [0, 230_400, 230_401, -460_801, 921_600, 1_843_201, 3_686_401, -6_144_000]
        expect(at.map(ads1115RangeFor)).toEqual([5, 5, 4, 3, 3, 1, 0, 0])
    })
})
