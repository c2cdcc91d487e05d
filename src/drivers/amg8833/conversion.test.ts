import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { BlobCounter } from "./blobs.js"
import { amg8833Pixel, amg8833Thermistor, isMiddleBelow, middleOf } from "./conversion.js"

describe("AMG8833 conversion", () => {
    it("is exact for all pixels, and right to half a step for all thermistor words", () => {
        for (let word = 0; word < 4096; word++) {
            const pixel = word < 2048 ? word : word - 4096
            const housing = (word & 0x7ff) * 6.25 * (word < 2048 ? 1 : -1)
            if (amg8833Pixel(word) !== pixel) expect.fail(`pixel ${word}`)
            if (Math.abs(amg8833Thermistor(word) - housing) > 0.5) expect.fail(`thermistor ${word}`)
        }
    })

    it("gives the examples of the specifications' tables", () => {
        const pixels = [0x1f4, 0x064, 0x001, 0x000, 0xfff, 0xf9c, 0xf24]
        expect(pixels.map(word => amg8833Pixel(word) / 4)).toEqual([
            125, 25, 0.25, 0, -0.25, -25, -55,
        ])
        const words = [0x7ff, 0x190, 0x004, 0x000, 0x804, 0xbbb]
        expect(words.map(amg8833Thermistor)).toEqual([12_794, 2500, 25, 0, -25, -5969])
    })

    it("does not take the bits above the twelfth for a part of the value", () => {
        for (const word of [0x064, 0x804])
            expect([amg8833Pixel(word | 0xf000), amg8833Thermistor(word | 0xf000)]).toEqual([
                amg8833Pixel(word),
                amg8833Thermistor(word),
            ])
    })
})

describe("BlobCounter", () => {
    it("counts as a recursive flood fill does, in any image, over and over", () => {
        const counter = new BlobCounter()
        const image = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 64, maxLength: 64 })
        fc.assert(
            fc.property(image, fc.integer({ min: 1, max: 64 }), (pixels, smallest) => {
                const open = new Set(pixels.flatMap((value, i) => (value >= 2 ? [i] : [])))
                const fill = (x: number, y: number): number => {
                    if (x < 0 || x > 7 || y < 0 || y > 7 || !open.delete(8 * y + x)) return 0
                    return 1 + fill(x - 1, y) + fill(x + 1, y) + fill(x, y - 1) + fill(x, y + 1)
                }
                let places = 0
                for (let i = 0; i < 64; i++) if (fill(i & 7, i >> 3) >= smallest) places++
                expect(counter.count(pixels, 2, smallest)).toBe(places)
            }),
            { numRuns: 2000 }
        )
    })

    it("takes an image that is warm all over for one place", () => {
        expect(new BlobCounter().count(new Array<number>(64).fill(5), 5, 64)).toBe(1)
    })
})

describe("the middle of an image", () => {
    it("is the lower one of the two, as after sorting, for whatever pixels", () => {
        fc.assert(
            fc.property(
                fc.array(fc.integer({ min: -2048, max: 2047 }), { minLength: 64, maxLength: 64 }),
                fc.integer({ min: -2, max: 2 }),
                fc.integer({ min: -3000, max: 3000 }),
                (image, off, far) => {
                    const sorted = [...image].sort((a, b) => a - b)
                    const middle = sorted[31]
                    for (const guess of [middle + off, far])
                        expect(middleOf(image, sorted[0], sorted[63], guess)).toBe(middle)
                    for (const limit of [middle + off, far])
                        expect(isMiddleBelow(image, limit), `${limit}`).toBe(middle < limit)
                }
            )
        )
    })
})
