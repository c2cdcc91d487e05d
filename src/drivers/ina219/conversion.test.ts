import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ina219Current, ina219Millivolts, ina219Power } from "./conversion.js"

describe("INA219 conversion", () => {
    it("takes the bus voltage from bits 15 to 3, whatever the flags are", () => {
        for (let register = 0; register <= 0xffff; register++)
            if (ina219Millivolts(register) !== Math.floor(register / 8) * 4)
                expect.fail(`${register}: ${ina219Millivolts(register)}`)
    })

    it("gives the datasheet's worked example: 20 mV over 2 mΩ at 11.98 V (section 8.5.2)", () => {
        const current = ina219Current(2000, 2000)
        expect([ina219Millivolts(0x5d98), current]).toEqual([11_980, 1_000_000])
        expect(ina219Power(11_980, current)).toBe(119_800)
    })

    it("follows Ohm's law to half a step for all shunt voltages", () => {
        for (const microohms of [100, 750, 2000, 100_000, 10_000_000])
            for (let steps = -32768; steps <= 32767; steps++) {
                const exact = ((steps * 10e-6) / (microohms * 1e-6)) * 100_000
                if (Math.abs(ina219Current(steps, microohms) - exact) > 0.5 + 1e-6)
                    expect.fail(`${steps} over ${microohms} µΩ: ${exact} × 10 µA`)
            }
    })

    it("has a power that is right to half a step up to the ends of both scales", () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 0, max: 32_000 }),
                fc.integer({ min: -320_000_000, max: 320_000_000 }),
                (millivolts, current) => {
                    const exact = (millivolts / 1000) * (current / 100_000) * 1000
                    const error = Math.abs(ina219Power(millivolts, current) - exact)
                    expect(error, `${millivolts} mV × ${current} × 10 µA`).toBeLessThan(0.5001)
                }
            )
        )
    })
})
