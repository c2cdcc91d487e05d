import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { driverScript, linesOf } from "../../../tests/support/driver-program.js"
import { functionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
    QUALITY_UNCALIBRATED,
} from "../../core/quality.js"
import { ambientRate } from "../shared/time-of-flight.js"
import { VL53L1XModel } from "./model.js"
import { part } from "./part.js"

const program = new PartProgram("vl53l1x", part)
const PLAIN = program.variant()
/** Timing budgets, ms; 15 and 20 are for short mode only. */
const BUDGETS = [15, 20, 33, 50, 100, 200, 500]
const inMode = (mode: string, ms: number) =>
    program.variant(`{ mode: "${mode}", timingBudget: ${ms}, only: "distance" }`)
const SHORT = BUDGETS.map(ms => [ms, inMode("short", ms)] as const)
const LONG = BUDGETS.slice(2).map(ms => [ms, inMode("long", ms)] as const)
const SHORT_100 = inMode("short", 100)
const LONG_200 = inMode("long", 200)
const IN_WORDS = program.script(
    driverScript(
        "vl53l1x",
        "VL53L1X",
        `
    const sensor = new VL53L1X(bus, { prefix: "bin_" })
    await sensor.sample()
    console.log("status " + sensor.status + ", " + sensor.channels[0].name + ", " + sensor.channels[1].name)
    await sensor.close()
    refuses({ mode: "medium" })
    refuses({ timingBudget: 20 })
    refuses({ timingBudget: 15, mode: "short" })
    refuses({ timingBudget: 60 })`
    )
)

function rigOf(model: VL53L1XModel, driver = PLAIN): DriverRig {
    return program.rig(driver, model)
}

function wall(distance = 1.234): VL53L1XModel {
    return new VL53L1XModel().feed("distance", distance).feed("ambient_rate", 5000)
}

describe("VL53L1X", () => {
    it.each([
        ...SHORT.map(([ms, driver]) => [ms, "short", driver] as const),
        ...LONG.map(([ms, driver]) => [ms, "long", driver] as const),
    ])(
        "waits a budget of %d ms in %s mode, with the timeouts that ST lists",
        async (ms, _, driver) => {
            const model = wall()
            const [, sample] = await rigOf(model, driver).take(2)
            expect(sample).toMatchObject({ values: [1234], qualities: [QUALITY_OK], errors: 0 })
            expect(sample.ms).toBeGreaterThanOrEqual(ms + 5)
            expect(sample.ms).toBeLessThan(ms + 45)
            expect(model.illegalAccesses).toEqual([])
        }
    )

    it("sees to 3.6 m within 100 ms and to 4 m within 200 ms in long mode", async () => {
        const model = wall(3.61)
        expect((await rigOf(model).take(1))[0].qualities[0]).toBe(QUALITY_OUT_OF_RANGE)
        expect((await rigOf(model, LONG_200).take(1))[0].values).toEqual([3610])
        model.feed("distance", 4.01)
        const [sample] = await rigOf(model, LONG_200).take(1)
        expect(sample.qualities).toEqual([QUALITY_OUT_OF_RANGE])
    })

    it("sees to 1.3 m in short mode", async () => {
        const model = wall(1.31)
        const rig = rigOf(model, SHORT_100)
        expect((await rig.take(1))[0].qualities).toEqual([QUALITY_OUT_OF_RANGE])
        model.feed("distance", 1.3)
        expect((await rig.take(1))[0].values).toEqual([1300])
    })

    it("does not take a place without a target for an error, and is not set up again for it", async () => {
        const model = wall(5)
        const rig = rigOf(model)
        await rig.take(1)
        let transfers = 0
        rig.node.bus.onTransfer = () => transfers++
        const [sample] = await rig.take(1)
        expect(sample).toMatchObject({ qualities: [QUALITY_OUT_OF_RANGE, QUALITY_OK], errors: 0 })
        expect(transfers).toBeLessThan(10)
    })

    it.each([
        [4, QUALITY_OUT_OF_RANGE],
        [5, QUALITY_OUT_OF_RANGE],
        [6, QUALITY_OUT_OF_RANGE],
        [7, QUALITY_OUT_OF_RANGE],
        [8, QUALITY_SATURATED],
        [9, QUALITY_OK],
        [12, QUALITY_OUT_OF_RANGE],
        [13, QUALITY_OUT_OF_RANGE],
        [18, QUALITY_NOT_READY],
        [19, QUALITY_UNCALIBRATED],
        [22, QUALITY_UNCALIBRATED],
        [23, QUALITY_OUT_OF_RANGE],
    ])(
        "gives range status %d as quality %d, and the ambient rate all the same",
        async (status, quality) => {
            const model = wall()
            model.rangeStatus = status
            const [sample] = await rigOf(model).take(1)
            expect(sample).toMatchObject({ qualities: [quality, QUALITY_OK], errors: 0 })
        }
    )

    it("says which failure of the hardware the part reports, and sets it up again", async () => {
        const model = wall()
        const rig = rigOf(model)
        for (const status of [0, 1, 2, 3, 17]) {
            model.rangeStatus = status
            expect((await rig.take(1))[0]).toMatchObject({
                qualities: [QUALITY_NOT_READY, QUALITY_NOT_READY],
                lastError: `ST VL53L1X: hardware failure ${status}`,
            })
        }
        model.rangeStatus = undefined
        expect((await rig.take(1))[0].values).toEqual([1234, 50])
    })

    it("takes a part over that another program left ranging, in another mode", async () => {
        const model = wall()
        const rig = rigOf(model)
        const now = rig.world.clock.wallMs
        for (const [register, byte] of [
            [0x4b, 0x14],
            [0x30, 0x11],
            [0x87, 0x40],
        ])
            model.transfer(Uint8Array.of(0, register, byte), 0, now)
        expect((await rig.take(1))[0]).toMatchObject({ values: [1234, 50], errors: 0 })
    })

    it("tells in words what became of a measurement, and what it does not take", async () => {
        const lines = await linesOf(program, IN_WORDS, [wall(4.5)])
        expect(lines).toEqual([
            "status no target, bin_distance, bin_ambient_rate",
            'refused VL53L1X: mode must be "long" or "short"',
            "refused VL53L1X: timingBudget must be 33, 50, 100, 200 or 500 ms, or 15 or 20 in short mode, got 20",
            "accepted",
            "refused VL53L1X: timingBudget must be 33, 50, 100, 200 or 500 ms, or 15 or 20 in short mode, got 60",
        ])
    })
})

functionsAgree(program, "src/drivers/shared/time-of-flight", [
    { convert: ambientRate, args: "input, 0x4680", here: input => ambientRate(input, 0x4680) },
])

commonSuite(program)
