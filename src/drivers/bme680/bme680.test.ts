import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { functionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    bme680GasOf,
    bme680HeaterOf,
    bme680HumidityOf,
    bme680Pressure,
    bme688GasOf,
} from "../../../tests/support/climate-workload.js"
import {
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_WARMING_UP,
    QUALITY_WRONG_PART,
} from "../../core/quality.js"
import { type RegisterModel } from "../shared/register-model.js"
import { BME280Model } from "../bme280/model.js"
import { BME680_EXAMPLE, BME680Model } from "./model.js"
import { part } from "./part.js"

const program = new PartProgram("bme680", part)
const PLAIN = program.variant()
const BME280 = program.driver({ folder: "bme280", className: "BME280" })
const COOL = program.variant("{ heaterCelsius: 200, heaterMs: 40 }")
const HOT = program.variant("{ heaterCelsius: 400, heaterMs: 4032 }")
const REFUSED = [
    ["{ heaterCelsius: 199 }", "heaterCelsius is a whole number from 200 to 400"],
    ["{ heaterCelsius: 300.5 }", "heaterCelsius is a whole number from 200 to 400"],
    ["{ heaterMs: 0 }", "heaterMs is a whole number from 1 to 4032"],
    ["{ heaterMs: 4033 }", "heaterMs is a whole number from 1 to 4032"],
].map(([options, message]) => [options, message, program.variant(options)] as const)

const GOOD = [QUALITY_OK, QUALITY_OK, QUALITY_OK, QUALITY_OK]

function rigOf(model: RegisterModel, driver = PLAIN): DriverRig {
    return program.rig(driver, model)
}

function room(model: BME680Model, ohm = 54321): BME680Model {
    return model
        .feed("temperature", 21.5)
        .feed("pressure", 101325)
        .feed("humidity", 45)
        .feed("gas_resistance", ohm)
}

describe("BME680", () => {
    it("is told apart from a BME280 at the same address, and the other way round", async () => {
        const other = new BME280Model().feed("temperature", 20).feed("pressure", 101325)
        const [first] = await rigOf(other).take(1)
        expect(first.qualities).toEqual(GOOD.map(() => QUALITY_WRONG_PART))
        const [second] = await rigOf(room(new BME680Model()), BME280).take(1)
        expect(second.qualities).toEqual([0, 1, 2].map(() => QUALITY_WRONG_PART))
    })

    it("reads the gas resistance of a BME688 in its own scale, through all ranges", async () => {
        let ohm = 0
        const model = room(new BME680Model(0x76, true)).feed("gas_resistance", () => ohm)
        const rig = rigOf(model)
        for (ohm of [1500, 12_345, 54_321, 1_234_567, 45_000_000, 99_000_000]) {
            const [sample] = await rig.take(1)
            expect(sample.qualities).toEqual(GOOD)
            expect(Math.abs(sample.values[3] / ohm - 1), `${ohm} Ω`).toBeLessThan(0.0008)
        }
        expect(model.illegalAccesses).toEqual([])
    })

    it("says when the hot plate did not reach its temperature, and when the gas result is not valid", async () => {
        for (const isHigh of [false, true]) {
            const model = room(new BME680Model(0x76, isHigh))
            const rig = rigOf(model)
            await rig.take(1)
            model.heaterReaches = false
            const [cold] = await rig.take(1)
            expect(cold.qualities).toEqual([...GOOD.slice(1), QUALITY_WARMING_UP])
            model.gasValid = false
            const [invalid] = await rig.take(1)
            expect(invalid.qualities).toEqual([...GOOD.slice(1), QUALITY_NOT_READY])
            expect(invalid.values.slice(0, 3)).toEqual([2150, 101325, 4500])
        }
    })

    it.each([
        [320, 21.5, PLAIN],
        [200, -35, COOL],
        [400, 60, HOT],
    ])("heats to %d °C as it is asked, in air of %d °C", async (celsius, ambient, driver) => {
        const model = room(new BME680Model()).feed("temperature", ambient)
        const rig = rigOf(model, driver)
        const samples = await rig.take(2)
        expect(samples[1].qualities).toEqual(GOOD)
        // One setting is about 4 °C.
        expect(Math.abs(model.hotPlate() - celsius), `${model.hotPlate()} °C`).toBeLessThan(2.5)
    })

    it.each(REFUSED)("refuses %s", async (_options, message, driver) => {
        await expect(rigOf(room(new BME680Model()), driver).take(1)).rejects.toThrow(message)
    })

    it("does not take the results from before for new ones when a measurement does not start", async () => {
        const model = room(new BME680Model())
        const rig = rigOf(model)
        await rig.take(1)
        let transfers = 0
        rig.node.bus.onTransfer = ({ unixMs }) => {
            if (++transfers === 1) model.brownOut(unixMs)
        }
        const [lost, next] = await rig.take(2)
        expect(lost.qualities.every(quality => quality >= 8)).toBe(true)
        expect(next).toMatchObject({
            qualities: GOOD,
            values: [2150, 101325, 4500, expect.any(Number)],
        })
    })

    it("gives no reading of a part without calibration data", async () => {
        const blank = new BME680Model(0x76, false, { ...BME680_EXAMPLE, T: [0, 0, 0] })
        const [sample] = await rigOf(room(blank)).take(1)
        expect(sample.qualities).toEqual(GOOD.map(() => QUALITY_CRC))
    })
})

functionsAgree(program, "tests/support/climate-workload", [
    { convert: bme680Pressure },
    { convert: bme680HumidityOf },
    { convert: bme680GasOf },
    { convert: bme688GasOf },
    { convert: bme680HeaterOf },
])

commonSuite(program)
