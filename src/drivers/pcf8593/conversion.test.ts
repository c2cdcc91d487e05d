import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fromBcd, toBcd } from "../shared/registers/bcd.js"
import { halfTurnsNow, halfTurnsOf, pcf8593Count, putPcf8593Count, totalOf } from "./conversion.js"

describe("BCD", () => {
    it("goes both ways for 0 to 99 and refuses every other byte", () => {
        let valid = 0
        for (let byte = 0; byte < 256; byte++) {
            const value = fromBcd(byte)
            if (value < 0) continue
            valid++
            expect(byte.toString(16)).toBe(
                value < 16 && byte < 16 ? value.toString(16) : String(value)
            )
            expect(toBcd(value)).toBe(byte)
        }
        expect(valid).toBe(100)
    })
})

describe("PCF8593 counts", () => {
    it("are six digits, lowest first, for each of the million", () => {
        const bytes = [0, 0, 0]
        for (let count = 0; count < 1_000_000; count++) {
            putPcf8593Count(bytes, 0, count)
            if (pcf8593Count(bytes, 0) !== count) expect.fail(`${count}: ${bytes.join(" ")}`)
        }
        expect(pcf8593Count([0x56, 0x34, 0x12], 0)).toBe(123_456)
        expect(pcf8593Count([0x5a, 0x34, 0x12], 0)).toBe(-1)
        expect(pcf8593Count([0x56, 0x34, 0xa0], 0)).toBe(-1)
    })

    it("add up to the total over any number of turns, as long as fewer than half a turn come between", () => {
        const steps = fc.array(fc.integer({ min: 0, max: 499_999 }), { maxLength: 100 })
        fc.assert(
            fc.property(fc.nat(2_000_000_000), steps, (start, list) => {
                let total = start
                let halfTurns = halfTurnsOf(total)
                for (const step of list) {
                    total += step
                    const count = total % 1_000_000
                    halfTurns = halfTurnsNow(halfTurns, count)
                    expect(totalOf(halfTurns, count)).toBe(total)
                }
            })
        )
    })
})
