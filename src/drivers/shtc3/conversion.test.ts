import { describe, expect, it } from "vitest"
import { shtc3Humidity, shtc3Temperature } from "./conversion.js"

describe("SHTC3 conversion", () => {
    it("follows the datasheet's formulas to half a unit for all 65,536 ticks, and never falls", () => {
        let before = [-Infinity, -Infinity]
        for (let ticks = 0; ticks <= 65535; ticks++) {
            const celsius = -45 + (175 * ticks) / 65536
            const percent = (100 * ticks) / 65536
            const [temperature, humidity] = [shtc3Temperature(ticks), shtc3Humidity(ticks)]
            if (Math.abs(temperature - 100 * celsius) > 0.5 + 1e-9)
                expect.fail(`${ticks} ticks: ${temperature} instead of ${celsius} °C`)
            if (Math.abs(humidity - 100 * percent) > 0.5 + 1e-9)
                expect.fail(`${ticks} ticks: ${humidity} instead of ${percent} %RH`)
            if (temperature < before[0] || humidity < before[1])
                expect.fail(`${ticks} ticks give less than ${ticks - 1}`)
            before = [temperature, humidity]
        }
    })

    it("gives the datasheet's example, the ends of the scale and the signs around zero", () => {
        // The datasheet's example of a transfer: 63 %RH and 23.7 °C.
        expect([shtc3Temperature(0x648b), shtc3Humidity(0xa133)]).toEqual([2373, 6297])
        expect([0, 16848, 16852, 16856, 65535].map(shtc3Temperature)).toEqual([
            -4500, -1, 0, 1, 13000,
        ])
        expect([0, 32768, 65535].map(shtc3Humidity)).toEqual([0, 5000, 10000])
    })
})
