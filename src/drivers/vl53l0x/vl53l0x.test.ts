import { describe, expect, it } from "vitest"
import { brownOutAfterEachTransfer, type Bench } from "../../../sim/parts/driver-checks.js"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { driverScript, linesOf } from "../../../tests/support/driver-program.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { placesToStrike } from "../../../tests/parts/checks.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
    QUALITY_WRONG_PART,
    isGap,
} from "../../core/quality.js"
import { type RegisterModel } from "../shared/register-model.js"
import { VL53L1XModel } from "../vl53l1x/model.js"
import { VL53L0XModel } from "./model.js"
import { vl53l0xTimeout } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("vl53l0x", part)
const PLAIN = program.variant()
const VL53L1X = program.driver({ folder: "vl53l1x", className: "VL53L1X" })
const BUDGETS = [20, 33, 200, 1000].map(
    ms => [ms, program.variant(`{ timingBudget: ${ms}, only: "distance" }`)] as const
)
const IN_WORDS = program.script(
    driverScript(
        "vl53l0x",
        "VL53L0X",
        `
    const sensor = new VL53L0X(bus, { prefix: "bin_" })
    await sensor.sample()
    console.log("status " + sensor.status + ", " + sensor.channels[0].name)
    refuses({ timingBudget: 19 })
    refuses({ timingBudget: 33.5 })`
    )
)

function rigOf(model: RegisterModel, driver = PLAIN): DriverRig {
    return program.rig(driver, model)
}

function wall(distance = 0.789): VL53L0XModel {
    return new VL53L0XModel().feed("distance", distance).feed("ambient_rate", 5000)
}

describe("VL53L0X", () => {
    it.each(BUDGETS)("waits a timing budget of %d ms, and not much longer", async (ms, driver) => {
        const model = wall()
        const [, sample] = await rigOf(model, driver).take(2)
        expect(sample).toMatchObject({ values: [789], qualities: [QUALITY_OK], errors: 0 })
        expect(sample.ms).toBeGreaterThanOrEqual(ms)
        expect(sample.ms).toBeLessThan(1.01 * ms + 160)
        expect(model.illegalAccesses).toEqual([])
    })

    it("does not take a place without a target for an error, and is not set up again for it", async () => {
        const rig = rigOf(wall(2.5))
        await rig.take(1)
        let transfers = 0
        rig.node.bus.onTransfer = () => transfers++
        const [sample] = await rig.take(1)
        expect(sample).toMatchObject({ qualities: [QUALITY_OUT_OF_RANGE, QUALITY_OK], errors: 0 })
        expect(transfers).toBeLessThan(20)
    })

    it.each([
        [4, QUALITY_OUT_OF_RANGE],
        [6, QUALITY_OUT_OF_RANGE],
        [8, QUALITY_SATURATED],
        [9, QUALITY_OUT_OF_RANGE],
        [10, QUALITY_SATURATED],
        [11, QUALITY_OK],
        [14, QUALITY_OUT_OF_RANGE],
    ])(
        "gives range status %d as quality %d, and the ambient rate all the same",
        async (status, quality) => {
            const model = wall()
            model.rangeStatus = status
            expect((await rigOf(model).take(1))[0].qualities).toEqual([quality, QUALITY_OK])
        }
    )

    it("says which failure of the hardware the part reports, and sets it up again", async () => {
        const model = wall()
        const rig = rigOf(model)
        for (const status of [0, 1, 2, 3, 15]) {
            model.rangeStatus = status
            expect((await rig.take(1))[0]).toMatchObject({
                qualities: [QUALITY_NOT_READY, QUALITY_NOT_READY],
                lastError: `ST VL53L0X: hardware failure ${status}`,
            })
        }
        model.rangeStatus = undefined
        expect((await rig.take(1))[0].values).toEqual([789, 50])
    })

    it("takes a part over that was left on another page, stopped and ranging on", async () => {
        const model = wall()
        const rig = rigOf(model)
        for (const [register, byte] of [
            [0x80, 0x01],
            [0xff, 0x01],
            [0x91, 0x00],
        ])
            model.transfer(Uint8Array.of(register, byte), 0, rig.world.clock.wallMs)
        expect((await rig.take(1))[0]).toMatchObject({ values: [789, 50], errors: 0 })
        expect(model.illegalAccesses).toEqual([])
    })

    it("gives a gap or the truth when the part loses power after any transfer of the start", async () => {
        const cold = (): Promise<Bench> => {
            const model = wall()
            return Promise.resolve({ rig: rigOf(model), model })
        }
        const outcomes = await brownOutAfterEachTransfer(cold, 2, placesToStrike)
        expect(outcomes.at(-1)?.at).toBeGreaterThan(100)
        for (const { at, faulty, after } of outcomes) {
            if (!isGap(faulty.qualities[0])) expect(faulty.values, `${at}`).toEqual([789, 50])
            expect(after[1].values, `after transfer ${at}`).toEqual([789, 50])
        }
    })

    it("is told apart from the VL53L1X, which has the same address, both ways", async () => {
        const other = new VL53L1XModel().feed("distance", 1).feed("ambient_rate", 5000)
        expect((await rigOf(other).take(1))[0].qualities[0]).toBe(QUALITY_WRONG_PART)
        const [sample] = await rigOf(wall(), VL53L1X).take(1)
        expect(sample.qualities[0]).toBe(QUALITY_WRONG_PART)
    })

    it("tells in words what became of a measurement, and what it does not take", async () => {
        const lines = await linesOf(program, IN_WORDS, [wall(2.5)])
        const refused =
            "refused VL53L0X: timingBudget must be a whole number of ms from 20 to 1000, got "
        expect(lines).toEqual(["status no target, bin_distance", refused + "19", refused + "33.5"])
    })
})

conversionsAgree(program, [
    {
        convert: vl53l0xTimeout,
        args: "20 + (input & 1023)",
        here: input => vl53l0xTimeout(20 + (input & 1023)),
    },
])

commonSuite(program)
