import { describe, expect, it } from "vitest"
import { ltr390Illuminance, ltr390UvIndex } from "./conversion.js"

describe("LTR-390UV conversion", () => {
    it("follows the datasheet's formulas to half a unit, for all 2^20 counts", () => {
        for (let counts = 0; counts < 1 << 20; counts++) {
            const lux = (0.6 * counts) / (1 * 4)
            if (Math.abs(ltr390Illuminance(counts) - 10 * lux) > 0.5 + 1e-6)
                expect.fail(`${counts} counts: ${ltr390Illuminance(counts)}`)
            for (const sensitivity of [1400, 2300]) {
                const error = ltr390UvIndex(counts, sensitivity) - (100 * counts) / sensitivity
                if (Math.abs(error) > 0.5 + 1e-6)
                    expect.fail(`${counts} counts at ${sensitivity}: off by ${error}`)
            }
        }
    })

    it("gives a UV index of 1.00 for the counts of the datasheet's sensitivity", () => {
        expect([ltr390UvIndex(2300, 2300), ltr390UvIndex(1400, 1400)]).toEqual([100, 100])
        expect(ltr390Illuminance(1000)).toBe(1500)
    })
})
