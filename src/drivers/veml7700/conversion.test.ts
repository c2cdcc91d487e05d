import { describe, expect, it } from "vitest"
import { VEML7700_MAX, veml7700Illuminance } from "./conversion.js"

/** The application note's formula in double precision, 0.01 lx. */
function reference(counts: number): number {
    const x = 0.0042 * counts
    const y = (((6.0135e-13 * x - 9.3924e-9) * x + 8.1488e-5) * x + 1.0023) * x
    // By the reading in steps of 0.01 lx.
    if (Math.round(100 * x) <= 100_000) return 100 * x
    return x > 25_000 ? VEML7700_MAX : Math.min(VEML7700_MAX, 100 * y)
}

/** Powers of two by which the ranges are coarser than the finest one. */
const RANGES = [9, 8, 7, 6, 4, 3, 2, 1, 0]

describe("VEML7700 conversion", () => {
    it("follows the note's formula to 0.01 lx and 2 millionths, for all counts of all ranges", () => {
        let worst = 0
        for (const shift of RANGES)
            for (let counts = 0; counts <= 65535; counts++) {
                const right = reference(counts << shift)
                const error = Math.abs(veml7700Illuminance(counts << shift) - right)
                worst = Math.max(worst, error / (1 + 2e-6 * right))
            }
        expect(worst, "error as a share of what is allowed").toBeLessThan(1)
    })

    it("grows with the counts, and leaves out just what the note leaves out, 1000 to 1074 lx", () => {
        const holes: number[][] = []
        let before = 0
        for (let counts = 0; counts < 5_700_000; counts += 128) {
            const value = veml7700Illuminance(counts)
            expect(value).toBeGreaterThanOrEqual(before)
            if (value - before > 75) holes.push([before, value])
            before = value
        }
        const [[below, above]] = holes
        expect(below).toBeGreaterThan(99_940)
        expect(below).toBeLessThanOrEqual(100_000)
        expect(above).toBeGreaterThan(107_400)
        expect(above).toBeLessThan(107_600)
        expect(holes[1]?.[0] ?? Infinity, "next step of more than 0.75 lx").toBeGreaterThan(200_000)
    })

    it("gives the resolutions of the datasheet at both ends of the table", () => {
        // 0.0042 lx × 1000, and 2.1504 lx × 10
        expect(veml7700Illuminance(1000)).toBe(420)
        expect(veml7700Illuminance(10 << 9)).toBe(2150)
        expect(veml7700Illuminance(65535 << 9)).toBe(14_000_000)
    })
})
