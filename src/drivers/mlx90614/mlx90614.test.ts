import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { driverScript, linesOf } from "../../../tests/support/driver-program.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_CRC, QUALITY_OK, QUALITY_OUT_OF_RANGE } from "../../core/quality.js"
import { MLX90614Model } from "./model.js"
import { mlx90614Temperature } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("mlx90614", part)
const PLAIN = program.variant()
const CHANGE_ADDRESS = program.script(
    driverScript(
        "mlx90614",
        "MLX90614",
        `
    const sensor = new MLX90614(bus, { prefix: "road_" })
    await sensor.init()
    console.log(sensor.channels[0].name + " " + sensor.channels[1].name)
    await sensor.changeAddress(0x5b)
    for (const address of [0x07, 0x78, 90.5]) {
        try {
            await sensor.changeAddress(address)
        } catch (e) {
            console.log((e as Error).message)
        }
    }`
    )
)

function roadModel(): MLX90614Model {
    return new MLX90614Model().feed("object_temperature", -4.55).feed("ambient_temperature", 1.24)
}

function rigOf(model: MLX90614Model): DriverRig {
    return program.rig(PLAIN, model)
}

describe("MLX90614", () => {
    it("leaves a gap for a temperature with the error flag, and keeps the other one", async () => {
        const model = roadModel()
        const rig = rigOf(model)
        expect((await rig.take(1))[0]).toMatchObject({
            qualities: [QUALITY_OK, QUALITY_OK],
            identity: "serial 0184" + "0c27" + "d5a0" + "031f",
        })
        model.hasError = true
        const [sample] = await rig.take(1)
        expect(sample.qualities).toEqual([QUALITY_OUT_OF_RANGE, QUALITY_OK])
        expect(sample.errors).toBe(0)
        model.hasError = false
        expect((await rig.take(1))[0].qualities).toEqual([QUALITY_OK, QUALITY_OK])
    })

    it("notices any single wrong bit on the wire", async () => {
        const model = roadModel()
        const rig = rigOf(model)
        await rig.take(1)
        const transfer = model.transfer.bind(model)
        for (let bit = 0; bit < 24; bit++) {
            let isFirst = true
            model.transfer = (...request) => {
                const result = transfer(...request)
                if (!isFirst) return result
                isFirst = false
                const at = bit >> 3
                const flipped = result.data.map((byte, i) =>
                    i === at ? byte ^ (1 << (bit & 7)) : byte
                )
                return { ...result, data: flipped }
            }
            const [sample] = await rig.take(1)
            expect(sample.qualities, `bit ${bit}`).toEqual([QUALITY_CRC, QUALITY_CRC])
            model.transfer = transfer
            expect((await rig.take(1))[0].qualities).toEqual([QUALITY_OK, QUALITY_OK])
        }
    })

    it("waits for the first valid temperature of a part that was just plugged in", async () => {
        const model = roadModel()
        const rig = rigOf(model)
        model.faults.unplugged = true
        await rig.take(1)
        model.faults.unplugged = false
        model.brownOut(rig.world.clock.wallMs + 900)
        const [sample] = await rig.take(1)
        expect(sample.values[0]).toBe(-455)
        expect(sample.ms).toBeGreaterThanOrEqual(250)
    })

    it("stores another address, and refuses what is none", async () => {
        const model = roadModel()
        const lines = await linesOf(program, CHANGE_ADDRESS, [model])
        const refused = "MLX90614: an address is 8 to 119 (0x77), got "
        expect(lines).toEqual([
            "road_object_temperature road_ambient_temperature",
            refused + "7",
            refused + "120",
            refused + "90.5",
        ])
        expect(model.storedAddress()).toBe(0x5b)
        expect(model.illegalAccesses).toEqual([])
    })
})

conversionsAgree(program, [{ convert: mlx90614Temperature }])

commonSuite(program)
