import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { FULL_SCALE, onLine, type Line } from "./conversion.js"

const BATTERY: Line = { reading0: 0, value0: 0, reading1: FULL_SCALE, value1: 6600 }
/** Falls, and has readings below 0 and beyond its points. */
const SOIL: Line = { reading0: 52000, value0: 0, reading1: 22000, value1: 1000 }

function exact(sum: number, count: number, line: Line): number {
    const slope = (line.value1 - line.value0) / (line.reading1 - line.reading0)
    return line.value0 + (sum / count - line.reading0) * slope
}

describe("a line through two points", () => {
    it("is within half a step of the exact one at all 65,536 readings, rising and falling", () => {
        let worst = 0
        for (const line of [BATTERY, SOIL])
            for (let reading = 0; reading < FULL_SCALE; reading++) {
                const error = Math.abs(onLine(reading, 1, line) - exact(reading, 1, line))
                worst = Math.max(worst, error)
            }
        expect(worst).toBeLessThanOrEqual(0.5 + 1e-9)
    })

    it("is so for means of up to 64 readings and any two points", () => {
        const value = fc.integer({ min: -1_000_000, max: 1_000_000 })
        const reading = fc.integer({ min: 0, max: FULL_SCALE })
        fc.assert(
            fc.property(
                fc
                    .integer({ min: 1, max: 64 })
                    .chain(count => fc.tuple(fc.constant(count), fc.nat(65_535 * count))),
                fc.tuple(reading, value, reading, value).filter(([a, , b]) => a !== b),
                ([count, sum], [reading0, value0, reading1, value1]) => {
                    const line = { reading0, value0, reading1, value1 }
                    const wanted = Math.max(
                        -(2 ** 31),
                        Math.min(2 ** 31 - 1, exact(sum, count, line))
                    )
                    const error = Math.abs(onLine(sum, count, line) - wanted)
                    expect(error).toBeLessThanOrEqual(0.5 + 1e-4)
                }
            )
        )
    })

    it("gives the worked example, the points themselves and the signs around zero", () => {
        const pico = { reading0: 0, value0: 0, reading1: FULL_SCALE, value1: 3300 }
        expect(onLine(131_072, 4, pico)).toBe(1650)
        expect([52000, 22000, 52014, 52016, 51984].map(r => onLine(r, 1, SOIL))).toEqual([
            0, 1000, 0, -1, 1,
        ])
    })
})
