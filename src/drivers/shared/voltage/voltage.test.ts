import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    QUALITY_ABSENT,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
} from "../../../core/quality.js"
import { decibels, log2Q12 } from "../../../core/decibel.js"
import { LevelProbe } from "./level-probe.js"
import { Loudness } from "./loudness.js"
import { type AnalogQuantity } from "./quantity.js"
import { SoilProbe } from "./soil-probe.js"

function at(quantity: AnalogQuantity, ...microvolts: number[]): [number, number] {
    quantity.evaluate(microvolts)
    return [quantity.value, quantity.quality]
}

describe("LevelProbe", () => {
    const probe = () => new LevelProbe({ shuntMilliohms: 100_000, rangeMillimetres: 5000 })

    it("keeps the limits of NAMUR NE 43", () => {
        const level = probe()
        for (const [microamps, quality] of [
            [0, QUALITY_ABSENT],
            [3599, QUALITY_ABSENT],
            [3600, QUALITY_SATURATED],
            [3799, QUALITY_SATURATED],
            [3800, QUALITY_OK],
            [4000, QUALITY_OK],
            [20_500, QUALITY_OK],
            [20_501, QUALITY_SATURATED],
            [21_000, QUALITY_SATURATED],
            [21_001, QUALITY_OUT_OF_RANGE],
            [-100, QUALITY_ABSENT],
        ])
            expect(at(level, microamps * 100)[1], `${microamps} µA`).toBe(quality)
    })

    it("is within its channel's limits wherever it gives a value", () => {
        const channel = probe().channel("north_")
        expect(channel).toMatchObject({ name: "north_level", min: -125, max: 5313 })
        expect(at(probe(), 360_000)[0]).toBe(-125)
        expect(at(probe(), 2_100_000)[0]).toBe(5313)
    })

    it("is right to half a millimetre for every shunt, range and voltage", () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 1000, max: 290_000 }),
                fc.integer({ min: 1, max: 200_000 }),
                fc.double({ min: 3.6, max: 21, noNaN: true }),
                (shuntMilliohms, rangeMillimetres, milliamps) => {
                    const microvolts = Math.round(milliamps * shuntMilliohms)
                    const current = microvolts / shuntMilliohms
                    fc.pre(current >= 3.6 && current <= 21)
                    const exact = ((current - 4) * rangeMillimetres) / 16
                    const level = new LevelProbe({ shuntMilliohms, rangeMillimetres })
                    const [value] = at(level, microvolts)
                    expect(Math.abs(value - exact), `${exact} mm`).toBeLessThanOrEqual(0.5 + 1e-6)
                }
            )
        )
    })

    it("refuses options that make no sense", () => {
        for (const [shuntMilliohms, rangeMillimetres] of [
            [100, 5000],
            [300_000, 5000],
            [100_000, 0],
            [100_000.5, 5000],
        ])
            expect(() => new LevelProbe({ shuntMilliohms, rangeMillimetres })).toThrow(RangeError)
    })
})

describe("SoilProbe", () => {
    it("is a straight line between the points, whichever of them is higher", () => {
        const falling = new SoilProbe({ dryMillivolts: 2800, wetMillivolts: 1200 })
        const rising = new SoilProbe({ dryMillivolts: 0, wetMillivolts: 3000 })
        expect([2_800_000, 2_400_000, 1_200_000].map(uV => at(falling, uV)[0])).toEqual([
            0, 250, 1000,
        ])
        expect([0, 750_000, 3_000_000].map(uV => at(rising, uV)[0])).toEqual([0, 250, 1000])
    })

    it("stays at its ends a little beyond them, and gives nothing far away", () => {
        const soil = new SoilProbe({ dryMillivolts: 2800, wetMillivolts: 1200 })
        expect(at(soil, 2_900_000)).toEqual([0, QUALITY_SATURATED])
        expect(at(soil, 1_000_000)).toEqual([1000, QUALITY_SATURATED])
        expect(at(soil, 0)[1]).toBe(QUALITY_OUT_OF_RANGE)
        expect(at(soil, 3_700_000)[1]).toBe(QUALITY_OUT_OF_RANGE)
    })

    it("refuses points that are no two points", () => {
        for (const wetMillivolts of [2800, 2750, -1, 7000])
            expect(() => new SoilProbe({ dryMillivolts: 2800, wetMillivolts })).toThrow(RangeError)
    })
})

describe("decibels", () => {
    it("are within 0.06 dB of the logarithm over the whole range of powers", () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
                fc.integer({ min: 0, max: 52 }),
                fc.integer({ min: 1, max: 1_000_000 }),
                (big, shift, reference) => {
                    const power = Math.max(1, Math.floor(big / 2 ** shift))
                    const exact = 100 * Math.log10(power / (reference * reference))
                    const error = Math.abs(decibels(power, reference * reference) - exact)
                    expect(error, `${power} / ${reference}² in 0.1 dB`).toBeLessThan(0.6)
                }
            ),
            { numRuns: 5000 }
        )
    })

    it("never fall when the power grows, and know the powers of two", () => {
        for (let exponent = 0; exponent < 53; exponent++)
            expect(log2Q12(2 ** exponent)).toBe(4096 * exponent)
        for (let power = 2; power < 20_000; power++)
            if (log2Q12(power) < log2Q12(power - 1)) expect.fail(`${power}`)
        expect([100, 1, 0].map(power => decibels(power, 1))).toEqual([200, 0, 0])
    })
})

describe("Loudness", () => {
    const square = (amplitude: number, readings: number) =>
        Array.from({ length: readings }, (_, i) => 1_650_000 + (i % 2 === 0 ? 1 : -1) * amplitude)

    it("is the RMS of the alternating part above its reference", () => {
        expect(at(new Loudness(), ...square(100_000, 64))).toEqual([400, QUALITY_OK])
        expect(at(new Loudness({ referenceMicrovolts: 10_000 }), ...square(1000, 64))[0]).toBe(-200)
        expect(at(new Loudness(), ...square(0, 64))[0]).toBe(-600)
    })

    it("is the distance of the extremes, where that is asked for", () => {
        const loudness = new Loudness({ of: "peakToPeak", readings: 8 })
        expect(at(loudness, ...square(50_000, 8))[0]).toBe(400)
    })

    it("does not overflow with the largest signal that the converter knows", () => {
        const loudness = new Loudness({ readings: 128, referenceMicrovolts: 1 })
        const extremes = Array.from({ length: 128 }, (_, i) => (i % 2 === 0 ? 6144 : -6144) * 1000)
        const [value] = at(loudness, ...extremes)
        expect(value).toBe(1358)
        expect(value).toBeLessThanOrEqual(loudness.channel("").max)
    })

    it("refuses too few and too many readings", () => {
        for (const readings of [0, 7, 129, 8.5])
            expect(() => new Loudness({ readings })).toThrow(RangeError)
    })
})
