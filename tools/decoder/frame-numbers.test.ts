import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { SEQUENCE_MODULUS } from "../../src/core/frame/format.js"
import { FrameNumbers } from "./frame-numbers.js"

const crcOf = (number: number) => (number * 40_503) & 0xffff
const sequenceOf = (number: number) => number & (SEQUENCE_MODULUS - 1)

describe("the numbers of frames that came", () => {
    it("are those that came, in whatever order, across the end of the count, and after any save", () => {
        const deliveries = fc.array(
            fc.record({ skip: fc.integer({ min: -30, max: 30 }), isSaved: fc.boolean() }),
            { minLength: 1, maxLength: 400 }
        )
        fc.assert(
            fc.property(fc.integer({ min: 200, max: 20_000 }), deliveries, (start, list) => {
                let numbers = new FrameNumbers()
                const came = new Set<number>()
                let number = start
                for (const { skip, isSaved } of list) {
                    const arrival = numbers.accept(sequenceOf(number), crcOf(number))
                    expect(arrival === "repeat", `${number} again`).toBe(came.has(number))
                    came.add(number)
                    const least = Math.min(...came)
                    const most = Math.max(...came)
                    expect(numbers.received).toBe(came.size)
                    expect(numbers.lost).toBe(most - least + 1 - came.size)
                    if (isSaved)
                        numbers = FrameNumbers.restore(
                            JSON.parse(JSON.stringify(numbers.save())) as ReturnType<
                                FrameNumbers["save"]
                            >
                        )
                    number = most + skip
                }
            }),
            { numRuns: 60 }
        )
    })

    it("tell what is missing, and when it comes late", () => {
        const numbers = new FrameNumbers()
        const come = (number: number) => numbers.accept(number, crcOf(number))
        expect([4, 5, 9, 7, 7, 6].map(come)).toEqual([
            "new",
            "new",
            "ahead",
            "late",
            "repeat",
            "late",
        ])
        expect(numbers.openGaps).toEqual([{ from: 8, to: 8 }])
        expect(numbers.lost).toBe(1)
    })

    it("expected from zero, are missing from there on", () => {
        const numbers = new FrameNumbers()
        numbers.expectFromZero()
        expect(numbers.accept(3, 1)).toBe("ahead")
        expect(numbers.openGaps).toEqual([{ from: 0, to: 2 }])
        expect(numbers.accept(0, 1)).toBe("late")
        expect(numbers.lost).toBe(2)
    })

    it("count what is missing for good when there are too many gaps, and take little room", () => {
        const numbers = new FrameNumbers()
        for (let number = 0; number < 6000; number += 2)
            numbers.accept(sequenceOf(number), crcOf(number))
        expect(numbers.lost).toBe(2999)
        expect(numbers.received).toBe(3000)
        expect(numbers.openGaps.length).toBe(64)
        expect(JSON.stringify(numbers.save()).length, "B").toBeLessThan(8000)
    })

    it("of two boots with one id are both kept, and each once", () => {
        const numbers = new FrameNumbers()
        for (let number = 0; number < 50; number++) numbers.accept(number, 1)
        const second = Array.from({ length: 50 }, (_, number) => numbers.accept(number, 2))
        expect(new Set(second)).toEqual(new Set(["new"]))
        expect(numbers.accept(7, 2)).toBe("repeat")
        expect(numbers.accept(7, 1)).toBe("repeat")
    })
})
