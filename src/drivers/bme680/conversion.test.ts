import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyBme680 } from "../../../tests/support/bosch-parts.js"
import { boschFine, boschPressure, boschTemperature } from "../shared/bosch/compensation.js"
import {
    bme680Calibration,
    bme680Gas,
    bme680GasWait,
    bme680Heater,
    bme680Humidity,
    bme680MoreCalibration,
    bme688Gas,
} from "./conversion.js"
import {
    type Bme680Coefficients,
    fineOf,
    highOhmOf,
    hotPlateOf,
    lowOhmOf,
    pascalOf,
    percentOf,
} from "./formulas-model.js"
import { BME680_EXAMPLE, BME680Model } from "./model.js"

/** Result of 20 bits. */
const TOP = 0xfffff

/** Registers of a real part: github.com/elixir-sensors/bmp280, test/bmp280/calibration/bme680_calibration_test.exs */
const FIRST = Buffer.from("b2660310438a5bd75800e4128aff1a1e000003fdd9f21e", "hex")
const SECOND = Buffer.from("3fdd2c002d14789c5366afe8e212", "hex")
const THIRD = Buffer.from("32aa164a13", "hex")

function calibrationsOf(part: Bme680Coefficients) {
    const model = new BME680Model(0x76, false, part)
    model.brownOut(0)
    const at = (register: number, length: number) =>
        model.transfer(Uint8Array.of(register), length, 100).data
    const second = at(0xe1, 14)
    const c = bme680Calibration(at(0x8a, 23), second)
    return { c, more: bme680MoreCalibration(second, at(0, 5)) }
}

function cropped(part: Bme680Coefficients, adc: number, fine: number): number {
    return 100 * Math.min(100, Math.max(0, percentOf(part, adc, fine)))
}

describe("BME680 and BME688 conversion", () => {
    it("takes the coefficients out of a real part's registers", () => {
        const c = bme680Calibration(FIRST, SECOND)
        const more = bme680MoreCalibration(SECOND, THIRD)
        expect(c).toEqual(calibrationsOf(BME680_EXAMPLE).c)
        expect(more).toEqual(calibrationsOf(BME680_EXAMPLE).more)
        expect(c).toMatchObject({ t1: 26195, t2: 26290, t3: 48, p1: 35395, p3: 2816, p7: 3328 })
        expect(more).toMatchObject({ h1: 717, h2: 1021, h7: -100, gh2: -5969, heatValue: 50 })
        expect(more).toMatchObject({ heatRange: 1, rangeError: 1 })
    })

    it("gives what another driver's tests give for that part", () => {
        // github.com/elixir-sensors/bmp280, test/bmp280/sensor/bme680_sensor_test.exs
        const { c, more } = calibrationsOf(BME680_EXAMPLE)
        const fine = boschFine(c, 480732)
        expect(boschTemperature(fine)).toBe(1931)
        expect(boschPressure(c, 393705, fine)).toBe(100978)
        expect(Math.abs(bme680Humidity(more, 16820, fine) - 2520)).toBeLessThanOrEqual(10)
        expect(Math.abs(bme680Gas(more, 666, 11) - 3503.6)).toBeLessThanOrEqual(1)
    })

    it("is within 0.52 × 0.01 °C, 0.6 Pa and 0.55 × 0.01 %RH for parts around the real ones", () => {
        const worst = [0, 0, 0]
        fc.assert(
            fc.property(anyBme680, part => {
                const { c, more } = calibrationsOf(part)
                for (let i = 0; i < 400; i++) {
                    const [t, p] = [(i * 2654435) & TOP, (i * 1597334677) & TOP]
                    const [h, fine] = [(i * 40503) & 0xffff, boschFine(c, t)]
                    const exact = fineOf(part, t)
                    const errors = [boschTemperature(fine) - exact / 51.2, 0, 0]
                    const right = pascalOf(part, p, exact)
                    if (exact > -204800 && exact < 435200) {
                        if (right > 29999 && right < 110001)
                            errors[1] = boschPressure(c, p, fine) - right
                        errors[2] = bme680Humidity(more, h, fine) - cropped(part, h, exact)
                    }
                    errors.forEach((error, k) => {
                        worst[k] = Math.max(worst[k], Math.abs(error))
                    })
                }
            }),
            { seed: 680, numRuns: 1000 }
        )
        expect(worst[0], "0.01 °C").toBeLessThan(0.52)
        expect(worst[1], "Pa").toBeLessThan(0.6)
        expect(worst[2], "0.01 %RH").toBeLessThan(0.55)
    })

    it("is as near for all results of one part", () => {
        const { c, more } = calibrationsOf(BME680_EXAMPLE)
        const worst = [0, 0]
        for (let adc = 0; adc <= TOP; adc++) {
            const fine = -204800 + (adc % 641) * 1000
            const right = pascalOf(BME680_EXAMPLE, adc, fine)
            const got = boschPressure(c, adc, fine)
            if (right > 29999 && right < 110001)
                worst[0] = Math.max(worst[0], Math.abs(got - right))
            const h = adc >> 4
            const error = bme680Humidity(more, h, fine) - cropped(BME680_EXAMPLE, h, fine)
            worst[1] = Math.max(worst[1], Math.abs(error))
        }
        expect(worst[0], "worst error, Pa").toBeLessThan(0.55)
        expect(worst[1], "worst error, 0.01 %RH").toBeLessThan(0.53)
    })

    it("gives the gas resistance to 0.55 Ω and 0.1 ppm for all results and ranges of both parts", () => {
        for (const rangeSwitchingError of [-8, -3, 0, 1, 7]) {
            const part = { ...BME680_EXAMPLE, rangeSwitchingError }
            const { more } = calibrationsOf(part)
            for (let range = 0; range < 16; range++)
                for (let adc = 0; adc < 1024; adc++) {
                    const low = lowOhmOf(part, adc, range)
                    const high = highOhmOf(adc, range)
                    const errors = [bme680Gas(more, adc, range) - low, bme688Gas(adc, range) - high]
                    if (Math.abs(errors[0]) > 0.55 + low / 1e7 || Math.abs(errors[1]) > 0.5 + 1e-6)
                        expect.fail(`${adc} in range ${range}: ${errors.join(", ")} Ω off`)
                }
        }
    })

    it("sets the heater to the nearest of its settings, cropped to 8 bits", () => {
        fc.assert(
            fc.property(
                anyBme680,
                fc.integer({ min: 200, max: 400 }),
                fc.integer({ min: -40, max: 85 }),
                (part, celsius, ambient) => {
                    const got = bme680Heater(calibrationsOf(part).more, celsius, ambient)
                    const [below, above] = [got - 0.51, got + 0.51].map(setting =>
                        hotPlateOf(part, setting, ambient)
                    )
                    const where = `${got}: ${below} … ${above} °C`
                    if (got > 0) expect(below, where).toBeLessThanOrEqual(celsius)
                    if (got < 255) expect(above, where).toBeGreaterThanOrEqual(celsius)
                }
            ),
            { seed: 681, numRuns: 2000 }
        )
        // BME68x_SensorAPI in integers gives 116 and 111: it rounds down.
        const { more } = calibrationsOf(BME680_EXAMPLE)
        expect([320, 300].map(celsius => bme680Heater(more, celsius, 25))).toEqual([117, 112])
    })

    it("rounds the heating time down to what the register can say", () => {
        expect([1, 63, 64, 150, 255, 1000, 4032].map(bme680GasWait)).toEqual([
            1, 63, 0x50, 0x65, 0x7f, 0xbe, 0xff,
        ])
    })
})
