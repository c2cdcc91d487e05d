import { describe, expect, it } from "vitest"
import { bh1750Illuminance } from "./conversion.js"

describe("BH1750 conversion", () => {
    it("follows the datasheet's formula to half a unit for all 65,536 counts", () => {
        for (let counts = 0; counts <= 65535; counts++)
            if (Math.abs(bh1750Illuminance(counts) - (10 * counts) / 1.2) > 0.5 + 1e-9)
                expect.fail(`${counts} counts: ${bh1750Illuminance(counts)}`)
    })

    it("gives the datasheet's examples", () => {
        expect(bh1750Illuminance(0b1000_0011_1001_0000)).toBe(280_667)
        expect(bh1750Illuminance(0b0000_0001_0001_0000)).toBe(2267)
        expect(bh1750Illuminance(65535)).toBe(546_125)
    })
})
