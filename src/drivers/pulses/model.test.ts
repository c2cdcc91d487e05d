/** The firmware's way to count, against square waves; and the service around it. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { LOOP_MS } from "../shared/pins/service-model.js"
import { RotaryEncoderModel, SampledCounter } from "./model.js"

interface Wave {
    /** Time between pulses and length of the high level, ms. */
    readonly periodMs: number
    readonly highMs: number
    /** Where in the wave the first look falls, ms. */
    readonly offsetMs: number
}

/** @returns pulses that were counted of so many, looking each lookMs */
function counted(wave: Wave, lookMs: number, pulses: number): number {
    const isHigh = (ms: number) => {
        const phase = (ms + wave.offsetMs) % wave.periodMs
        return phase < wave.highMs
    }
    const counter = new SampledCounter(isHigh(0))
    for (let ms = lookMs; ms <= wave.periodMs * pulses; ms += lookMs) counter.look(isHigh(ms))
    return counter.count
}

function model(
    firstCount = 0,
    total?: (unixMs: number) => number
): { count: () => number; at: (ms: number) => void } {
    let now = 1_000_000
    const reports: Uint8Array[] = []
    const encoder = new RotaryEncoderModel({ firstCount })
    encoder.feed("frequency", 10)
    encoder.total = total
    encoder.connect({
        now: () => now,
        report: (_command, data) => reports.push(data),
        event: () => undefined,
        after: () => undefined,
    })
    return {
        at: ms => (now = 1_000_000 + ms),
        count: () => {
            encoder.handle(0x1101, new Uint8Array(0))
            return Buffer.from(reports.at(-1) as Uint8Array).readInt32LE(0)
        },
    }
}

describe("one pin twice", () => {
    it("gives one count for each whole pulse, whichever level it begins with", () => {
        for (const start of [false, true]) {
            const counter = new SampledCounter(start)
            for (let i = 0; i < 10; i++) {
                counter.look(!start)
                counter.look(!start)
                counter.look(start)
            }
            expect(counter.count, `from ${start}`).toBe(10)
        }
    })

    it.each(Object.entries(LOOP_MS))(
        "counts every pulse on %s whose high and low both last longer than %d ms",
        (_board, lookMs) => {
            const wave = fc
                .record({
                    high: fc.double({ min: 1.01, max: 20, noNaN: true }),
                    low: fc.double({ min: 1.01, max: 20, noNaN: true }),
                    offset: fc.double({ min: 0, max: 1, noNaN: true }),
                })
                .map(({ high, low, offset }) => ({
                    highMs: high * lookMs,
                    periodMs: (high + low) * lookMs,
                    offsetMs: offset * (high + low) * lookMs,
                }))
            fc.assert(
                fc.property(wave, w => {
                    expect(Math.abs(counted(w, lookMs, 200) - 200)).toBeLessThanOrEqual(1)
                })
            )
        }
    )

    it.each([
        [49, 0.5, 999],
        [60, 0.5, 666],
        [90, 0.5, 111],
        [100, 0.5, 0],
        // A contact that is closed for a tenth of the turn.
        [10, 0.9, 1000],
        [12, 0.9, 667],
        [25, 0.9, 0],
    ])(
        "looking each 10 ms, of 1,000 pulses at %d Hz, high for %d of the time, counts %d",
        (hz, high, expected) => {
            const periodMs = 1000 / hz
            const wave = { periodMs, highMs: high * periodMs, offsetMs: 0.123 * periodMs }
            expect(Math.abs(counted(wave, 10, 1000) - expected)).toBeLessThanOrEqual(1)
        }
    )

    it("contacts that bounce for less than the time between looks count once", () => {
        fc.assert(
            fc.property(fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), bounce => {
                // One look may fall into each bounce, and see either level.
                const counter = new SampledCounter(true)
                for (const level of bounce) {
                    counter.look(level)
                    counter.look(false)
                    counter.look(!level)
                    counter.look(true)
                }
                const bounces = bounce.filter(level => !level).length
                expect(counter.count).toBeLessThanOrEqual(bounce.length)
                expect(counter.count).toBeGreaterThanOrEqual(bounces)
            })
        )
    })
})

describe("the service", () => {
    it("counts from the first request on", () => {
        const { at, count } = model()
        at(5000)
        expect(count()).toBe(0)
        at(7000)
        expect(count(), "2 s of 10 Hz").toBe(20)
    })

    it("counts each pulse of a total, however often it is asked, and none from before it was awake", () => {
        const { at, count } = model(0, unixMs => 500 + Math.floor((unixMs - 1_000_000) / 700))
        at(5000)
        expect(count()).toBe(0)
        const counts = Array.from({ length: 100 }, (_, i) => {
            at(5000 + 37 * (i + 1))
            return count()
        })
        expect(counts.at(-1)).toBe(Math.floor(8700 / 700) - Math.floor(5000 / 700))
        expect(counts).toEqual([...counts].sort((a, b) => a - b))
    })

    it("comes around from 2²⁹ − 1 to −2²⁹", () => {
        const { at, count } = model(2 ** 29 - 5)
        expect(count()).toBe(2 ** 29 - 5)
        at(1000)
        expect(count()).toBe(-(2 ** 29) + 5)
    })

    it("is a quarter of an int32 of quarter steps, in the firmware's own way to count, too", () => {
        const counter = new SampledCounter(false)
        // Private on purpose: 2³¹ looks would take too long.
        const inside = counter as unknown as { position: number }
        inside.position = 2 ** 31 - 4
        expect(counter.count).toBe(2 ** 29 - 1)
        counter.look(true)
        counter.look(false)
        expect(counter.count).toBe(-(2 ** 29))
    })
})
