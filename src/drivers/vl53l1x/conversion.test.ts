import { describe, expect, it } from "vitest"
import { isGap } from "../../core/quality.js"
import { ambientRate } from "../time-of-flight.js"
import { vl53l1xQuality, vl53l1xStatus } from "./conversion.js"

describe("VL53L1X conversion", () => {
    it("gives the ambient rate to half a unit for all rates, over few, some and all detectors", () => {
        for (const spads of [1, 256, 3000, 0x4680, 0xffff])
            for (let rate = 0; rate <= 65535; rate++) {
                const perSecond = ((rate / 128) * 1e6) / (spads / 256)
                const error = Math.abs(ambientRate(rate, spads) - perSecond / 100)
                if (error > 0.5 + 1e-6) expect.fail(`${rate} over ${spads}: off by ${error}`)
            }
    })

    it("takes only the status of a complete ranging for good", () => {
        const good = []
        for (let status = 0; status < 32; status++)
            if (!isGap(vl53l1xQuality(status))) good.push(`${status} ${vl53l1xStatus(status)}`)
        expect(good).toEqual(["8 nearer than it can tell", "9 valid"])
    })

    it("has a word of its own for each status that ST describes", () => {
        expect([4, 5, 6, 7, 12, 13].map(vl53l1xStatus)).toEqual([
            "no target",
            "phase out of bounds",
            "too noisy",
            "beyond the unambiguous range",
            "below crosstalk",
            "region clipped",
        ])
        for (const status of [0, 1, 2, 3, 17, 18, 31])
            expect(vl53l1xStatus(status)).toBe(`hardware failure ${status}`)
    })
})
