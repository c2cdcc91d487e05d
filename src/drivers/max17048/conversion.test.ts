import { describe, expect, it } from "vitest"
import { max17048Level, max17048Millivolts, max17048Rate } from "./conversion.js"

describe("MAX17048 conversion", () => {
    it("is right to half a step for all 65,536 words of each register", () => {
        for (let word = 0; word <= 0xffff; word++) {
            const counts = (word << 16) >> 16
            const level = Math.abs(max17048Level(word) - (10 * word) / 256)
            if (Math.abs(max17048Millivolts(word) - word * 0.078125) > 0.5) expect.fail(`${word}`)
            if (level > 0.5 && !(word > 25_600 && word < 28_200)) expect.fail(`level of ${word}`)
            if (Math.abs(max17048Rate(counts) - counts * 20.8) > 0.5 + 1e-9)
                expect.fail(`rate of ${counts}`)
        }
    })

    it("gives the datasheet's sizes of one count", () => {
        expect([0x8000, 0xb400, 0xffff].map(max17048Millivolts)).toEqual([2560, 3600, 5120])
        expect([0x0100, 0x3280, 0x6400].map(max17048Level)).toEqual([10, 505, 1000])
        expect([1, 5, -5, -1].map(max17048Rate)).toEqual([21, 104, -104, -21])
    })

    it("takes a little more than 100 % as 100 %, and leaves what cannot be as it is", () => {
        expect([0x6401, 0x6e00, 0x6e20, 0xffff].map(max17048Level)).toEqual([
            1000, 1000, 1101, 2560,
        ])
    })
})
