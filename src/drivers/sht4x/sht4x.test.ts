import { describe, expect, it } from "vitest"
import { type Bench } from "../../../sim/parts/driver-checks.js"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig, type RigSample } from "../../../sim/parts/driver-rig.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_OK, QUALITY_WRONG_PART } from "../../core/quality.js"
import { type HandedOut, type RegisterModel } from "../shared/register-model.js"
import { SHT3xModel } from "../sht3x/model.js"
import { SHT4xModel } from "./model.js"
import { sht4xHumidity, sht4xTemperature } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("sht4x", part)
const PLAIN = program.variant()

const GOOD = [QUALITY_OK, QUALITY_OK]

function rigOf(...models: RegisterModel[]): DriverRig {
    return program.rig(PLAIN, models)
}

function roomModel(): SHT4xModel {
    return new SHT4xModel().feed("temperature", -12.34).feed("humidity", 56.78)
}

async function warmBench(): Promise<Bench> {
    const model = roomModel()
    const rig = rigOf(model)
    await rig.take(2)
    return { rig, model }
}

function expectRoom(sample: RigSample, where: string): void {
    expect(sample.qualities, where).toEqual(GOOD)
    expect(sample.values, where).toEqual([-1234, 5678])
}

describe("SHT4x", () => {
    it("reads the whole range and every sign change to 0.01 units, without an illegal access", async () => {
        let celsius = 0
        let percent = 0
        const handedOut: HandedOut[] = []
        const model = new SHT4xModel()
            .feed("temperature", () => celsius)
            .feed("humidity", () => percent)
        model.onHandedOut = reading => handedOut.push(reading)
        const rig = rigOf(model)
        const ends = [-45, -40, -10.5, 99.99, 125, 130]
        const aroundZero = [-0.03, -0.02, -0.01, 0, 0.01, 0.02, 0.03]
        for (const [i, value] of [...ends, ...aroundZero].entries()) {
            celsius = value
            percent = [0, 0.01, 33.33, 50, 99.99, 100][i % 6]
            const [sample] = await rig.take(1)
            expect(sample.qualities, `${value} °C`).toEqual(GOOD)
            expect(Math.abs(sample.values[0] - 100 * celsius), `${value} °C`).toBeLessThan(0.75)
            expect(Math.abs(sample.values[1] - 100 * percent), `${percent} %RH`).toBeLessThan(0.75)
            expect(handedOut.slice(-2).map(r => [r.channel, r.value])).toEqual([
                ["temperature", celsius],
                ["humidity", percent],
            ])
        }
        expect(model.illegalAccesses).toEqual([])
    })

    it("crops humidity beyond the ends of the scale, as the datasheet asks", async () => {
        let percent = -4
        const model = new SHT4xModel().feed("humidity", () => percent)
        const rig = rigOf(model)
        expect((await rig.take(1))[0].values[1]).toBe(0)
        percent = 107
        const [sample] = await rig.take(1)
        expect(sample.values[1]).toBe(10000)
        expect(sample.qualities).toEqual(GOOD)
    })

    it("is told apart from an SHT3x, which has the same address", async () => {
        const other = new SHT3xModel(0x44).feed("temperature", 20)
        for (const sample of await rigOf(other).take(2)) {
            expect(sample.qualities).toEqual([QUALITY_WRONG_PART, QUALITY_WRONG_PART])
            expect(sample.lastError).toContain("another part")
        }
    })

    it("does not blame the part for one disturbed answer while it is set up again", async () => {
        const { rig, model } = await warmBench()
        model.faults.nackTransfer = 1
        await rig.take(1)
        model.faults.flipCrcWord = 1
        expectRoom((await rig.take(1))[0], "one flipped word of the serial number")
    })
})

conversionsAgree(program, [{ convert: sht4xTemperature }, { convert: sht4xHumidity }])

commonSuite(program)
