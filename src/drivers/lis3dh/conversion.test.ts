import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { angleBetween, decidegrees, lis3dhAcceleration } from "./conversion.js"

const DECIDEGREES = 1800 / Math.PI

function errorOf(y: number, x: number): number {
    return Math.abs(decidegrees(y, x) - DECIDEGREES * Math.atan2(y, x))
}

describe("LIS3DH conversion", () => {
    it("follows the standard acceleration of gravity to half a step at all scales", () => {
        for (const mg of [1, 2, 4, 12])
            for (let digits = -2048; digits <= 2047; digits++) {
                const error = Math.abs(lis3dhAcceleration(digits * mg) - digits * mg * 9.80665)
                if (error > 0.5 + 1e-9) expect.fail(`${digits} × ${mg} mg: ${error} mm/s²`)
            }
        expect([1000, -1000, 0].map(lis3dhAcceleration)).toEqual([9807, -9807, 0])
    })

    it("knows the angles of the axes and their halves", () => {
        const corners = [
            [0, 1],
            [1, 1],
            [1, 0],
            [1, -1],
            [0, -1],
        ]
        expect(corners.map(([y, x]) => decidegrees(y, x))).toEqual([0, 450, 900, 1350, 1800])
    })

    it("is within 0.06° of the arc tangent on a dense grid of angles and lengths", () => {
        let worst = 0
        for (const length of [1e6, 1e9, 1e12, 9e15])
            for (let i = 0; i <= 36_000; i++) {
                const angle = (i * Math.PI) / 36_000
                const y = Math.max(0, Math.round(length * Math.sin(angle)))
                worst = Math.max(worst, errorOf(y, Math.round(length * Math.cos(angle))))
            }
        expect(worst / 10, "worst error, °").toBeLessThanOrEqual(0.06)
    })

    it("is within 0.06° of it for any numbers", () => {
        fc.assert(
            fc.property(
                fc.maxSafeNat(),
                fc.maxSafeInteger(),
                fc.integer({ min: 0, max: 50 }),
                (big, wide, shift) => {
                    const y = Math.floor(big / 2 ** shift)
                    fc.pre(y !== 0 || wide !== 0)
                    expect(errorOf(y, wide) / 10, "°").toBeLessThanOrEqual(0.06)
                }
            ),
            { numRuns: 5000 }
        )
    })

    it("gives the angle between directions of any size", () => {
        const at = fc.integer({ min: -2048, max: 2047 })
        const up = fc.integer({ min: -1000, max: 1000 })
        fc.assert(
            fc.property(fc.tuple(at, at, at), fc.tuple(up, up, up), (a, b) => {
                const [lengthA, lengthB] = [Math.hypot(...a), Math.hypot(...b)]
                fc.pre(lengthA > 700 && lengthB > 100)
                const cosine = a.reduce((sum, x, i) => sum + x * b[i], 0) / lengthA / lengthB
                const exact = DECIDEGREES * Math.acos(Math.min(1, Math.max(-1, cosine)))
                expect(Math.abs(angleBetween(a, b) - exact) / 10, "°").toBeLessThanOrEqual(0.06)
            }),
            { numRuns: 5000 }
        )
    })
})
