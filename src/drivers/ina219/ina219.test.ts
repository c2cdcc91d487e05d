import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
} from "../../core/quality.js"
import { INA219Model } from "./model.js"
import { ina219Current, ina219Power } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("ina219", part)
const shunt = (microohms: string) => program.variant(`{ shuntMicroohms: ${microohms} }`)
const PLAIN = program.variant()
const LARGE_SHUNT = shunt("2000")
const REFUSED = ["99", "10000001", "0.1"].map(text => [text, shunt(text)] as const)

function rigOf(model: INA219Model, driver = PLAIN): DriverRig {
    return program.rig(driver, model)
}

describe("INA219", () => {
    it("measures with another shunt, in both directions", async () => {
        const model = new INA219Model(0x40, 0.002).feed("voltage", 11.98).feed("current", 10)
        const rig = rigOf(model, LARGE_SHUNT)
        expect((await rig.take(1))[0].values).toEqual([11_980, 1_000_000, 119_800])
        model.feed("current", -0.04)
        expect((await rig.take(1))[0].values).toEqual([11_980, -4000, -479])
        expect(rig.channels[LARGE_SHUNT][1]).toMatchObject({ min: -16_000_000, max: 16_000_000 })
    })

    it("says that a scale is at its end", async () => {
        const full = [QUALITY_SATURATED, QUALITY_SATURATED, QUALITY_SATURATED]
        const model = new INA219Model().feed("voltage", 32).feed("current", -3.2)
        expect((await rigOf(model).take(1))[0]).toMatchObject({
            values: [32_000, -320_000, -102_400],
            qualities: full,
        })
        model.feed("voltage", 5)
        expect((await rigOf(model).take(1))[0].qualities).toEqual([QUALITY_OK, full[1], full[2]])
    })

    it("gives no value when the arithmetic overflows or the calibration is another", async () => {
        for (const [calibration, quality] of [
            [0xfffe, QUALITY_OUT_OF_RANGE],
            [0x0800, QUALITY_NOT_READY],
        ]) {
            const model = new INA219Model().feed("voltage", 20).feed("current", 3)
            const rig = rigOf(model)
            await rig.take(1)
            const bytes = Uint8Array.of(0x05, calibration >> 8, calibration & 0xff)
            model.transfer(bytes, 0, rig.world.clock.wallMs)
            expect((await rig.take(1))[0].qualities).toEqual([quality, quality, quality])
            expect((await rig.take(1))[0].values).toEqual([20_000, 300_000, 60_000])
        }
    })

    it("is powered down between samples", async () => {
        const model = new INA219Model().feed("voltage", 20).feed("current", 3)
        const rig = rigOf(model)
        await rig.take(1)
        const { data } = model.transfer(Uint8Array.of(0), 2, rig.world.clock.wallMs)
        expect((data[0] << 8) | data[1]).toBe(0x3ff8)
    })

    it.each(REFUSED)("refuses a shunt of %s µΩ", async (_microohms, driver) => {
        const rig = rigOf(new INA219Model(), driver)
        await expect(rig.run(500)).rejects.toThrow("shuntMicroohms")
    })
})

conversionsAgree(program, [
    {
        convert: ina219Current,
        args: "input - 32768, 75000",
        here: input => ina219Current(input - 32768, 75_000),
    },
    {
        convert: ina219Power,
        args: "32000, (input - 32768) * 9765",
        here: input => ina219Power(32_000, (input - 32768) * 9765),
    },
])

commonSuite(program)
