import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyBmx280 } from "../../../../tests/support/bosch-parts.js"
import { BMP280_EXAMPLE } from "../../bmp280/model.js"
import { BME280_EXAMPLE } from "../../bme280/model.js"
import { bmx280Calibration } from "./bmx280-calibration.js"
import { type Bmx280Coefficients, fineOf, pascalOf } from "./bmx280-formulas-model.js"
import { wordsOf } from "./bosch-model.js"
import { boschFine, boschPressure, boschTemperature } from "./compensation.js"

/** Result of 20 bits. */
const TOP = 0xfffff

function calibrationOf({ T, P }: Bmx280Coefficients) {
    return bmx280Calibration(wordsOf([...T, ...P]))
}

describe("compensation of BMP280 and BME280", () => {
    it("gives the example of the BMP280's datasheet, section 3.12", () => {
        const c = calibrationOf(BMP280_EXAMPLE)
        const fine = boschFine(c, 519888)
        expect(fine).toBe(128422)
        expect(boschTemperature(fine)).toBe(2508)
        expect(boschPressure(c, 415148, fine)).toBe(100653)
        expect(pascalOf(BMP280_EXAMPLE, 415148, 128422)).toBeCloseTo(100653.27, 1)
    })

    // Published in github.com/elixir-sensors/bmp280, test/bmp280/sensor/bme280_sensor_test.exs
    it.each([
        [BME280_EXAMPLE, 0x82f30, 0x45594, 2675, 100391],
        [
            {
                T: [28297, 26729, 50],
                P: [37189, -10580, 3024, 8137, -87, -7, 9900, -10230, 4285],
            } satisfies Bmx280Coefficients,
            0x7e0f8,
            0x4d4b1,
            2026,
            100278,
        ],
    ] as const)("gives what another driver's tests give for a real part", (part, t, p, cel, pa) => {
        const c = calibrationOf(part)
        const fine = boschFine(c, t)
        expect([boschTemperature(fine), boschPressure(c, p, fine)]).toEqual([cel, pa])
    })

    it("is within 0.52 × 0.01 °C for all 1,048,576 results, and never falls", () => {
        for (const part of [BMP280_EXAMPLE, BME280_EXAMPLE]) {
            const c = calibrationOf(part)
            let before = -Infinity
            let worst = 0
            for (let adc = 0; adc <= TOP; adc++) {
                const got = boschTemperature(boschFine(c, adc))
                worst = Math.max(worst, Math.abs(got - fineOf(part, adc) / 51.2))
                if (got < before) expect.fail(`${adc}: ${got} after ${before}`)
                before = got
            }
            expect(worst, "worst error, 0.01 °C").toBeLessThan(0.52)
        }
    })

    it("is within 0.53 Pa for all 1,048,576 results, from −40 to 85 °C", () => {
        for (const part of [BMP280_EXAMPLE, BME280_EXAMPLE]) {
            const c = calibrationOf(part)
            let worst = 0
            for (let adc = 0; adc <= TOP; adc++) {
                const fine = -204800 + (adc % 641) * 1000
                const got = boschPressure(c, adc, fine)
                const right = pascalOf(part, adc, fine)
                if (right > 29000 && right < 111000) worst = Math.max(worst, Math.abs(got - right))
                else if (got >= 30000 && got <= 110000)
                    expect.fail(`${adc} at ${fine}: ${got} instead of ${right} Pa`)
            }
            expect(worst, "worst error, Pa").toBeLessThan(0.53)
        }
    })

    it("is as near for any part that Bosch's self-test accepts, over all results", () => {
        fc.assert(
            fc.property(anyBmx280, part => {
                const c = calibrationOf(part)
                for (let i = 0; i < 400; i++) {
                    const [t, p] = [(i * 2654435) & TOP, (i * 1597334677) & TOP]
                    const fine = boschFine(c, t)
                    const exact = fineOf(part, t)
                    const celsius = boschTemperature(fine)
                    if (Math.abs(celsius - exact / 51.2) > 0.52)
                        expect.fail(`${t}: ${celsius} instead of ${exact / 51.2} × 0.01 °C`)
                    if (exact < -204800 || exact > 435200) continue
                    const right = pascalOf(part, p, exact)
                    const got = boschPressure(c, p, fine)
                    const isInRange = right > 29999 && right < 110001
                    if (isInRange ? Math.abs(got - right) > 0.6 : got >= 30000 && got <= 110000)
                        expect.fail(`${p} at ${fine}: ${got} instead of ${right} Pa`)
                }
            }),
            { seed: 280, numRuns: 2000 }
        )
    })

    it("gives an integer, whatever the coefficients are, and 0 for a sensitivity of none", () => {
        const word = fc.integer({ min: -32768, max: 32767 })
        const any = fc.array(word, { minLength: 12, maxLength: 12 })
        fc.assert(
            fc.property(any, fc.nat(TOP), fc.nat(TOP), (words, t, p) => {
                const c = bmx280Calibration(wordsOf(words))
                const got = boschPressure(c, p, boschFine(c, t))
                expect(Number.isInteger(got)).toBe(true)
            }),
            { seed: 281, numRuns: 20_000 }
        )
        const c = calibrationOf({ ...BMP280_EXAMPLE, P: [1, -32768, 0, 0, 0, 0, 0, 0, 0] })
        expect(boschPressure(c, 0, 2000000)).toBe(0)
    })
})
