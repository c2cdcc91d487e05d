import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyBmx280 } from "../../../tests/support/bosch-parts.js"
import { type Bmx280Coefficients, percentOf } from "../shared/bosch/bmx280-formulas-model.js"
import { type Bme280Humidity, bme280Humidity, bme280HumidityCalibration } from "./conversion.js"
import { BME280_EXAMPLE, BME280Model } from "./model.js"

/** Of a part as its registers hold them. */
function calibrationOf(part: Bmx280Coefficients): Bme280Humidity {
    const model = new BME280Model(0x76, part)
    model.brownOut(0)
    const at = (register: number, length: number) =>
        model.transfer(Uint8Array.of(register), length, 100).data
    return bme280HumidityCalibration(at(0xa1, 1)[0], at(0xe1, 7))
}

function cropped(part: Bmx280Coefficients, adc: number, fine: number): number {
    return 100 * Math.min(100, Math.max(0, percentOf(part, adc, fine)))
}

describe("BME280 humidity", () => {
    it("takes the coefficients out of their registers, signs included", () => {
        // As Bosch's own driver does it: 0xE5 has the low bits of H4 below those of H5.
        expect(bme280HumidityCalibration(75, [82, 1, 0, 23, 0xc2, 3, 30])).toEqual({
            h1: 75,
            h2: 338,
            h3: 0,
            h4: 370,
            h5: 60,
            h6: 30,
        })
        fc.assert(
            fc.property(
                fc.tuple(
                    fc.nat(255),
                    fc.integer({ min: -32768, max: 32767 }),
                    fc.nat(255),
                    fc.integer({ min: -2048, max: 2047 }),
                    fc.integer({ min: -2048, max: 2047 }),
                    fc.integer({ min: -128, max: 127 })
                ),
                H => {
                    const [h1, h2, h3, h4, h5, h6] = H
                    const got = calibrationOf({ ...BME280_EXAMPLE, H })
                    expect(got).toEqual({ h1, h2, h3, h4, h5, h6 })
                }
            ),
            { seed: 280 }
        )
    })

    it("gives what another driver's tests give for real parts", () => {
        // Published in github.com/elixir-sensors/bmp280, test/bmp280/sensor/bme280_sensor_test.exs
        const first = bme280Humidity(
            calibrationOf(BME280_EXAMPLE),
            0x896d,
            Math.round(26.746 * 5120)
        )
        const other: Bmx280Coefficients = { ...BME280_EXAMPLE, H: [75, 394, 0, 242, 56, 30] }
        const second = bme280Humidity(calibrationOf(other), 0x669e, Math.round(20.2649 * 5120))
        expect(Math.abs(first - 5920), `${first}`).toBeLessThanOrEqual(10)
        expect(Math.abs(second - 6440), `${second}`).toBeLessThanOrEqual(10)
    })

    it("is within 0.53 × 0.01 %RH for all 65,536 results, and never falls", () => {
        const c = calibrationOf(BME280_EXAMPLE)
        let worst = 0
        for (const fine of [-204800, -5120, 0, 5120, 76800, 128422, 435200]) {
            let before = 0
            for (let adc = 0; adc <= 0xffff; adc++) {
                const got = bme280Humidity(c, adc, fine)
                worst = Math.max(worst, Math.abs(got - cropped(BME280_EXAMPLE, adc, fine)))
                if (got < before) expect.fail(`${adc} at ${fine}: ${got} after ${before}`)
                before = got
            }
            expect(before).toBe(10000)
        }
        expect(worst, "worst error, 0.01 %RH").toBeLessThan(0.53)
    })

    it("is as near for parts around the real ones, over all results and temperatures", () => {
        fc.assert(
            fc.property(anyBmx280, part => {
                const [h1, h2, h3, h4, h5, h6] = part.H
                for (let i = 0; i < 400; i++) {
                    const adc = (i * 40503) & 0xffff
                    const fine = -204800 + ((i * 104729) % 640001)
                    const got = bme280Humidity({ h1, h2, h3, h4, h5, h6 }, adc, fine)
                    const right = cropped(part, adc, fine)
                    if (Math.abs(got - right) > 0.55)
                        expect.fail(`${adc} at ${fine}: ${got} instead of ${right}`)
                }
            }),
            { seed: 281, numRuns: 2000 }
        )
    })

    it("stays within 0 … 100 %RH for any coefficients at all", () => {
        const word = fc.integer({ min: -32768, max: 32767 })
        const half = fc.integer({ min: -2048, max: 2047 })
        fc.assert(
            fc.property(
                fc.tuple(
                    fc.nat(255),
                    word,
                    fc.nat(255),
                    half,
                    half,
                    fc.integer({ min: -128, max: 127 })
                ),
                fc.nat(0xffff),
                fc.integer({ min: -2000000, max: 2000000 }),
                ([h1, h2, h3, h4, h5, h6], adc, fine) => {
                    const got = bme280Humidity({ h1, h2, h3, h4, h5, h6 }, adc, fine)
                    expect(Number.isInteger(got) && got >= 0 && got <= 10000, `${got}`).toBe(true)
                }
            ),
            { seed: 282, numRuns: 20_000 }
        )
    })
})
