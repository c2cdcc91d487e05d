import { describe, expect, it } from "vitest"
import { aht20Humidity, aht20Temperature } from "./conversion.js"

describe("AHT20 conversion", () => {
    it("follows the datasheet's formulas to half a unit for all 1,048,576 results, and never falls", () => {
        let before = [-Infinity, -Infinity]
        for (let result = 0; result <= 0xfffff; result++) {
            const celsius = (200 * result) / 1048576 - 50
            const percent = (100 * result) / 1048576
            const [temperature, humidity] = [aht20Temperature(result), aht20Humidity(result)]
            if (Math.abs(temperature - 100 * celsius) > 0.5 + 1e-9)
                expect.fail(`${result}: ${temperature} instead of ${celsius} °C`)
            if (Math.abs(humidity - 100 * percent) > 0.5 + 1e-9)
                expect.fail(`${result}: ${humidity} instead of ${percent} %RH`)
            if (temperature < before[0] || humidity < before[1])
                expect.fail(`${result} gives less than ${result - 1}`)
            before = [temperature, humidity]
        }
    })

    it("gives the ends of the scale and the signs around zero", () => {
        expect([0, 262144, 393216, 0xfffff].map(aht20Temperature)).toEqual([-5000, 0, 2500, 15000])
        expect([262091, 262197].map(aht20Temperature)).toEqual([-1, 1])
        expect([0, 524288, 0xfffff].map(aht20Humidity)).toEqual([0, 5000, 10000])
    })
})
