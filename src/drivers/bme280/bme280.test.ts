import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { functionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    bme280HumidityOf,
    bmx280Pressure,
    bmx280Temperature,
} from "../../../tests/support/climate-workload.js"
import {
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_WRONG_PART,
} from "../../core/quality.js"
import { BMP280Model } from "../bmp280/model.js"
import { BME280_EXAMPLE, BME280Model } from "./model.js"
import { part } from "./part.js"

const program = new PartProgram("bme280", part)
const PLAIN = program.variant()
const BMP280 = program.driver({ folder: "bmp280", className: "BMP280" })

const GOOD = [QUALITY_OK, QUALITY_OK, QUALITY_OK]

function rigOf(model: BME280Model | BMP280Model, driver = PLAIN): DriverRig {
    return program.rig(driver, model)
}

function room(model: BME280Model): BME280Model {
    return model.feed("temperature", 21.5).feed("pressure", 101325).feed("humidity", 45)
}

describe("BME280", () => {
    it("is told apart from a BMP280 at the same address, and the other way round", async () => {
        const other = new BMP280Model().feed("temperature", 20).feed("pressure", 101325)
        const [first] = await rigOf(other).take(1)
        expect(first.qualities).toEqual(GOOD.map(() => QUALITY_WRONG_PART))
        const [second] = await rigOf(room(new BME280Model()), BMP280).take(1)
        expect(second.qualities).toEqual([QUALITY_WRONG_PART, QUALITY_WRONG_PART])
        expect([first, second].map(({ lastError }) => lastError)).toEqual([
            "Bosch BME280: another part is at its address: id 0x58, a BMP280",
            "Bosch BMP280: another part is at its address: id 0x60, a BME280",
        ])
    })

    it("takes over a part that another program left in normal mode with its filter on", async () => {
        const model = room(new BME280Model())
        const rig = rigOf(model)
        model.transfer(Uint8Array.of(0xf2, 5, 0xf5, 0xbc, 0xf4, 0xb7), 0, rig.world.clock.wallMs)
        const [sample] = await rig.take(1)
        expect(sample.qualities).toEqual(GOOD)
        expect(sample.values).toEqual([2150, 101325, 4500])
    })

    it("waits for the longest measurement, and not much longer", async () => {
        const rig = rigOf(room(new BME280Model()))
        await rig.take(1)
        const transfers: number[] = []
        rig.node.bus.onTransfer = ({ unixMs }) => transfers.push(unixMs)
        await rig.take(1)
        expect(transfers).toHaveLength(3)
        expect(transfers[1] - transfers[0]).toBeGreaterThanOrEqual(18.5)
        expect(transfers[1] - transfers[0]).toBeLessThan(45)
    })

    it("does not start on calibration data that came disturbed over the bus", async () => {
        const model = room(new BME280Model())
        const rig = rigOf(model)
        let reads = 0
        const transfer = model.transfer.bind(model)
        model.transfer = (write, length, unixMs) => {
            const result = transfer(write, length, unixMs)
            if (length < 7 || ++reads !== 2) return result
            return { ...result, data: result.data.map((byte, i) => (i === 3 ? byte ^ 4 : byte)) }
        }
        const [sample, next] = await rig.take(2)
        // The start of the program is disturbed, its first sample is not.
        expect(sample).toMatchObject({ qualities: GOOD, values: [2150, 101325, 4500], errors: 1 })
        expect(sample.lastError).toContain("calibration data make no sense")
        expect(next.qualities).toEqual(GOOD)
    })

    it.each([
        ["temperature", { ...BME280_EXAMPLE, T: [0, 26285, 50] }],
        ["pressure", { ...BME280_EXAMPLE, P: [0, 0, 0, 0, 0, 0, 0, 0, 0] }],
        ["humidity", { ...BME280_EXAMPLE, H: [75, 0, 0, 370, 60, 30] }],
    ] as const)("gives no reading of a part without calibration data of %s", async (_, part) => {
        const [sample] = await rigOf(room(new BME280Model(0x76, part))).take(1)
        expect(sample.qualities).toEqual(GOOD.map(() => QUALITY_CRC))
    })

    it("gives no reading when the supply broke in between the last look at the state and the data", async () => {
        const model = room(new BME280Model())
        const rig = rigOf(model)
        await rig.take(1)
        const transfer = model.transfer.bind(model)
        model.transfer = (write, length, unixMs) => {
            if (length === 8) model.brownOut(unixMs - 5)
            return transfer(write, length, unixMs)
        }
        const [sample] = await rig.take(1)
        expect(sample.qualities).toEqual(GOOD.map(() => QUALITY_NOT_READY))
    })
})

functionsAgree(program, "tests/support/climate-workload", [
    { convert: bmx280Temperature },
    { convert: bmx280Pressure },
    { convert: bme280HumidityOf },
])

commonSuite(program)
