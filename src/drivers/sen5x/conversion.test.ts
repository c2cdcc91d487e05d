import { describe, expect, it } from "vitest"
import { sen5xIndex, sen5xOffsetWord, sen5xTemperature } from "./conversion.js"

describe("SEN5x conversion", () => {
    it("is the nearest 0.01 °C and the nearest index for all 65,536 words, error half a step", () => {
        for (let word = 0; word <= 65535; word++) {
            const celsius = (word < 32768 ? word : word - 65536) / 200
            if (Math.abs(sen5xTemperature(word) - 100 * celsius) > 0.5 + 1e-9)
                expect.fail(`${word}: ${sen5xTemperature(word)} instead of ${celsius} °C`)
            if (Math.abs(sen5xIndex(word) - word / 10) > 0.5 + 1e-9)
                expect.fail(`${word}: ${sen5xIndex(word)} instead of ${word / 10}`)
        }
    })

    it("has the signs around zero, and rounds halves away from it", () => {
        expect([0xfffe, 0xffff, 0, 1, 2, 5000].map(sen5xTemperature)).toEqual([
            -1, -1, 0, 1, 1, 2500,
        ])
        expect([1, 10, 1004, 1005, 5000].map(sen5xIndex)).toEqual([0, 1, 100, 101, 500])
        expect([-2000, -1, 0, 150, 2000].map(sen5xOffsetWord)).toEqual([
            0xf060, 0xfffe, 0, 300, 4000,
        ])
    })
})
