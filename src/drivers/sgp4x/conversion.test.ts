import { describe, expect, it } from "vitest"
import { sgp4xHumidityWord, sgp4xTemperatureWord } from "./conversion.js"

describe("SGP4x compensation words", () => {
    it("follow the datasheet's formulas to half a tick for all inputs", () => {
        for (let centi = -10_000; centi <= 20_000; centi++) {
            const humidity = (65535 * Math.min(100, Math.max(0, centi / 100))) / 100
            const temperature = (65535 * (Math.min(130, Math.max(-45, centi / 100)) + 45)) / 175
            if (Math.abs(sgp4xHumidityWord(centi) - humidity) > 0.5 + 1e-9)
                expect.fail(`${centi / 100} %RH: ${sgp4xHumidityWord(centi)} for ${humidity}`)
            if (Math.abs(sgp4xTemperatureWord(centi) - temperature) > 0.5 + 1e-9)
                expect.fail(`${centi / 100} °C: ${sgp4xTemperatureWord(centi)} for ${temperature}`)
        }
    })

    it("gives the datasheet's defaults and the ends of the scale", () => {
        expect([-1, 0, 5000, 10_000, 10_001].map(sgp4xHumidityWord)).toEqual([
            0, 0, 0x8000, 0xffff, 0xffff,
        ])
        expect([-4501, -4500, 2500, 13_000, 13_001].map(sgp4xTemperatureWord)).toEqual([
            0, 0, 0x6666, 0xffff, 0xffff,
        ])
    })
})
