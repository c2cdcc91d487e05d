import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { INT32_MAX, INT32_MIN } from "../fixed.js"
import { QUALITY_ABSENT, QUALITY_CRC, QUALITY_OK, QUALITY_SATURATED } from "../quality.js"
import { ChangeGate } from "./change-gate.js"
import { EventCounter, StateDetector } from "./events.js"
import { AdaptiveInterval, nextAligned } from "./schedule.js"
import { MAX_WINDOW, WindowStatistics } from "./window.js"

describe("window statistics", () => {
    it("equal exact arithmetic: minimum, mean (halves away from zero), maximum, deviation within 1", () => {
        const sample = fc.integer({ min: -500_000, max: 500_000 })
        fc.assert(
            fc.property(fc.array(sample, { minLength: 1, maxLength: 300 }), samples => {
                const window = new WindowStatistics()
                for (const value of samples) window.add(value, QUALITY_OK)
                window.close()
                const n = samples.length
                const sum = samples.reduce((a, b) => a + b, 0)
                const mean = sum / n
                const exact = Math.sqrt(samples.reduce((a, b) => a + (b - mean) ** 2, 0) / n)
                expect(window.count).toBe(n)
                expect(window.min).toBe(Math.min(...samples))
                expect(window.max).toBe(Math.max(...samples))
                const rounded = Math.sign(sum) * Math.floor(Math.abs(mean) + 0.5)
                expect(window.mean + 0).toBe(rounded + 0)
                expect(Math.abs(window.deviation - exact)).toBeLessThanOrEqual(1)
                expect(window.quality).toBe(QUALITY_OK)
            })
        )
    })

    it("at the ends of int32 the mean is exact and a cut-off deviation is flagged", () => {
        const window = new WindowStatistics()
        window.add(INT32_MIN, QUALITY_OK)
        window.add(INT32_MAX, QUALITY_OK)
        window.close()
        expect([window.min, window.mean, window.max]).toEqual([INT32_MIN, -1, INT32_MAX])
        expect(window.quality).toBe(QUALITY_SATURATED)
        expect(window.deviation).toBe(1048575)
    })

    it("leaves gaps out, and is a gap itself when there is nothing else", () => {
        const window = new WindowStatistics()
        window.add(0, QUALITY_CRC)
        window.add(7, QUALITY_OK)
        window.close()
        expect([window.count, window.mean, window.quality]).toEqual([1, 7, QUALITY_OK])
        window.add(0, QUALITY_ABSENT)
        window.close()
        expect([window.count, window.quality]).toEqual([0, QUALITY_ABSENT])
    })

    it("ignores samples beyond its capacity", () => {
        const window = new WindowStatistics()
        for (let i = 0; i < MAX_WINDOW; i++) window.add(5, QUALITY_OK)
        window.add(1000, QUALITY_OK)
        window.close()
        expect([window.count, window.max]).toEqual([MAX_WINDOW, 5])
    })
})

describe("report on change", () => {
    const gate = () =>
        new ChangeGate({ deadbands: [10, -1], heartbeatMs: 600_000, minimumMs: 5000 })

    it("passes the first row, then only moves of at least the deadband, in either direction", () => {
        const g = gate()
        expect(g.accepts(0, [100, 0], [0, 0])).toBe(true)
        expect(g.accepts(60_000, [109, 0], [0, 0])).toBe(false)
        expect(g.accepts(120_000, [90, 0], [0, 0])).toBe(true)
        expect(g.accepts(180_000, [81, 0], [0, 0])).toBe(false)
        expect(g.accepts(240_000, [100, 0], [0, 0])).toBe(true)
    })

    it("a slow drift passes once it has summed up to the deadband", () => {
        const g = gate()
        let passed = 0
        for (let i = 0; i <= 50; i++) if (g.accepts(i * 10_000, [i, 0], [0, 0])) passed++
        expect(passed).toBe(6)
    })

    it("a change of quality passes, a channel with deadband −1 never does", () => {
        const g = gate()
        g.accepts(0, [100, 0], [0, 0])
        expect(g.accepts(10_000, [100, 99_999], [0, 0])).toBe(false)
        expect(g.accepts(20_000, [100, 0], [8, 0])).toBe(true)
        expect(g.accepts(30_000, [-5000, 0], [8, 0]), "the value of a gap says nothing").toBe(false)
        expect(g.accepts(40_000, [100, 0], [0, 0])).toBe(true)
    })

    it("the heartbeat passes an unchanged row; the minimum holds a changed one back", () => {
        const g = gate()
        g.accepts(0, [100, 0], [0, 0])
        expect(g.accepts(4999, [500, 0], [0, 0])).toBe(false)
        expect(g.accepts(5000, [500, 0], [0, 0])).toBe(true)
        expect(g.accepts(604_999, [500, 0], [0, 0])).toBe(false)
        expect(g.accepts(605_000, [500, 0], [0, 0])).toBe(true)
    })

    it("refuses a heartbeat below the minimum", () => {
        expect(
            () => new ChangeGate({ deadbands: [1], heartbeatMs: 1000, minimumMs: 2000 })
        ).toThrow(/1000 ms is shorter than the minimum interval of 2000 ms/)
    })
})

describe("the schedule", () => {
    it("falls on multiples of the interval, always ahead", () => {
        fc.assert(
            fc.property(
                fc.nat(2 ** 31),
                fc.integer({ min: 1, max: 86_400_000 }),
                (now, interval) => {
                    const next = nextAligned(now, interval)
                    expect(next % interval).toBe(0)
                    expect(next > now && next - now <= interval).toBe(true)
                }
            )
        )
        expect(nextAligned(1_700_000_000_001, 60_000)).toBe(1_700_000_040_000)
    })

    it("adapts: fast at once on change, slower step by step, within its bounds", () => {
        const interval = new AdaptiveInterval(10_000, 90_000, 2)
        const steps = [false, false, false, false, false, false, false, false, true, false]
        expect(steps.map(changed => interval.update(changed) / 1000)).toEqual([
            10, 20, 20, 40, 40, 80, 80, 80, 10, 10,
        ])
        expect(() => new AdaptiveInterval(10, 5, 1)).toThrow(/fast ≤ slow/)
    })
})

describe("events", () => {
    it("a counter of any width gives every event through any number of wraps", () => {
        fc.assert(
            fc.property(
                fc.constantFrom(256, 65_536, 2 ** 32),
                fc.array(fc.nat(100), { maxLength: 200 }),
                fc.nat(2 ** 31),
                (modulus, steps, start) => {
                    const counter = new EventCounter(modulus, 127)
                    let hardware = start % modulus
                    counter.update(hardware)
                    for (const step of steps) {
                        hardware = (hardware + step) % modulus
                        expect(counter.update(hardware)).toBe(step)
                    }
                    expect(counter.total).toBe(steps.reduce((a, b) => a + b, 0))
                }
            )
        )
    })

    it("a part that was reset counts on from there, without a jump", () => {
        const counter = new EventCounter(65_536, 1000)
        counter.update(40_000)
        expect(counter.update(40_010)).toBe(10)
        expect(counter.update(3)).toBe(3)
        expect(counter.total).toBe(13)
    })

    it("a state changes only after it was seen often enough", () => {
        const door = new StateDetector(3)
        const sightings = [true, true, false, true, true, true, true, false, false, false]
        expect(sightings.map(active => door.update(active))).toEqual([
            false,
            false,
            false,
            false,
            false,
            true,
            false,
            false,
            false,
            true,
        ])
        expect([door.state, door.changes]).toEqual([0, 2])
    })
})
