import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { conversionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_NOT_READY, QUALITY_OK, QUALITY_WARMING_UP } from "../../core/quality.js"
import { MAX17048Model } from "./model.js"
import { max17048Level, max17048Millivolts, max17048Rate } from "./conversion.js"
import { part } from "./part.js"

const program = new PartProgram("max17048", part)
const PLAIN = program.variant()

const SETTLED = [QUALITY_OK, QUALITY_OK, QUALITY_OK]
const SETTLING = [QUALITY_OK, QUALITY_WARMING_UP, QUALITY_WARMING_UP]
const HOUR_MS = 3_600_000

function cell(): MAX17048Model {
    return new MAX17048Model()
        .feed("battery_voltage", 3.9)
        .feed("battery_level", 72.5)
        .feed("charge_rate", -0.02)
}

function rigOf(model: MAX17048Model): DriverRig {
    return program.rig(PLAIN, model, { everyMs: 60_000 })
}

function reset(rig: DriverRig, model: MAX17048Model): void {
    model.brownOut(rig.world.clock.wallMs)
}

function word(rig: DriverRig, model: MAX17048Model, register: number): number {
    const { data } = model.transfer(Uint8Array.of(register), 2, rig.world.clock.wallMs)
    return (data[0] << 8) | data[1]
}

describe("MAX17048", () => {
    it("does not trust its first guess for an hour, and then clears the reset indicator", async () => {
        const model = cell()
        const rig = rigOf(model)
        const samples = await rig.run(HOUR_MS + 180_000)
        expect(samples[0]).toMatchObject({ values: [3900, 725, -208], qualities: SETTLING })
        const settled = samples.findIndex(({ qualities }) => qualities[1] === QUALITY_OK)
        expect(samples[settled].at / 60e6, "min until it is settled").toBeCloseTo(61, 0)
        expect(samples.at(-1)?.qualities).toEqual(SETTLED)
        expect(word(rig, model, 0x1a)).toBe(0)
        expect(model.illegalAccesses).toEqual([])
    })

    it("takes a part that was running before the board's reset as settled, without a wait", async () => {
        const model = cell()
        const rig = rigOf(model)
        const now = rig.world.clock.wallMs
        model.brownOut(now - 5000)
        for (const register of [0x0a, 0x1a]) model.transfer(Uint8Array.of(register, 0, 0), 0, now)
        const [sample] = await rig.take(1)
        expect(sample.qualities).toEqual(SETTLED)
        expect(sample.ms).toBeLessThan(300)
    })

    it("notices a battery that was taken out meanwhile, and begins to settle anew", async () => {
        const model = cell()
        const rig = rigOf(model)
        await rig.run(HOUR_MS + 180_000)
        reset(rig, model)
        const [lost, again] = await rig.take(2)
        expect(lost.qualities).toEqual([QUALITY_NOT_READY, QUALITY_NOT_READY, QUALITY_NOT_READY])
        expect(again.qualities).toEqual(SETTLING)
    })

    it("wakes a part that other firmware put to sleep, and does not trust its level for an hour", async () => {
        const model = cell()
        const rig = rigOf(model)
        const now = rig.world.clock.wallMs
        // It has measured 3.9 V and settled; then it sleeps, set up as our driver does it.
        model.brownOut(now - 60_000)
        model.transfer(Uint8Array.of(0x02), 2, now - 50_000)
        for (const [register, high, low] of [
            [0x1a, 0, 0],
            [0x0a, 0, 0x30],
            [0x06, 0x20, 0],
            [0x0c, 0x97, 0x9c],
        ])
            model.transfer(Uint8Array.of(register, high, low), 0, now - 40_000)
        model.feed("battery_voltage", 3.2)
        const [awake] = await rig.take(1)
        expect(awake).toMatchObject({ values: [3200, 725, -208], qualities: SETTLING })
        const samples = await rig.run(HOUR_MS + 180_000)
        expect(samples.at(-1)?.qualities).toEqual(SETTLED)
        expect(model.illegalAccesses).toEqual([])
    })

    it("never hibernates: its readings are no older than a quarter of a second", async () => {
        const model = cell().feed("battery_voltage", ms => 3 + ((ms / 1000) % 1000) / 1000)
        const rig = rigOf(model)
        let worst = 0
        rig.onSample = ({ values }) => {
            const now = 3000 + ((rig.world.clock.wallMs / 1000) % 1000)
            worst = Math.max(worst, Math.abs(now - values[0]))
        }
        await rig.run(800_000)
        // 1 mV per s; the sample itself takes up to 0.2 s, its first one 1 s more.
        expect(worst, "mV behind").toBeLessThan(1.5)
    })
})

conversionsAgree(program, [
    { convert: max17048Level, args: "input - 32768", here: input => max17048Level(input - 32768) },
    {
        convert: max17048Millivolts,
        args: "input - 32768",
        here: input => max17048Millivolts(input - 32768),
    },
    { convert: max17048Rate, args: "input - 32768", here: input => max17048Rate(input - 32768) },
])

commonSuite(program)
