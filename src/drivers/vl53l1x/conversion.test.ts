import { describe, expect, it } from "vitest"
import { isGap } from "../../core/quality.js"
import { vl53l1xCrosstalk, vl53l1xQuality, vl53l1xStatus } from "./conversion.js"

describe("VL53L1X conversion", () => {
    it("takes only the status of a complete ranging for good", () => {
        const good = []
        for (let status = 0; status < 32; status++)
            if (!isGap(vl53l1xQuality(status))) good.push(`${status} ${vl53l1xStatus(status)}`)
        expect(good).toEqual([
            "8 nearer than it can tell",
            "9 valid",
            "19 not checked for a target beyond its range",
            "22 several targets merged into one",
        ])
    })

    it("has a word of its own for each status that ST describes", () => {
        expect([4, 5, 6, 7, 12, 13, 18, 23].map(vl53l1xStatus)).toEqual([
            "no target",
            "phase out of bounds",
            "too noisy",
            "beyond the unambiguous range",
            "below crosstalk",
            "region clipped",
            "first ranging of a sequence",
            "target with too little signal",
        ])
        for (const status of [0, 1, 2, 3, 17, 31])
            expect(vl53l1xStatus(status)).toBe(`hardware failure ${status}`)
    })

    it("finds the light of a glass from what is missing of a distance, as ST's driver does, and none where nothing is", () => {
        // 500 kcps in 16 detectors, 450 of 600 mm: 512 × 500 × (1 − 450 / 600) / 16 = 4000
        expect(vl53l1xCrosstalk(50 * 450, 50 * 64, 50 * 16 * 256, 600, 50)).toBe(4000)
        expect(vl53l1xCrosstalk(50 * 600, 50 * 64, 50 * 16 * 256, 600, 50)).toBe(0)
        expect(vl53l1xCrosstalk(50 * 700, 50 * 64, 50 * 16 * 256, 600, 50)).toBe(0)
        expect(vl53l1xCrosstalk(0, 50 * 64, 0, 600, 50)).toBe(0)
        // The largest sums stay whole.
        expect(vl53l1xCrosstalk(0, 50 * 65535, 50 * 256, 4000, 50)).toBe(65535 * 4000)
    })
})
