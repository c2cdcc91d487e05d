import { describe, expect, it } from "vitest"
import { isGap } from "../../core/quality.js"
import { vl53l0xQuality, vl53l0xStatus, vl53l0xTimeout } from "./conversion.js"

describe("VL53L0X conversion", () => {
    it("gives each timing budget a timeout that takes just as long, to 1 %", () => {
        for (let ms = 20; ms <= 1000; ms++) {
            const timeout = vl53l0xTimeout(ms)
            const periods = ((timeout & 0xff) << (timeout >> 8)) + 1
            const us = 17_579 + (periods - 151) * 38.131
            expect(timeout, `${ms} ms`).toBeLessThan(0x10000)
            expect(Math.abs(us / 1000 - ms), `${ms} ms`).toBeLessThan(0.01 * ms + 0.05)
        }
    })

    it("gives the timeout that Pololu's library computes for 33 and 200 ms", () => {
        expect(vl53l0xTimeout(33)).toBe(0x028a)
        // 182,421 us are 4784 periods, and 151 more, less 1: 4934 = 0x9A << 5 and a rest
        expect(vl53l0xTimeout(200)).toBe(0x059a)
    })

    it("takes only the status of a complete ranging for good", () => {
        const good = []
        for (let status = 0; status < 16; status++)
            if (!isGap(vl53l0xQuality(status))) good.push(`${status} ${vl53l0xStatus(status)}`)
        expect(good).toEqual([
            "8 nearer than it can tell",
            "10 nearer than it can tell",
            "11 valid",
        ])
    })

    it("has words for each status that ST's API knows", () => {
        expect([4, 5, 6, 7, 9, 12, 13, 14].map(vl53l0xStatus)).toEqual([
            "no target",
            "too noisy",
            "phase out of bounds",
            "too noisy",
            "phase out of bounds",
            "beyond its arithmetic",
            "beyond its arithmetic",
            "below crosstalk",
        ])
        for (const status of [0, 1, 2, 3, 15])
            expect(vl53l0xStatus(status)).toBe(`hardware failure ${status}`)
    })
})
