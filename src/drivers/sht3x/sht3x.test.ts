import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_OK, QUALITY_WRONG_PART } from "../../core/quality.js"
import { type RegisterModel, type TransferResult } from "../shared/register-model.js"
import { SHT4xModel } from "../sht4x/model.js"
import { SHT3xModel } from "./model.js"
import { sht3xHumidity, sht3xTemperature } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("sht3x", part)
const PLAIN = program.variant()

function rigOf(model: RegisterModel): DriverRig {
    return program.rig(PLAIN, model)
}

function roomModel(): SHT3xModel {
    return new SHT3xModel().feed("temperature", -12.34).feed("humidity", 56.78)
}

/** A compatible part that does not know its serial number's commands. */
class WithoutSerial extends SHT3xModel {
    override transfer(write: Uint8Array, readLength: number, unixMs: number): TransferResult {
        const isSerial = write[0] === 0x36 || write[0] === 0x37
        return super.transfer(isSerial ? Uint8Array.of(0xff, 0xff) : write, readLength, unixMs)
    }
}

describe("SHT3x", () => {
    it.each(["2032", "2130", "272a", "2b32"])(
        "stops a part that was left in periodic mode 0x%s",
        async mode => {
            const model = roomModel()
            const rig = rigOf(model)
            const start = rig.world.clock.wallMs
            model.brownOut(start - 5000)
            model.transfer(Buffer.from(mode, "hex"), 0, start - 4000)
            const [sample] = await rig.take(1)
            expect(sample.qualities).toEqual([QUALITY_OK, QUALITY_OK])
            expect(sample.values).toEqual([-1234, 5678])
            expect(model.illegalAccesses).toEqual([])
        }
    )

    it("switches a heater off that was left on", async () => {
        const model = roomModel()
        const rig = rigOf(model)
        const start = rig.world.clock.wallMs
        model.brownOut(start - 5000)
        model.transfer(Uint8Array.of(0x30, 0x6d), 0, start - 4000)
        await rig.take(1)
        const later = rig.world.clock.wallMs + 10
        model.transfer(Uint8Array.of(0xf3, 0x2d), 0, later)
        const status = model.transfer(new Uint8Array(0), 3, later + 1).data[0]
        expect(status & 0x20, "bit of the heater").toBe(0)
    })

    it("tells its serial number", async () => {
        const [sample] = await rigOf(roomModel()).take(1)
        expect(sample.identity).toBe("serial 0c5d43a1")
    })

    it("does without a serial number, which compatible parts may lack", async () => {
        const model = new WithoutSerial().feed("temperature", 20).feed("humidity", 40)
        const [sample] = await rigOf(model).take(1)
        expect(sample.identity).toBe("")
        expect(sample.values).toEqual([2000, 4000])
        expect(sample.qualities).toEqual([QUALITY_OK, QUALITY_OK])
    })

    it("says that it is the wrong part when it meets an SHT4x, and does not heat it", async () => {
        const other = new SHT4xModel(0x44).feed("temperature", 20).feed("humidity", 40)
        const rig = rigOf(other)
        const first = new Set<number>()
        rig.node.bus.onTransfer = ({ write }) => {
            if (write.length > 0) first.add(write[0])
        }
        for (const sample of await rig.take(2))
            expect(sample.qualities).toEqual([QUALITY_WRONG_PART, QUALITY_WRONG_PART])
        for (const heater of [0x39, 0x32, 0x2f, 0x24, 0x1e, 0x15])
            expect(first.has(heater), `command 0x${heater.toString(16)} of an SHT4x`).toBe(false)
    })
})

conversionsAgree(program, [{ convert: sht3xTemperature }, { convert: sht3xHumidity }])

commonSuite(program)
