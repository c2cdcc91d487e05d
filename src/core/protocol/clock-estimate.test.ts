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
        ["is the year 2100", 0, 100, Date.UTC(2100, 0, 1)],
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

    it("refuses a clock part's time before 2024 or from 2100 on", () => {
        const clock = new ClockEstimate()
        expect(clock.beginAt(0, Date.UTC(2100, 0, 1), 10)).toBe(false)
        expect(clock.beginAt(0, Date.UTC(2000, 0, 1), 10)).toBe(false)
        expect(clock.beginAt(0, Date.UTC(2101, 0, 1), 10)).toBe(false)
        expect(clock.isSet).toBe(false)
    })
})

/** A clock that took replies of a right server at these minutes. */
function confirmed(...minutes: number[]): ClockEstimate {
    const clock = new ClockEstimate()
    for (const minute of minutes) answer(clock, minute, 0)
    return clock
}

const MINUTE_MS = 60_000
const DAY_MS = 24 * HOUR_MS

/** The answer of a server whose clock is off by so much. */
function answer(clock: ClockEstimate, minute: number, offMs: number): boolean {
    const at = minute * MINUTE_MS
    return clock.accept(at, at + 20, BOOT_UNIX_MS + at + 10 + offMs)
}

/** How far a clock is from a server's time, ms, and what it states, at this minute. */
function error(clock: ClockEstimate, minute: number, offMs = 0): [number, number] {
    const at = minute * MINUTE_MS
    return [Math.abs(clock.at(at) - (BOOT_UNIX_MS + at + offMs)), clock.errorAt(at)]
}

describe("a reply that contradicts the clock", () => {
    it("does not set it, and makes it as uncertain as it takes to cover both", () => {
        const clock = confirmed(0, 15)
        expect(answer(clock, 30, -3 * DAY_MS)).toBe(true)
        expect(clock.rivals > 0, "disputed").toBe(true)
        for (const minute of [30, 40, 300]) {
            const [own, stated] = error(clock, minute)
            expect(own, "ms from the clock's own time").toBeLessThan(100)
            expect(stated, "ms").toBeGreaterThanOrEqual(error(clock, minute, -3 * DAY_MS)[0])
            expect(stated, "ms").toBeLessThan(3 * DAY_MS + HOUR_MS)
        }
    })

    it("is forgotten with the next one that agrees with the clock", () => {
        const clock = confirmed(0, 15)
        for (const minute of [30, 35, 40]) answer(clock, minute, -3 * DAY_MS)
        expect(answer(clock, 45, 0)).toBe(true)
        expect(clock.rivals > 0, "disputed").toBe(false)
        const [own, stated] = error(clock, 45)
        expect(own).toBeLessThanOrEqual(stated)
        expect(stated, "ms").toBeLessThan(40)
        // The count begins anew.
        for (let minute = 50; minute < 80; minute += 5) answer(clock, minute, -3 * DAY_MS)
        expect(error(clock, 80)[0], "ms").toBeLessThan(100)
    })

    it.each([
        ["five over half an hour", [0, 8, 16, 24, 30], true],
        ["five within less", [0, 1, 2, 3, 29], false],
        ["four over half a day", [0, 60, 120, 720], false],
    ])("is believed with others that agree with it: %s", (_what, minutes, isBelieved) => {
        const clock = confirmed(0, 15)
        for (const minute of minutes) answer(clock, 30 + minute, 9 * HOUR_MS)
        const last = 30 + (minutes.at(-1) as number)
        const [own, stated] = error(clock, last, isBelieved ? 9 * HOUR_MS : 0)
        expect(own).toBeLessThanOrEqual(stated)
        expect(clock.rivals > 0, "disputed").toBe(!isBelieved)
        if (isBelieved) expect([stated, clock.rate, clock.drift]).toEqual([23, 0, MAX_RATE_PPM])
        else expect(stated, "ms").toBeGreaterThan(9 * HOUR_MS - 1000)
    })

    it("is not believed with others that contradict it, however many", () => {
        const clock = confirmed(0, 15)
        for (let i = 0; i < 50; i++) answer(clock, 30 + 5 * i, (i % 2 === 0 ? 1 : -1) * HOUR_MS)
        expect(error(clock, 280)[0], "ms").toBeLessThan(200)
        expect(clock.rivals > 0, "disputed").toBe(true)
    })

    it("is believed in the end by a clock that is worse than it may be: 400 ppm", () => {
        const clock = new ClockEstimate()
        const oscillator = new Oscillator()
        for (let i = 0; i < 24 * 12; i++) {
            exchange(clock, oscillator, 400, 10, 10)
            oscillator.run(5 * MINUTE_MS, 400)
        }
        // Five minutes more than half an hour of it, not the 35 s of a day.
        const error = Math.abs(clock.at(oscillator.uptime) - oscillator.unix)
        expect(error, "ms").toBeLessThan(1000)
    })

    it("is believed sooner by a clock that knows one reply only: three over ten minutes", () => {
        const clock = confirmed(0)
        for (const minute of [1, 6, 10]) answer(clock, minute, 9 * HOUR_MS)
        expect(error(clock, 10)[0], "ms").toBeLessThan(100)
        answer(clock, 11, 9 * HOUR_MS)
        expect(error(clock, 11, 9 * HOUR_MS)[0], "ms").toBeLessThan(50)
    })

    it("is no match for a clock part's time: that counts as confirmed", () => {
        const clock = new ClockEstimate()
        clock.beginAt(0, BOOT_UNIX_MS, 2000)
        for (const minute of [0, 5, 10, 15, 20]) answer(clock, minute, -3 * DAY_MS)
        expect(error(clock, 20)[0], "ms").toBeLessThan(100)
        for (const minute of [25, 30]) answer(clock, minute, -3 * DAY_MS)
        expect(error(clock, 30, -3 * DAY_MS)[0], "ms").toBeLessThan(50)
    })

    it("is not believed at once when it is of the last day before 2100", () => {
        const clock = confirmed(0)
        expect(clock.accept(HOUR_MS, HOUR_MS + 20, Date.UTC(2099, 11, 31))).toBe(true)
        expect(error(clock, 60)[0], "ms").toBeLessThan(100)
    })

    it("keeps the clock's own error what it was, through any number of disputes", () => {
        const clock = confirmed(0, 15)
        for (let i = 0; i < 40; i++) answer(clock, 20 + i, (i + 1) * 10_000)
        answer(clock, 60, 0)
        const [own, stated] = error(clock, 60)
        expect(own).toBeLessThanOrEqual(stated)
        expect(stated, "ms").toBeLessThan(40)
    })

    it("never leaves both a right clock and a right server outside what is stated", () => {
        const events = fc.array(
            fc.record({
                minutes: fc.integer({ min: 1, max: 60 }),
                offMs: fc.constantFrom(0, 0, 0, 90_000, -3 * DAY_MS, 5 * HOUR_MS),
            }),
            { minLength: 1, maxLength: 30 }
        )
        fc.assert(
            fc.property(fc.integer({ min: -100, max: 100 }), events, (ppm, list) => {
                const clock = new ClockEstimate()
                const oscillator = new Oscillator()
                exchange(clock, oscillator, ppm, 10, 10)
                oscillator.run(15 * MINUTE_MS, ppm)
                exchange(clock, oscillator, ppm, 10, 10)
                let wrong: number[] = []
                for (const { minutes, offMs } of list) {
                    oscillator.run(minutes * MINUTE_MS, ppm)
                    oscillator.unix += offMs
                    exchange(clock, oscillator, ppm, 10, 10)
                    oscillator.unix -= offMs
                    wrong = offMs === 0 ? [] : [...wrong, offMs]
                    if (wrong.length < 5) expectWithin(clock, oscillator)
                    // Too many that agree: the true time is lost, but the server's is covered.
                    else return
                    oscillator.unix += offMs
                    expectWithin(clock, oscillator)
                    oscillator.unix -= offMs
                }
            }),
            { numRuns: 500, seed: 1 }
        )
    })
})

function expectWithin(clock: ClockEstimate, oscillator: Oscillator): void {
    const error = Math.abs(clock.at(oscillator.uptime) - oscillator.unix)
    const stated = clock.errorAt(oscillator.uptime)
    expect(error, `error in ms, stated as ${stated} ms`).toBeLessThanOrEqual(stated)
}
