import { describe, expect, it } from "vitest"
import { tmp117Temperature } from "./conversion.js"

describe("TMP117 conversion", () => {
    it("is right to half a step for all 65,536 results", () => {
        for (let steps = -32768; steps <= 32767; steps++)
            if (Math.abs(tmp117Temperature(steps) - (100 * steps) / 128) > 0.5)
                expect.fail(`${steps}: ${tmp117Temperature(steps)}`)
    })

    it("gives the datasheet's examples of the data format (table 7-1)", () => {
        const examples = [0x8000, 0xf380, 0xfff0, 0xffff, 0, 1, 0x10, 0x80, 0x0c80, 0x3200, 0x4b00]
        expect(examples.map(word => tmp117Temperature((word << 16) >> 16))).toEqual([
            -25_600, -2500, -13, -1, 0, 1, 13, 100, 2500, 10_000, 15_000,
        ])
    })
})
