import { describe, expect, it } from "vitest"
import { sht3xHumidity, sht3xTemperature } from "./conversion.js"

describe("SHT3x conversion", () => {
    it("follows the datasheet's formulas to half a unit for all 65,536 ticks, and never falls", () => {
        let before = [-Infinity, -Infinity]
        for (let ticks = 0; ticks <= 65535; ticks++) {
            const celsius = -45 + (175 * ticks) / 65535
            const percent = (100 * ticks) / 65535
            const [temperature, humidity] = [sht3xTemperature(ticks), sht3xHumidity(ticks)]
            if (Math.abs(temperature - 100 * celsius) > 0.5 + 1e-9)
                expect.fail(`${ticks} ticks: ${temperature} instead of ${celsius} °C`)
            if (Math.abs(humidity - 100 * percent) > 0.5 + 1e-9)
                expect.fail(`${ticks} ticks: ${humidity} instead of ${percent} %RH`)
            if (temperature < before[0] || humidity < before[1])
                expect.fail(`${ticks} ticks give less than ${ticks - 1}`)
            before = [temperature, humidity]
        }
    })

    it("gives the ends of the scale and the signs around zero", () => {
        expect([0, 16847, 16852, 16856, 26214, 65535].map(sht3xTemperature)).toEqual([
            -4500, -1, 0, 1, 2500, 13000,
        ])
        expect([0, 26214, 65535].map(sht3xHumidity)).toEqual([0, 4000, 10000])
    })
})
