/** What the pin suite does not cover: totals over restarts, scales, options. */
import { describe, expect, it } from "vitest"
import { DriverRig, type RigSample } from "../../../sim/rig/driver-rig.js"
import { QUALITY_NOT_READY, QUALITY_OK, QUALITY_OUT_OF_RANGE } from "../../core/quality.js"
import { LOOP_MS } from "../pins/service-model.js"
import { RotaryEncoderModel } from "./model.js"

const ENCODER = { className: "PulseCounter", folder: "pulses", role: "RotaryEncoder" }
const GAUGE = { className: "RainGauge", folder: "raingauge", role: "RotaryEncoder" }
const WIND = { className: "Anemometer", folder: "anemometer", role: "RotaryEncoder" }
const CONTACT = { className: "Contact", folder: "contact", role: "Button" }
const ANALOG = { className: "AnalogInput", folder: "analog", role: "Potentiometer" }
const SOIL = { className: "SoilMoisture", folder: "soil", role: "SoilMoisture" }
const SOUND = { className: "SoundLevel", folder: "sound", role: "SoundLevel" }

/** All drivers of this file, so that one program does for all tests. */
const DRIVERS = {
    pulses: ENCODER,
    gauge: GAUGE,
    fine: { ...GAUGE, options: "{ mmPerTip: 0.2 }" },
    finest: { ...GAUGE, options: "{ mmPerTip: 0.01 }" },
    coarsest: { ...GAUGE, options: "{ mmPerTip: 10 }" },
    wind: { ...WIND, options: "{ speedPerHertz: 0.7, startSpeed: 0.3 }" },
    noTip: { ...GAUGE, options: "{ mmPerTip: 0 }" },
    hugeTip: { ...GAUGE, options: "{ mmPerTip: 11 }" },
    noSpeed: { ...WIND, options: "{ speedPerHertz: 0 }" },
    backwards: { ...WIND, options: "{ startSpeed: -1 }" },
    bouncing: { ...CONTACT, options: "{ debounceMs: -1 }" },
    noScale: { ...ANALOG, options: "{ fullScaleMillivolts: 0 }" },
    manySamples: { ...ANALOG, options: "{ samples: 65 }" },
    onePoint: { ...SOIL, options: "{ dry: 5 }" },
    samePoints: { ...SOIL, options: "{ dry: 5, wet: 5 }" },
    lowScale: { ...SOUND, options: "{ fullScaleMillivolts: 1000 }" },
} as const
type DriverName = keyof typeof DRIVERS

function rigOf(
    model: RotaryEncoderModel,
    driver: DriverName = "pulses",
    everyMs = 2000
): DriverRig {
    const index = Object.keys(DRIVERS).indexOf(driver)
    const drivers = Object.values(DRIVERS)
    const rig = new DriverRig({ drivers, running: [index], models: [], pins: [model], everyMs })
    return rig
}

/** The last of so many samples. */
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
        const rig = rigOf(model, "pulses", 100)
        for (const { qualities } of (await rig.take(20)).slice(1))
            expect(qualities).toEqual([QUALITY_OK, QUALITY_NOT_READY])
    })

    it("of 450 Hz on a Pico is within ±1 pulse, and of more than it can count a gap", async () => {
        const model = new RotaryEncoderModel({ loopMs: LOOP_MS.pico }).feed("frequency", 450)
        const rig = rigOf(model, "pulses", 10_000)
        const { values } = await nth(rig, 3)
        expect(Math.abs(values[1] - 450_000), `${values[1]} mHz`).toBeLessThan(450)
        const wild = new RotaryEncoderModel({ loopMs: 0.1 }).feed("frequency", 900)
        expect((await nth(rigOf(wild), 3)).qualities).toEqual([QUALITY_OK, QUALITY_OUT_OF_RANGE])
    })
})

describe("RainGauge", () => {
    it.each([
        ["gauge", 2794],
        ["fine", 2000],
        ["finest", 100],
        ["coarsest", 100_000],
    ] as const)("%s has steps of %d / 10,000 mm", async (driver, numerator) => {
        const rig = rigOf(new RotaryEncoderModel(), driver)
        await rig.take(1)
        const [channel] = rig.channels[Object.keys(DRIVERS).indexOf(driver)]
        expect([channel.scaleNumerator, channel.scaleDenominator]).toEqual([numerator, 10_000])
    })

    it("counts tips of a cloudburst one by one", async () => {
        // 0.5 tips a second are 500 mm/h.
        const rig = rigOf(new RotaryEncoderModel().feed("frequency", 0.5), "gauge")
        const { values } = await nth(rig, 61)
        expect(Math.abs(values[0] - 60), `${values[0]} tips in 2 min`).toBeLessThanOrEqual(1)
    })
})

describe("Anemometer", () => {
    it("turns a rate into wind, and stands still without any", async () => {
        const model = new RotaryEncoderModel().feed("frequency", 10)
        const rig = rigOf(model, "wind", 20_000)
        const { values } = await nth(rig, 4)
        expect(Math.abs(values[0] - 730), `${values[0] / 100} m/s`).toBeLessThanOrEqual(4)
        model.feed("frequency", 0)
        expect((await nth(rig, 2)).values).toEqual([0])
    })
})

it.each([
    ["noTip", "mmPerTip must be 0.01 to 10 mm, got 0"],
    ["hugeTip", "mmPerTip must be 0.01 to 10 mm, got 11"],
    ["noSpeed", "speedPerHertz must be 0.01 to 10 m/s, got 0"],
    ["backwards", "startSpeed must be 0 to 2 m/s, got -1"],
    ["bouncing", "debounceMs must be 0 to 1000 ms, got -1"],
    ["noScale", "analog scale must be rising"],
    ["manySamples", "samples must be 1 to 64, got 65"],
    ["onePoint", "needs both points"],
    ["samePoints", "dry and wet must be two readings"],
    ["lowScale", "must be 2600 to 10000 mV, got 1000"],
] as const)("options out of range are refused in words: %s", async (driver, message) => {
    const rig = rigOf(new RotaryEncoderModel(), driver)
    await expect(rig.take(1, 3000)).rejects.toThrow(message)
})
