import { describe, expect, it } from "vitest"
import { DriverRig } from "../../../sim/rig/driver-rig.js"
import { linesOf } from "../../../tests/support/driver-program.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
} from "../../core/quality.js"
import { VL53L1XModel } from "./model.js"

/** Timing budgets, ms; 15 is for short mode only. */
const BUDGETS = [15, 20, 33, 50, 100, 200, 500]
const SHORT_100 = 4
const DEFAULT = 13
/** All in one program, of which a rig runs one. */
const DRIVERS = [
    ...BUDGETS.map(ms => `{ mode: "short", timingBudget: ${ms}, only: "distance" }`),
    ...BUDGETS.slice(1).map(ms => `{ mode: "long", timingBudget: ${ms}, only: "distance" }`),
    "undefined",
].map(options => ({ folder: "vl53l1x", className: "VL53L1X", options }))

function rigOf(model: VL53L1XModel, running = DEFAULT): DriverRig {
    return new DriverRig({ drivers: DRIVERS, models: [model], running: [running] })
}

function wall(distance = 1.234): VL53L1XModel {
    return new VL53L1XModel().feed("distance", distance).feed("ambient_rate", 5000)
}

describe("VL53L1X", () => {
    it.each(
        [...BUDGETS, ...BUDGETS.slice(1)].map((ms, i) => [ms, i < 7 ? "short" : "long", i] as const)
    )("waits a budget of %d ms in %s mode, with the timeouts that ST lists", async (ms, _, i) => {
        const model = wall()
        const [, sample] = await rigOf(model, i).take(2)
        expect(sample).toMatchObject({ values: [1234], qualities: [QUALITY_OK], errors: 0 })
        expect(sample.ms).toBeGreaterThanOrEqual(ms + 5)
        expect(sample.ms).toBeLessThan(ms + 45)
        expect(model.illegalAccesses).toEqual([])
    })

    it("sees to 1.36 m in short mode", async () => {
        const model = wall(1.37)
        const rig = rigOf(model, SHORT_100)
        expect((await rig.take(1))[0].qualities).toEqual([QUALITY_OUT_OF_RANGE])
        model.feed("distance", 1.36)
        expect((await rig.take(1))[0].values).toEqual([1360])
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
        for (const status of [0, 1, 2, 3, 17, 18]) {
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
        const lines = await linesOf({
            folder: "vl53l1x",
            className: "VL53L1X",
            models: [wall(4.5)],
            body: `const sensor = new VL53L1X(bus, { prefix: "bin_" })
await sensor.sample()
console.log("status " + sensor.status + ", " + sensor.channels[0].name + ", " + sensor.channels[1].name)
await sensor.close()
refuses({ mode: "medium" })
refuses({ timingBudget: 15 })
refuses({ timingBudget: 15, mode: "short" })
refuses({ timingBudget: 60 })`,
        })
        expect(lines).toEqual([
            "status no target, bin_distance, bin_ambient_rate",
            'refused VL53L1X: mode must be "long" or "short"',
            "refused VL53L1X: timingBudget must be 20, 33, 50, 100, 200 or 500 ms, or 15 in short mode, got 15",
            "accepted",
            "refused VL53L1X: timingBudget must be 20, 33, 50, 100, 200 or 500 ms, or 15 in short mode, got 60",
        ])
    })
})
