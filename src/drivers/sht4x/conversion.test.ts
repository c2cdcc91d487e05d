import { describe, expect, it } from "vitest"
import { sht4xHumidity, sht4xTemperature } from "./conversion.js"

describe("SHT4x conversion", () => {
    it("follows the datasheet's formulas to half a unit for all 65,536 ticks, and never falls", () => {
        let before = [-Infinity, -Infinity]
        for (let ticks = 0; ticks <= 65535; ticks++) {
            const celsius = -45 + (175 * ticks) / 65535
            const percent = Math.min(100, Math.max(0, -6 + (125 * ticks) / 65535))
            const [temperature, humidity] = [sht4xTemperature(ticks), sht4xHumidity(ticks)]
            if (Math.abs(temperature - 100 * celsius) > 0.5 + 1e-9)
                expect.fail(`${ticks} ticks: ${temperature} instead of ${celsius} °C`)
            if (Math.abs(humidity - 100 * percent) > 0.5 + 1e-9)
                expect.fail(`${ticks} ticks: ${humidity} instead of ${percent} %RH`)
            if (temperature < before[0] || humidity < before[1])
                expect.fail(`${ticks} ticks give less than ${ticks - 1}`)
            before = [temperature, humidity]
        }
    })

    it("gives the ends of the scale, the signs around zero, and the cropped humidity", () => {
        expect([0, 16851, 16852, 16853, 26214, 65535].map(sht4xTemperature)).toEqual([
            -4500, 0, 0, 0, 2500, 13000,
        ])
        expect([16847, 16856].map(sht4xTemperature)).toEqual([-1, 1])
        expect([0, 3145, 29360, 55574, 65535].map(sht4xHumidity)).toEqual([
            0, 0, 5000, 10000, 10000,
        ])
    })
})
