import { describe, expect, it } from "vitest"
import { scd4xHumidity, scd4xOffsetWord, scd4xTemperature } from "./conversion.js"

describe("SCD4x conversion", () => {
    it("follows the datasheet's formulas to half a unit for all 65,536 words", () => {
        for (let word = 0; word <= 65535; word++) {
            const celsius = -45 + (175 * word) / 65535
            if (Math.abs(scd4xTemperature(word) - 100 * celsius) > 0.5 + 1e-9)
                expect.fail(`${word}: ${scd4xTemperature(word)} instead of ${celsius} °C`)
            const percent = (100 * word) / 65535
            if (Math.abs(scd4xHumidity(word) - 100 * percent) > 0.5 + 1e-9)
                expect.fail(`${word}: ${scd4xHumidity(word)} instead of ${percent} %RH`)
        }
    })

    it("gives the datasheet's examples", () => {
        expect(scd4xTemperature(0x6667)).toBe(2500)
        expect(scd4xHumidity(0x5eb9)).toBe(3700)
        expect(scd4xOffsetWord(540)).toBe(0x07e6)
        expect(scd4xOffsetWord(620)).toBe(0x0912)
    })
})
