/**
 * Every reading is within its stated uncertainty of the true time. The account
 * of the testbed compares each with the moment its value left the sensor; here
 * are the clocks, time answers, outages and resets that make that hard.
 * SUITCASE_CAMPAIGNS and SUITCASE_CAMPAIGN_SEED as in campaigns.test.ts; with
 * the first of them set, outages last up to 10 days.
 */
import fc from "fast-check"
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { Testbed, expectAllArrived, expectNothingInvented } from "./testbed.js"

const IS_SOAK = process.env["SUITCASE_CAMPAIGNS"] !== undefined
const RUNS = IS_SOAK ? Number(process.env["SUITCASE_CAMPAIGNS"]) : 3
const SEED = Number(process.env["SUITCASE_CAMPAIGN_SEED"] ?? 1)
const LONGEST_MS = IS_SOAK ? hours(240) : hours(8)
/** A node with a store restarts itself after so long without a broker: src/uplink/uplink.ts. */
const RESTART_HOURS = 6

const RAM = { intervalSeconds: 120, reportSeconds: 900 }
const FRAM = {
    intervalSeconds: 120,
    reportSeconds: 900,
    store: "MB85RC256V" as const,
}
/** Rate of a boot's clock, all its life, ppm. */
const MAX_PPM = 100
const WANDER_PPM = 10

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

/** ±10 ppm around a rate, with a day's and a shorter period: sun on a box. */
function wandering(ppm: number) {
    return (virtualMs: number) =>
        ppm +
        WANDER_PPM * 0.7 * Math.sin((2 * Math.PI * virtualMs) / hours(24)) +
        WANDER_PPM * 0.3 * Math.sin((2 * Math.PI * virtualMs) / hours(1.7))
}

function expectInTime(b: Testbed): void {
    const account = b.account()
    expectNothingInvented(account)
    expect(account.unstated, "readings that do not say how wrong their time is").toBe(0)
    expect(b.broker.violations).toEqual([])
    expect(b.problems).toEqual([])
    expect(b.node.panics).toEqual([])
    expect(b.collector.heldFrames).toBe(0)
}

/** Bound that the readings state from then on, ms. */
function worstStated(b: Testbed, fromMs: number): number {
    return Math.max(
        ...b.readings.filter(r => r.time >= fromMs).map(r => r.timeUncertaintyMs ?? Infinity)
    )
}

interface Life {
    readonly ppm: number
    readonly isWandering: boolean
    /** Time between the server's look at its clock and each end of the round trip, ms. */
    readonly beforeMs: number
    readonly afterMs: number
    readonly outages: readonly { readonly calmMs: number; readonly outMs: number }[]
}

const life = fc.record<Life>({
    ppm: fc.integer({ min: -MAX_PPM, max: MAX_PPM }),
    isWandering: fc.boolean(),
    beforeMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6000 })),
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3500 })),
    outages: fc.array(
        fc.record({
            // Enough to ask for the time: what a node measured before it ever knew it has no
            // bound once it restarted itself; that is a test of its own.
            calmMs: fc.integer({ min: minutes(2), max: hours(1) }),
            outMs: fc.integer({ min: minutes(1), max: LONGEST_MS / 2 }),
        }),
        { minLength: 2, maxLength: 2 }
    ),
})

describe("the time of readings", () => {
    it(
        "is right with any clock up to ±100 ppm, slow and lopsided answers, and long outages",
        { timeout: 300_000 * RUNS },
        async () => {
            await fc.assert(
                fc.asyncProperty(life, async ({ ppm, isWandering, outages, ...answer }) => {
                    const rate = Math.sign(ppm) * Math.max(0, Math.abs(ppm) - WANDER_PPM)
                    const b = new Testbed({
                        seed: ppm + 1000,
                        ...FRAM,
                        parts: [new MB85RCModel()],
                        clockPpm: isWandering ? wandering(rate) : ppm,
                        time: {
                            beforeMs: () => answer.beforeMs,
                            afterMs: () => answer.afterMs,
                        },
                    })
                    try {
                        for (const { calmMs, outMs } of outages) {
                            await b.world.run(calmMs)
                            b.node.link.goDown()
                            await b.world.run(outMs)
                            b.node.link.comeUp()
                        }
                        await b.world.run(minutes(10) + seconds(30))
                        await b.drain()
                        expectAllArrived(b.account())
                        expectInTime(b)
                    } finally {
                        b.close()
                    }
                }),
                { seed: SEED, numRuns: RUNS, endOnFailure: !IS_SOAK }
            )
        }
    )

    it("is within a second of the truth after hours without answers, once the rate is known", async () => {
        const b = new Testbed({ seed: 31, ...RAM, clockPpm: 87 })
        bed = b
        await b.world.run(hours(3))
        b.node.link.goDown()
        const from = b.world.clock.wallMs
        const outMs = IS_SOAK ? hours(24) : hours(6)
        await b.world.run(outMs)
        b.node.link.comeUp()
        await b.world.run(minutes(10) + seconds(30))
        await b.drain()
        expectAllArrived(b.account())
        expectInTime(b)
        // 60 ppm at most since the last answer, half a tick, and half a round trip.
        expect(worstStated(b, from), "ms").toBeLessThan(600 + ((hours(3) + outMs) * 60) / 1e6)
        expect(b.account().worstErrorMs, "ms").toBeLessThan(1000)
    })

    it("follows a server whose clock was wrong and is put right, within that error, and says so meanwhile", async () => {
        let errorMs = 90_000
        const b = new Testbed({ seed: 32, ...RAM, clockPpm: -60, time: { errorMs: () => errorMs } })
        bed = b
        await b.world.run(hours(1))
        await b.drain()
        const { mistimed, worstErrorMs } = b.account()
        expect(mistimed.length, "readings with the server's error").toBeGreaterThan(20)
        expect(worstErrorMs, "ms").toBeLessThan(90_000 + 1000)
        errorMs = 0
        // The time is asked for on each new connection.
        b.node.cutConnection()
        await b.world.run(minutes(4))
        const disputedFrom = b.world.clock.wallMs
        expect(b.status.time).toBe("disputed")
        await b.world.run(minutes(36))
        const rightFrom = b.world.clock.wallMs
        await b.world.run(hours(1) + seconds(30))
        await b.drain()
        expect(b.status.time).toBeUndefined()
        const between = b.readings.filter(r => r.time > disputedFrom && r.time < rightFrom)
        expect(between.length).toBeGreaterThan(15)
        for (const reading of between.slice(0, 10))
            expect(reading.timeUncertaintyMs, "ms").toBeGreaterThan(90_000)
        // The node sets itself back by 90 s in between.
        const late = b.readings.filter(r => r.time > rightFrom + minutes(2))
        const given = b.given.filter(value => value.unixMs > rightFrom + minutes(2))
        expect(late.length).toBe(given.length)
        for (const [i, reading] of late.entries())
            expect(
                Math.abs(reading.time - given[i].unixMs),
                new Date(reading.time).toISOString()
            ).toBeLessThanOrEqual((reading.timeUncertaintyMs ?? 0) + 40)
        expect(b.broker.violations).toEqual([])
        expect(b.node.panics).toEqual([])
    })

    it.each([
        ["without a store", RAM],
        ["with FRAM", FRAM],
    ])("of rows from before the first sync is right, %s", async (_name, options) => {
        const parts = options === FRAM ? [new MB85RCModel()] : []
        const b = new Testbed({ seed: 33, ...options, parts, clockPpm: wandering(-85) })
        bed = b
        b.node.link.goDown()
        await b.world.run(hours(IS_SOAK ? RESTART_HOURS - 0.1 : 4))
        b.node.link.comeUp()
        await b.world.run(minutes(10) + seconds(30))
        await b.drain()
        expectAllArrived(b.account())
        expectInTime(b)
    })

    it("of first boots that never knew it is said to be unknown, and the order is kept", async () => {
        const b = new Testbed({ seed: 36, ...FRAM, parts: [new MB85RCModel()], clockPpm: 60 })
        bed = b
        b.node.link.goDown()
        // It restarts itself, each time without ever having heard the time.
        await b.world.run(hours((IS_SOAK ? 4 : 1) * RESTART_HOURS + 1))
        b.node.link.comeUp()
        await b.world.run(minutes(10) + seconds(30))
        await b.drain()
        const account = b.account()
        expectAllArrived(account)
        expect(b.node.panics).toEqual([])
        expect(account.unstated, "readings of unknown time").toBeGreaterThan(
            (RESTART_HOURS * 3600) / FRAM.intervalSeconds
        )
        // Those of the boot that learnt it have a bound, back to its start.
        const last = b.readings.filter(reading => reading.boot === b.readings.at(-1)?.boot)
        expect(last.length).toBeGreaterThan(20)
        expect(last.filter(reading => reading.timeUncertaintyMs === undefined)).toEqual([])
    })

    it("of boots that never knew it lies within bounds, from the boots around them", async () => {
        const b = new Testbed({ seed: 34, ...FRAM, parts: [new MB85RCModel()], clockPpm: 95 })
        bed = b
        await b.world.run(minutes(30))
        b.node.link.goDown()
        const lonely: number[] = []
        for (const [onMs, offMs] of [
            [minutes(41), minutes(7)],
            [minutes(67), seconds(3)],
            [minutes(23), minutes(31)],
        ]) {
            b.node.powerCut(offMs)
            await b.world.run(offMs)
            lonely.push(b.given.length)
            await b.world.run(onMs)
        }
        b.node.powerCut(1000)
        b.node.link.comeUp()
        await b.world.run(minutes(20) + seconds(30))
        await b.drain()
        const account = b.account()
        expectInTime(b)
        const { most, unexplained } = b.lostToPowerCuts(account)
        expect(unexplained).toEqual([])
        expect(most, "readings lost in one power cut").toBeLessThanOrEqual(1)
        const boots = new Set(b.readings.map(r => r.boot))
        expect(boots.size, "boots").toBe(5)
        // Never more than all the time without power, and a little.
        expect(worstStated(b, 0), "ms").toBeLessThan(minutes(60))
        expect(worstStated(b, 0), "ms").toBeGreaterThan(minutes(5))
    })

    it("is stated through resets, with frames of several boots in the store", async () => {
        const b = new Testbed({ seed: 35, ...FRAM, parts: [new MB85RCModel()], clockPpm: -100 })
        bed = b
        for (let boot = 0; boot < 5; boot++) {
            await b.world.run(minutes(20 + boot))
            // Frames wait while the time still comes.
            b.broker.faults.onAck = () => "drop"
            await b.world.run(minutes(9))
            b.node.powerCut(seconds(20))
            await b.world.run(seconds(21))
            b.broker.faults.onAck = undefined
        }
        await b.world.run(minutes(20) + seconds(30))
        await b.drain()
        expectInTime(b)
        expect(b.lostToPowerCuts(b.account()).unexplained).toEqual([])
        expect(new Set(b.readings.map(r => r.boot)).size, "boots").toBe(6)
    })
})
