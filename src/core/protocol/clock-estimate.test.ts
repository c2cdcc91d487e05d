import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ClockEstimate, MAX_RATE_PPM, STABILITY_PPM } from "./clock-estimate.js"

const BOOT_UNIX_MS = Date.UTC(2026, 0, 15)
const HOUR_MS = 3_600_000

/** An oscillator whose rate wanders around an average, and the true time it stands for. */
class Oscillator {
    uptime = 0
    unix = BOOT_UNIX_MS

    /** Lets N ms of its own time pass at a rate in ppm (positive: it is fast). */
    run(ms: number, ppm: number): void {
        this.uptime += ms
        this.unix += ms / (1 + ppm * 1e-6)
    }
}

/** One request and reply; what the script sees is cut to the clock's 10 ms steps. */
function exchange(
    clock: ClockEstimate,
    oscillator: Oscillator,
    ppm: number,
    thereMs: number,
    backMs: number
): boolean {
    const request = Math.floor(oscillator.uptime / 10) * 10
    oscillator.run(thereMs, ppm)
    const answer = Math.round(oscillator.unix)
    oscillator.run(backMs, ppm)
    return clock.accept(request, Math.floor(oscillator.uptime / 10) * 10, answer)
}

describe("the clock estimate", () => {
    it("knows nothing before the first reply", () => {
        expect(new ClockEstimate().isSet).toBe(false)
    })

    it("after one reply is wrong by at most half the round trip", () => {
        const clock = new ClockEstimate()
        expect(clock.accept(1000, 1400, BOOT_UNIX_MS + 1200)).toBe(true)
        expect(clock.at(1400)).toBe(BOOT_UNIX_MS + 1400)
        expect(clock.uncertainty, "ms").toBeGreaterThanOrEqual(200)
        expect(clock.uncertainty, "ms").toBeLessThanOrEqual(213)
    })

    it.each([
        ["comes before it was asked for", 2000, 1000, BOOT_UNIX_MS],
        ["took longer than 10 s", 0, 10_001, BOOT_UNIX_MS],
        ["is a time before 2024", 0, 100, Date.UTC(2023, 11, 31)],
        ["is a time after 2100", 0, 100, Date.UTC(2101, 0, 1)],
        ["is no number", 0, 100, Number.NaN],
        ["answers no number", Number.NaN, 100, BOOT_UNIX_MS],
    ])("refuses a reply that %s", (_why, request, reply, unix) => {
        const clock = new ClockEstimate()
        expect(clock.accept(request, reply, unix)).toBe(false)
        expect(clock.isSet).toBe(false)
    })

    it("measures the rate: after a day of replies, 12 h without one cost less than 1.5 s", () => {
        const clock = new ClockEstimate()
        const oscillator = new Oscillator()
        for (let i = 0; i < 5; i++) {
            exchange(clock, oscillator, 87, 30, 30)
            oscillator.run(6 * HOUR_MS, 87)
        }
        oscillator.run(6 * HOUR_MS, 87)
        const error = Math.abs(clock.at(oscillator.uptime) - oscillator.unix)
        expect(error, "ms").toBeLessThan(200)
        expect(clock.errorAt(oscillator.uptime), "ms").toBeLessThan(1500)
    })

    it("does not get worse by a slow reply", () => {
        const clock = new ClockEstimate()
        const oscillator = new Oscillator()
        exchange(clock, oscillator, 0, 20, 20)
        oscillator.run(60_000, 0)
        exchange(clock, oscillator, 0, 9000, 900)
        expect(clock.uncertainty, "ms").toBeLessThan(60)
    })

    it("knows the rate as early after a first reply that came late as after a good one", () => {
        const rateAfter = (firstDelayMs: number) => {
            const clock = new ClockEstimate()
            const oscillator = new Oscillator()
            exchange(clock, oscillator, 40, firstDelayMs, firstDelayMs)
            for (let i = 0; i < 4; i++) {
                oscillator.run(HOUR_MS / 4, 40)
                exchange(clock, oscillator, 40, 20, 20)
            }
            return clock.drift
        }
        expect(rateAfter(20), "ppm").toBeLessThan(60)
        expect(rateAfter(2000), "ppm").toBeLessThan(80)
    })

    it("follows a server whose clock was set, and forgets the rate", () => {
        const clock = new ClockEstimate()
        clock.accept(0, 20, BOOT_UNIX_MS)
        clock.accept(HOUR_MS, HOUR_MS + 20, BOOT_UNIX_MS + HOUR_MS)
        clock.accept(2 * HOUR_MS, 2 * HOUR_MS + 20, BOOT_UNIX_MS + 9 * HOUR_MS)
        expect(clock.at(2 * HOUR_MS + 20)).toBe(BOOT_UNIX_MS + 9 * HOUR_MS + 10)
        expect(clock.rate).toBe(0)
        expect(clock.drift).toBe(MAX_RATE_PPM)
    })

    it("is never further off than it says: ±100 ppm, wandering, any delays, outages of weeks", () => {
        const exchangeOf = fc.record({
            pauseMs: fc.oneof(
                fc.integer({ min: 0, max: 60_000 }),
                fc.integer({ min: 0, max: 14 * 24 * HOUR_MS })
            ),
            wander: fc.integer({ min: -STABILITY_PPM / 2, max: STABILITY_PPM / 2 }),
            thereMs: fc.integer({ min: 0, max: 6000 }),
            backMs: fc.integer({ min: 0, max: 6000 }),
        })
        fc.assert(
            fc.property(
                fc.integer({ min: -100, max: 100 }),
                fc.array(exchangeOf, { minLength: 1, maxLength: 30 }),
                (ppm, exchanges) => {
                    const clock = new ClockEstimate()
                    const oscillator = new Oscillator()
                    for (const { pauseMs, wander, thereMs, backMs } of exchanges) {
                        oscillator.run(pauseMs, ppm + wander)
                        if (clock.isSet) expectWithin(clock, oscillator)
                        exchange(clock, oscillator, ppm + wander, thereMs, backMs)
                        if (clock.isSet) expectWithin(clock, oscillator)
                    }
                }
            ),
            { numRuns: 2000, seed: 1 }
        )
    })

    it("begins with a clock part's time, stays within what is stated, and learns from replies", () => {
        for (const errorMs of [-4000, 0, 4000]) {
            const clock = new ClockEstimate()
            const oscillator = new Oscillator()
            oscillator.run(2000, 80)
            expect(clock.beginAt(2000, Math.round(oscillator.unix) + errorMs, 4001)).toBe(true)
            expectWithin(clock, oscillator)
            oscillator.run(3 * HOUR_MS, 80)
            expectWithin(clock, oscillator)
            for (let i = 0; i < 6; i++) {
                expect(exchange(clock, oscillator, 80, 50, 50)).toBe(true)
                expectWithin(clock, oscillator)
                oscillator.run(HOUR_MS, 80)
                expectWithin(clock, oscillator)
            }
            expect(clock.errorAt(clock.uptime), "ms").toBeLessThan(100)
        }
    })

    it("refuses a clock part's time before 2024 or after 2100", () => {
        const clock = new ClockEstimate()
        expect(clock.beginAt(0, Date.UTC(2000, 0, 1), 10)).toBe(false)
        expect(clock.beginAt(0, Date.UTC(2101, 0, 1), 10)).toBe(false)
        expect(clock.isSet).toBe(false)
    })
})

function expectWithin(clock: ClockEstimate, oscillator: Oscillator): void {
    const error = Math.abs(clock.at(oscillator.uptime) - oscillator.unix)
    const stated = clock.errorAt(oscillator.uptime)
    expect(error, `error in ms, stated as ${stated} ms`).toBeLessThanOrEqual(stated)
}
