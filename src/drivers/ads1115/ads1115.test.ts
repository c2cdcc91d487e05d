import { describe, expect, it } from "vitest"
import { PartProgram } from "../../../sim/parts/part-program.js"
import { type RigSample } from "../../../sim/parts/driver-rig.js"
import { conversionsAgree, functionsAgree } from "../../../tests/parts/conversions.js"
import { commonSuite } from "../../../tests/parts/suite.js"
import {
    QUALITY_ABSENT,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
} from "../../core/quality.js"
import { type Signal } from "../shared/register-model.js"
import { decibels } from "../../core/decibel.js"
import { ADS1115Model } from "./model.js"
import { ads1115Microvolts } from "./conversion.js"
import { part } from "./part.js"

const IMPORTS = ["level-probe LevelProbe", "soil-probe SoilProbe", "loudness Loudness"]
    .map(line => line.split(" "))
    .map(([file, name]) => `import { ${name} } from "../src/drivers/shared/voltage/${file}.js"`)
    .join("\n")

const program = new PartProgram("ads1115", part, IMPORTS)
const reading = (...inputs: string[]) => program.variant(`{ inputs: [${inputs.join(", ")}] }`)
const DIFFERENCES = program.variant(
    '{ inputs: [{ pins: "a0-a1" }, { pins: "a2-a3" }], prefix: "north_" }'
)
const ONE_PIN = reading('{ pins: "a0" }')
const ONE_VOLT = reading('{ pins: "a0", fullScaleMillivolts: 1024 }')
const LEVEL = reading(
    '{ pins: "a0", as: new LevelProbe({ shuntMilliohms: 100000, rangeMillimetres: 5000 }) }',
    '{ pins: "a1" }'
)
const SOIL = reading(
    '{ pins: "a3", as: new SoilProbe({ dryMillivolts: 2800, wetMillivolts: 1200 }) }'
)
const LOUDNESS = reading('{ pins: "a0", as: new Loudness(), fullScaleMillivolts: 4096 }')
const REFUSED = [
    ['{ pins: "a0", fullScaleMillivolts: 5000 }', "fullScaleMillivolts"],
    ['{ pins: "a4" as "a0" }', "no inputs a4"],
].map(([input, message]) => [input, message, reading(input)] as const)

function rigOf(driver: number, pins: Record<string, Signal>) {
    const model = new ADS1115Model()
    for (const [pin, signal] of Object.entries(pins)) model.feed(pin, signal)
    return { rig: program.rig(driver, model), model }
}

async function sampleOf(driver: number, pins: Record<string, Signal>): Promise<RigSample> {
    const { rig, model } = rigOf(driver, pins)
    const [sample] = await rig.take(1)
    expect(model.illegalAccesses).toEqual([])
    return sample
}

describe("ADS1115", () => {
    it("measures differences of two pins, with their sign", async () => {
        const { rig } = rigOf(DIFFERENCES, { a0: 1, a1: 1.05, a2: 3.3, a3: 0.3 })
        const [sample] = await rig.take(1)
        expect(sample.values).toEqual([-500, 30_000])
        expect(rig.channels[DIFFERENCES].map(({ name }) => name)).toEqual([
            "north_a0_a1_voltage",
            "north_a2_a3_voltage",
        ])
    })

    it("needs one conversion for a voltage that stays, and at most three for one that moves", async () => {
        let volts = 0.1
        const { rig, model } = rigOf(ONE_PIN, { a0: () => volts })
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
        const sample = await sampleOf(ONE_VOLT, { a0: 3 })
        expect(sample).toMatchObject({ values: [10_240], qualities: [QUALITY_SATURATED] })
    })

    it("turns a current loop into a level, and a broken one into a gap beside good inputs", async () => {
        let volts = 1.2
        const { rig } = rigOf(LEVEL, { a0: () => volts, a1: 1 })
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
        const sample = await sampleOf(SOIL, { a3: 2 })
        expect(sample).toMatchObject({ values: [500], qualities: [QUALITY_OK] })
    })

    it("tells a loud microphone from a quiet one, within the time of a sample", async () => {
        const tone = (amplitude: number) => (ms: number) =>
            1.65 + amplitude * Math.sin((2 * Math.PI * 437 * ms) / 1000)
        const loud = await sampleOf(LOUDNESS, { a0: tone(0.5) })
        const quiet = await sampleOf(LOUDNESS, { a0: tone(0.05) })
        // 0.5 V of amplitude are 353.6 mV RMS: 51.0 dB above 1 mV.
        expect(Math.abs(loud.values[0] - 510), `${loud.values[0]} × 0.1 dB`).toBeLessThan(20)
        expect(Math.abs(loud.values[0] - quiet.values[0] - 200)).toBeLessThan(20)
        expect(loud.ms).toBeLessThan(2000)
    })

    it("leaves reads of a bus that nobody drives out of a microphone's burst", async () => {
        const { rig, model } = rigOf(LOUDNESS, { a0: 1.65 })
        for (const byte of [0x00, 0xff] as const) {
            const [{ values: quiet }] = await rig.take(1)
            model.faults.restingBus = { byte, reads: 20, isLasting: false }
            const [{ values }] = await rig.take(1)
            expect(model.faults.restingBus).toBeUndefined()
            expect(values, "× 0.1 dB").toEqual(quiet)
        }
    })

    it.each(REFUSED)("refuses %s", async (_input, message, driver) => {
        const { rig } = rigOf(driver, {})
        await expect(rig.run(500)).rejects.toThrow(message)
    })
})

conversionsAgree(program, [
    {
        convert: ads1115Microvolts,
        args: "input - 32768, 0",
        here: input => ads1115Microvolts(input - 32768, 0),
    },
    {
        convert: ads1115Microvolts,
        args: "input - 32768, 5",
        here: input => ads1115Microvolts(input - 32768, 5),
    },
])

functionsAgree(program, "src/core/decibel", [
    {
        convert: decibels,
        args: "input * 65537, 1000",
        here: input => decibels(input * 65537, 1000),
        pauseEvery: 64,
    },
])

commonSuite(program)
