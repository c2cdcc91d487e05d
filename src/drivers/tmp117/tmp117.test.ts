import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_NOT_READY, QUALITY_OK, QUALITY_OUT_OF_RANGE } from "../../core/quality.js"
import { TMP117Model } from "./model.js"
import { tmp117Temperature } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("tmp117", part)
const PLAIN = program.variant()

function rigOf(model: TMP117Model): DriverRig {
    return program.rig(PLAIN, model)
}

function write(rig: DriverRig, model: TMP117Model, register: number, word: number): void {
    const bytes = Uint8Array.of(register, word >> 8, word & 0xff)
    model.transfer(bytes, 0, rig.world.clock.wallMs)
}

describe("TMP117", () => {
    it("keeps the offset that is stored in the part, over starts and power losses", async () => {
        const model = new TMP117Model().feed("temperature", 21.5)
        model.eeprom.set(0x07, 0xffc0)
        const rig = rigOf(model)
        expect((await rig.take(1))[0]).toMatchObject({ values: [2100], identity: "id 0x0117" })
        model.brownOut(rig.world.clock.wallMs)
        const [, afterwards] = await rig.take(2)
        expect(afterwards).toMatchObject({ values: [2100], qualities: [QUALITY_OK] })
        expect([model.eeprom.get(0x07), model.eepromWrites]).toEqual([0xffc0, 0])
    })

    it("takes out an offset that another program left without storing it", async () => {
        const model = new TMP117Model().feed("temperature", 21.5)
        const rig = rigOf(model)
        write(rig, model, 0x07, 128)
        expect((await rig.take(1))[0]).toMatchObject({ values: [2150] })
    })

    it("takes neither another mode nor an empty result for a measurement", async () => {
        for (const strike of [1, 2]) {
            const model = new TMP117Model().feed("temperature", 21.5)
            const rig = rigOf(model)
            await rig.take(1)
            let reads = 0
            rig.node.bus.onTransfer = ({ unixMs }) => {
                if (++reads === strike) model.brownOut(unixMs)
            }
            expect((await rig.take(1))[0].qualities, `transfer ${strike}`).toEqual([
                QUALITY_NOT_READY,
            ])
            expect((await rig.take(1))[0].qualities).toEqual([QUALITY_OK])
        }
    })

    it("gives a gap beyond the temperatures that it is made for", async () => {
        for (const celsius of [-55.1, 150.1]) {
            const [sample] = await rigOf(new TMP117Model().feed("temperature", celsius)).take(1)
            expect(sample.qualities, `${celsius} °C`).toEqual([QUALITY_OUT_OF_RANGE])
        }
    })
})

conversionsAgree(program, [
    {
        convert: tmp117Temperature,
        args: "input - 32768",
        here: input => tmp117Temperature(input - 32768),
    },
])

commonSuite(program)
