import { describe, expect, it } from "vitest"
import { DriverRig, type RigSample } from "../../../sim/rig/driver-rig.js"
import {
    QUALITY_ABSENT,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
} from "../../core/quality.js"
import { type Signal } from "../register-model.js"
import { ADS1115Model } from "./model.js"

const IMPORTS = ["level-probe LevelProbe", "soil-probe SoilProbe", "loudness Loudness"]
    .map(line => line.split(" "))
    .map(([file, name]) => `import { ${name} } from "../src/drivers/voltage/${file}.js"`)
    .join("\n")

function rigOf(options: string | undefined, pins: Record<string, Signal>) {
    const model = new ADS1115Model()
    for (const [pin, signal] of Object.entries(pins)) model.feed(pin, signal)
    const driver = { folder: "ads1115", className: "ADS1115", imports: IMPORTS }
    const rig = new DriverRig({
        drivers: [options === undefined ? driver : { ...driver, options }],
        models: [model],
    })
    return { rig, model }
}

async function sampleOf(options: string, pins: Record<string, Signal>): Promise<RigSample> {
    const { rig, model } = rigOf(options, pins)
    const [sample] = await rig.take(1)
    expect(model.illegalAccesses).toEqual([])
    return sample
}

describe("ADS1115", () => {
    it("measures differences of two pins, with their sign", async () => {
        const options = '{ inputs: [{ pins: "a0-a1" }, { pins: "a2-a3" }], prefix: "north_" }'
        const { rig } = rigOf(options, { a0: 1, a1: 1.05, a2: 3.3, a3: 0.3 })
        const [sample] = await rig.take(1)
        expect(sample.values).toEqual([-500, 30_000])
        expect(rig.channels[0].map(({ name }) => name)).toEqual([
            "north_a0_a1_voltage",
            "north_a2_a3_voltage",
        ])
    })

    it("needs one conversion for a voltage that stays, and at most three for one that moves", async () => {
        let volts = 0.1
        const { rig, model } = rigOf('{ inputs: [{ pins: "a0" }] }', { a0: () => volts })
        const counts: number[] = []
        for (const next of [0.1, 0.1, 5, 5, 0.1, 0.1]) {
            volts = next
            let conversions = 0
            model.onHandedOut = () => conversions++
            const [sample] = await rig.take(1)
            expect(Math.abs(sample.values[0] - 10_000 * next), `${next} V`).toBeLessThan(1.5)
            counts.push(conversions)
        }
        expect(counts).toEqual([2, 1, 2, 1, 2, 1])
    })

    it("says that a fixed range is at its end", async () => {
        const options = '{ inputs: [{ pins: "a0", fullScaleMillivolts: 1024 }] }'
        const sample = await sampleOf(options, { a0: 3 })
        expect(sample).toMatchObject({ values: [10_240], qualities: [QUALITY_SATURATED] })
    })

    it("turns a current loop into a level, and a broken one into a gap beside good inputs", async () => {
        let volts = 1.2
        const level = "new LevelProbe({ shuntMilliohms: 100000, rangeMillimetres: 5000 })"
        const { rig } = rigOf(`{ inputs: [{ pins: "a0", as: ${level} }, { pins: "a1" }] }`, {
            a0: () => volts,
            a1: 1,
        })
        expect((await rig.take(1))[0]).toMatchObject({ values: [2500, 10_000] })
        volts = 0
        const [broken] = await rig.take(1)
        expect(broken.qualities).toEqual([QUALITY_ABSENT, QUALITY_OK])
        expect(broken.lastError).toBe(
            "level: below 3.6 mA, the wire is broken or the probe has no supply"
        )
        volts = 2.2
        expect((await rig.take(1))[0].qualities).toEqual([QUALITY_OUT_OF_RANGE, QUALITY_OK])
        volts = 0.4
        expect((await rig.take(1))[0]).toMatchObject({ values: [0, 10_000] })
    })

    it("turns a probe's voltage into soil moisture", async () => {
        const soil = "new SoilProbe({ dryMillivolts: 2800, wetMillivolts: 1200 })"
        const sample = await sampleOf(`{ inputs: [{ pins: "a3", as: ${soil} }] }`, { a3: 2 })
        expect(sample).toMatchObject({ values: [500], qualities: [QUALITY_OK] })
    })

    it("tells a loud microphone from a quiet one, within the time of a sample", async () => {
        const loudness =
            '{ inputs: [{ pins: "a0", as: new Loudness(), fullScaleMillivolts: 4096 }] }'
        const tone = (amplitude: number) => (ms: number) =>
            1.65 + amplitude * Math.sin((2 * Math.PI * 437 * ms) / 1000)
        const loud = await sampleOf(loudness, { a0: tone(0.5) })
        const quiet = await sampleOf(loudness, { a0: tone(0.05) })
        // 0.5 V of amplitude are 353.6 mV RMS: 51.0 dB above 1 mV.
        expect(Math.abs(loud.values[0] - 510), `${loud.values[0]} × 0.1 dB`).toBeLessThan(20)
        expect(Math.abs(loud.values[0] - quiet.values[0] - 200)).toBeLessThan(20)
        expect(loud.ms).toBeLessThan(2000)
    })

    it.each([
        ['{ inputs: [{ pins: "a0", fullScaleMillivolts: 5000 }] }', "fullScaleMillivolts"],
        ['{ inputs: [{ pins: "a4" as "a0" }] }', "no inputs a4"],
    ])("refuses %s", async (options, message) => {
        const { rig } = rigOf(options, {})
        await expect(rig.run(500)).rejects.toThrow(message)
    })
})
