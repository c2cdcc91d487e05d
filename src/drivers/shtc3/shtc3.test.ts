import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_OK, QUALITY_WRONG_PART } from "../../core/quality.js"
import { SHTC3Model } from "./model.js"
import { shtc3Humidity, shtc3Temperature } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("shtc3", part)
const PLAIN = program.variant()

function rigOf(model: SHTC3Model): DriverRig {
    return program.rig(PLAIN, model)
}

function roomModel(id?: number): SHTC3Model {
    return new SHTC3Model(0x70, id).feed("temperature", -12.34).feed("humidity", 56.78)
}

describe("SHTC3", () => {
    it("wakes the part for each sample and sends it to sleep again", async () => {
        const model = roomModel()
        const rig = rigOf(model)
        await rig.take(2)
        const writes: string[] = []
        rig.node.bus.onTransfer = ({ write }) => {
            if (write.length > 0) writes.push(Buffer.from(write).toString("hex"))
        }
        await rig.take(1)
        expect(writes).toEqual(["3517", "7866", "b098"])
        expect(model.illegalAccesses).toEqual([])
    })

    it("takes up a part that was asleep before the board started", async () => {
        const model = roomModel()
        const rig = rigOf(model)
        const start = rig.world.clock.wallMs
        model.brownOut(start - 5000)
        model.transfer(Uint8Array.of(0xb0, 0x98), 0, start - 4000)
        const [sample] = await rig.take(1)
        expect(sample.qualities).toEqual([QUALITY_OK, QUALITY_OK])
        expect(sample.values).toEqual([-1234, 5678])
        expect(model.illegalAccesses).toEqual([])
    })

    it.each([0x0807, 0x0887, 0xffc7])("knows the part by its ID register %i", async id => {
        const [sample] = await rigOf(roomModel(id)).take(1)
        expect(sample.identity).toBe(`id 0x${id.toString(16).padStart(4, "0")}`)
    })

    it("has the same identity when it is set up again", async () => {
        const model = roomModel()
        const rig = rigOf(model)
        const [first] = await rig.take(1)
        model.faults.nackTransfer = 1
        const [, again] = await rig.take(2)
        expect(again.identity).toBe(first.identity)
    })

    it.each([0x0000, 0x0007, 0x0806, 0x0817])(
        "says that it is the wrong part when its ID register is %i",
        async id => {
            const [sample] = await rigOf(roomModel(id)).take(1)
            expect(sample.qualities).toEqual([QUALITY_WRONG_PART, QUALITY_WRONG_PART])
        }
    )
})

conversionsAgree(program, [{ convert: shtc3Temperature }, { convert: shtc3Humidity }])

commonSuite(program)
