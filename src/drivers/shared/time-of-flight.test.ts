import { describe, expect, it } from "vitest"
import { ambientRate } from "./time-of-flight.js"

describe("ambient rate of time-of-flight sensors", () => {
    it("is right to half a unit for all rates, over few, some and all detectors", () => {
        for (const spads of [1, 256, 3000, 0x4680, 0xffff])
            for (let rate = 0; rate <= 65535; rate++) {
                const perSecond = ((rate / 128) * 1e6) / (spads / 256)
                const error = Math.abs(ambientRate(rate, spads) - perSecond / 100)
                if (error > 0.5 + 1e-6) expect.fail(`${rate} over ${spads}: off by ${error}`)
            }
    })
})
