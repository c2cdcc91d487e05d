import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig } from "../../../sim/parts/driver-rig.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_SATURATED,
    QUALITY_STALE,
    QUALITY_WARMING_UP,
} from "../../core/quality.js"
import { PMSA003IModel } from "./model.js"
import { part } from "./part.js"

const program = new PartProgram("pmsa003i", part)
const DRIVERS = ["{}", "{ counts: true }", "{ standard: true }"].map(options =>
    program.variant(options)
)

/** Each input has a value of its own. */
function streetModel(): PMSA003IModel {
    const model = new PMSA003IModel()
    model.channels.forEach(({ name }, i) => model.feed(name, 100 * i + 7))
    return model
}

function rigOf(model: PMSA003IModel, running: number, everyMs: number): DriverRig {
    return program.rig(DRIVERS[running], model, { everyMs })
}

describe("PMSA003I", () => {
    it("gives the mass for open air, that of standard particles, or the numbers too", async () => {
        const expected = [
            [307, 407, 507],
            [307, 407, 507, 607, 707, 807, 907, 1007, 1107],
            [7, 107, 207],
        ]
        for (const [running, values] of expected.entries()) {
            const [sample] = await rigOf(streetModel(), running, 3000).take(1)
            expect(sample.values).toEqual(values)
        }
    })

    it("is warming up for 30 s, and again after it was unplugged", async () => {
        const model = streetModel()
        const rig = rigOf(model, 0, 10_000)
        const qualities = async (count: number) =>
            (await rig.take(count)).map(sample => sample.qualities[0])
        const [first, ...rest] = await qualities(6)
        expect(first).toBe(QUALITY_WARMING_UP)
        expect(rest.slice(3)).toEqual([QUALITY_OK, QUALITY_OK])
        model.faults.unplugged = true
        await rig.take(1)
        model.faults.unplugged = false
        expect((await qualities(2)).pop()).toBe(QUALITY_WARMING_UP)
        expect((await qualities(4)).pop()).toBe(QUALITY_OK)
    })

    it("marks mass beyond the effective range of 500 µg/m³, and keeps the value", async () => {
        const model = new PMSA003IModel().feed("pm1", 500).feed("pm25", 501).feed("pm10", 65_535)
        const sample = (await rigOf(model, 0, 10_000).take(6))[5]
        expect(sample.values).toEqual([500, 501, 65_535])
        expect(sample.qualities).toEqual([QUALITY_OK, QUALITY_SATURATED, QUALITY_SATURATED])
    })

    it("gives no frame twice: stale when asked again before there must be a new one", async () => {
        const model = new PMSA003IModel().feed("pm25", ms => Math.floor(ms / 100) % 60_000)
        const samples = await rigOf(model, 0, 700).take(60)
        const fresh = samples.filter(({ qualities }) => qualities[1] !== QUALITY_STALE)
        expect(fresh.length).toBeGreaterThan(12)
        expect(new Set(fresh.map(({ values }) => values[1])).size).toBe(fresh.length)
    })

    it("gives no readings from a frame whose sum is wrong, once", async () => {
        const model = streetModel()
        const rig = rigOf(model, 0, 3000)
        await rig.take(1)
        model.faults.flipCrcWord = 1
        const [struck, next] = await rig.take(2)
        expect(struck.qualities).toEqual([QUALITY_CRC, QUALITY_CRC, QUALITY_CRC])
        expect(next.values).toEqual([307, 407, 507])
    })

    it("gives no readings while the part reports an error", async () => {
        const model = streetModel()
        model.error = 3
        const [sample] = await rigOf(model, 0, 3000).take(1)
        expect(sample.qualities[0]).toBe(QUALITY_NOT_READY)
        expect(sample.lastError).toContain("error 3")
    })
})

commonSuite(program)
