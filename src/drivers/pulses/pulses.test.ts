/** Beside the common suite: totals over restarts, scales, options, also of other parts on pins. */
import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type DriverRig, type RigSample } from "../../../sim/parts/driver-rig.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import { QUALITY_NOT_READY, QUALITY_OK, QUALITY_OUT_OF_RANGE } from "../../core/quality.js"
import { LOOP_MS } from "../shared/pins/service-model.js"
import { RotaryEncoderModel } from "./model.js"
import { part } from "./part.js"

const program = new PartProgram("pulses", part)
const gauge = (options?: string) => other("RainGauge", "raingauge", "RotaryEncoder", options)
const wind = (options: string) => other("Anemometer", "anemometer", "RotaryEncoder", options)
const analog = (options: string) => other("AnalogInput", "analog", "Potentiometer", options)
const soil = (options: string) => other("SoilMoisture", "soil", "SoilMoisture", options)

const PULSES = program.variant()
const GAUGE = gauge()
const WIND = wind("{ speedPerHertz: 0.7, startSpeed: 0.3 }")
const SCALES = [
    ["the usual gauge", 2794, GAUGE],
    ["0.2 mm a tip", 2000, gauge("{ mmPerTip: 0.2 }")],
    ["the finest", 100, gauge("{ mmPerTip: 0.01 }")],
    ["the coarsest", 100_000, gauge("{ mmPerTip: 10 }")],
] as const
const REFUSED = [
    ["mmPerTip must be 0.01 to 10 mm, got 0", gauge("{ mmPerTip: 0 }")],
    ["mmPerTip must be 0.01 to 10 mm, got 11", gauge("{ mmPerTip: 11 }")],
    ["speedPerHertz must be 0.01 to 10 m/s, got 0", wind("{ speedPerHertz: 0 }")],
    ["startSpeed must be 0 to 2 m/s, got -1", wind("{ startSpeed: -1 }")],
    [
        "debounceMs must be 0 to 1000 ms, got -1",
        other("Contact", "contact", "Button", "{ debounceMs: -1 }"),
    ],
    ["analog scale must be rising", analog("{ fullScaleMillivolts: 0 }")],
    ["samples must be 1 to 64, got 65", analog("{ samples: 65 }")],
    ["needs both points", soil("{ dry: 5 }")],
    ["dry and wet must be two readings", soil("{ dry: 5, wet: 5 }")],
    [
        "must be 2600 to 10000 mV, got 1000",
        other("SoundLevel", "sound", "SoundLevel", "{ fullScaleMillivolts: 1000 }"),
    ],
] as const

/** Another driver of the same program. */
function other(className: string, folder: string, role: string, options?: string): number {
    return program.driver({
        className,
        folder,
        role,
        ...(options === undefined ? {} : { options }),
    })
}

function rigOf(model: RotaryEncoderModel, driver = PULSES, everyMs = 2000): DriverRig {
    return program.rig(driver, model, { everyMs })
}

/** The last of N samples. */
async function nth(rig: DriverRig, count: number): Promise<RigSample> {
    return (await rig.take(count)).at(-1) as RigSample
}

describe("PulseCounter", () => {
    it("has no rate at its first sample, and then one", async () => {
        const rig = rigOf(new RotaryEncoderModel().feed("frequency", 8))
        const [first, second] = await rig.take(2)
        expect(first.qualities).toEqual([QUALITY_OK, QUALITY_NOT_READY])
        expect(second.qualities).toEqual([QUALITY_OK, QUALITY_OK])
        expect(Math.abs(second.values[1] - 8000), `${second.values[1]} mHz`).toBeLessThan(600)
    })

    it("counts on when the firmware's count comes around at 2²⁹", async () => {
        const model = new RotaryEncoderModel({ firstCount: 2 ** 29 - 30 }).feed("frequency", 10)
        const rig = rigOf(model)
        const { values } = await nth(rig, 6)
        expect(Math.abs(values[0] - 100), `${values[0]} pulses in 10 s of 10 Hz`).toBeLessThan(3)
    })

    it("begins at 0 where the firmware does not: after a restart of the program", async () => {
        const model = new RotaryEncoderModel({ firstCount: 12_345 }).feed("frequency", 10)
        const [first, second] = await rigOf(model).take(2)
        expect(first.values[0]).toBe(0)
        expect(Math.abs(second.values[0] - 20), `${second.values[0]} pulses`).toBeLessThan(3)
    })

    it("begins at 0 again after a loss of power, without a jump", async () => {
        const model = new RotaryEncoderModel().feed("frequency", 10)
        const rig = rigOf(model)
        expect((await nth(rig, 10)).values[0]).toBeGreaterThan(150)
        rig.node.powerCut(1000)
        const [first, second] = await rig.take(2)
        expect(first.values[0]).toBe(0)
        expect(second.values[0]).toBeLessThan(25)
    })

    it("keeps its total when a module with a supply of its own begins anew", async () => {
        const model = new RotaryEncoderModel().feed("frequency", 10)
        const rig = rigOf(model)
        const before = (await nth(rig, 10)).values[0]
        model.restart()
        const after = (await nth(rig, 5)).values[0]
        expect(after).toBeGreaterThanOrEqual(before)
        expect(after).toBeLessThan(before + 110)
    })

    it("takes no notice of pulses between two samples of the same moment", async () => {
        const model = new RotaryEncoderModel({ loopMs: LOOP_MS.pico }).feed("frequency", 100)
        const rig = rigOf(model, PULSES, 100)
        for (const { qualities } of (await rig.take(20)).slice(1))
            expect(qualities).toEqual([QUALITY_OK, QUALITY_NOT_READY])
    })

    it("of 450 Hz on a Pico is within ±1 pulse, and of more than it can count a gap", async () => {
        const model = new RotaryEncoderModel({ loopMs: LOOP_MS.pico }).feed("frequency", 450)
        const rig = rigOf(model, PULSES, 10_000)
        const { values } = await nth(rig, 3)
        expect(Math.abs(values[1] - 450_000), `${values[1]} mHz`).toBeLessThan(450)
        const wild = new RotaryEncoderModel({ loopMs: 0.1 }).feed("frequency", 900)
        expect((await nth(rigOf(wild), 3)).qualities).toEqual([QUALITY_OK, QUALITY_OUT_OF_RANGE])
    })
})

describe("RainGauge", () => {
    it.each(SCALES)("%s has steps of %d / 10,000 mm", async (_what, numerator, driver) => {
        const rig = rigOf(new RotaryEncoderModel(), driver)
        await rig.take(1)
        const [channel] = rig.channels[driver]
        expect([channel.scaleNumerator, channel.scaleDenominator]).toEqual([numerator, 10_000])
    })

    it("counts tips of a cloudburst one by one", async () => {
        // 0.5 tips a second are 500 mm/h.
        const rig = rigOf(new RotaryEncoderModel().feed("frequency", 0.5), GAUGE)
        const { values } = await nth(rig, 61)
        expect(Math.abs(values[0] - 60), `${values[0]} tips in 2 min`).toBeLessThanOrEqual(1)
    })
})

describe("Anemometer", () => {
    it("turns a rate into wind, and stands still without any", async () => {
        const model = new RotaryEncoderModel().feed("frequency", 10)
        const rig = rigOf(model, WIND, 20_000)
        const { values } = await nth(rig, 4)
        expect(Math.abs(values[0] - 730), `${values[0] / 100} m/s`).toBeLessThanOrEqual(4)
        model.feed("frequency", 0)
        expect((await nth(rig, 2)).values).toEqual([0])
    })
})

it.each(REFUSED)("options out of range are refused in words: %s", async (message, driver) => {
    const rig = rigOf(new RotaryEncoderModel(), driver)
    await expect(rig.take(1, 3000)).rejects.toThrow(message)
})

commonSuite(program)
