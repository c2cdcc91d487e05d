/** A DS3231 gives the time to a node that has no network. */
import { afterEach, describe, expect, it } from "vitest"
import { days, hours, minutes, seconds } from "../../sim/time/duration.js"
import { DS3231Model } from "../../src/drivers/ds3231/model.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { Testbed, expectAllArrived, expectNothingInvented } from "../reliability/testbed.js"

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

/** A node with FRAM and clock; the clock has a cell once the node runs. */
function start(
    options: { ratePpm?: number; answer?: { isLate?: boolean; errorMs?: number } } = {}
) {
    const clock = new DS3231Model().feed("temperature", 5)
    clock.ratePpm = options.ratePpm ?? 0
    bed = new Testbed({
        seed: 1,
        intervalSeconds: 120,
        reportSeconds: 900,
        store: "MB85RC256V",
        hasClock: true,
        parts: [new MB85RCModel(), clock],
        clockPpm: 40,
        // What comes after more than 10 s says nothing.
        time: {
            beforeMs: () => (options.answer?.isLate === true ? 20_000 : 0),
            errorMs: () => options.answer?.errorMs ?? 0,
        },
    })
    clock.isBacked = true
    return { bed, clock }
}

/** Writes of the time from now on. */
function countSettings(clock: DS3231Model): () => number {
    let count = 0
    const transfer = clock.transfer.bind(clock)
    clock.transfer = (write, length, ms) => {
        if (write[0] === 0 && write.length > 1) count++
        return transfer(write, length, ms)
    }
    return () => count
}

/** Makes it as if the clock had been set that long ago, ms. */
function wasSet(b: Testbed, clock: DS3231Model, agoMs: number): void {
    const { wallMs } = b.world.clock
    const setAt = Math.floor((wallMs - agoMs) / 1000)
    const mark = [0, 8, 16, 24].map(shift => (setAt >>> shift) & 0xff)
    const check = mark.reduce((xor, byte) => xor ^ byte, 0x5a)
    clock.transfer(Uint8Array.of(0x07, ...mark, check), 0, wallMs)
}

function expectInTime(b: Testbed): void {
    const account = b.account()
    expectNothingInvented(account)
    expect(account.mistimed, "readings further off than they say").toEqual([])
    expect(account.unstated, "readings that do not say how wrong their time is").toBe(0)
    expect(b.problems).toEqual([])
    expect(b.node.panics).toEqual([])
}

describe("a node with a DS3231", () => {
    it.each([0, 3, -3])(
        "stamps readings with the right time after a power cut without network (clock at %s ppm)",
        async ratePpm => {
            const { bed: b, clock } = start({ ratePpm })
            await b.world.run(minutes(30))
            b.node.link.goDown()
            await b.world.run(minutes(1))
            b.node.powerCut(hours(5))
            await b.world.run(hours(5) + minutes(1))
            const booted = b.world.clock.wallMs
            await b.world.run(hours(3))
            const reconnected = b.world.clock.wallMs
            b.node.link.comeUp()
            await b.world.run(minutes(10))
            await b.drain()
            expectInTime(b)
            const alone = b.readings.filter(r => r.time >= booted && r.time < reconnected)
            expect(alone.length, "readings of the 3 h").toBeGreaterThanOrEqual(88)
            const worst = Math.max(...alone.map(r => r.timeUncertaintyMs ?? Infinity))
            expect(worst, "ms that they may be wrong").toBeLessThan(2500)
            expect(clock.illegalAccesses).toEqual([])
        }
    )

    it("has the time of its own, when no server ever tells it after the cut", async () => {
        const answer = { isLate: false }
        const { bed: b } = start({ answer })
        await b.world.run(minutes(30))
        answer.isLate = true
        b.node.powerCut(minutes(20))
        await b.world.run(minutes(21))
        const booted = b.world.clock.wallMs
        await b.world.run(hours(2))
        await b.drain()
        expectInTime(b)
        expect(b.readings.filter(r => r.time >= booted).length).toBeGreaterThanOrEqual(59)
        expect(b.status.epoch).toBeGreaterThan(0)
    })

    it("is set once, then seldom: when its own bound grows beyond 2 s", async () => {
        const { bed: b, clock } = start()
        const settings = countSettings(clock)
        await b.world.run(hours(2))
        expect(settings(), "settings of the first 2 h").toBe(1)
        // 1.94 s.
        wasSet(b, clock, days(4.5))
        await b.world.run(hours(6))
        expect(settings(), "settings in 5 days").toBe(2)
    })

    it("is set again when it is wrong", async () => {
        const { bed: b, clock } = start()
        await b.world.run(minutes(30))
        const settings = countSettings(clock)
        const { data } = clock.transfer(Uint8Array.of(0), 7, b.world.clock.wallMs)
        clock.transfer(Uint8Array.of(1, (data[1] ^ 1) & 0x7f), 0, b.world.clock.wallMs)
        await b.world.run(hours(7))
        expect(settings()).toBe(1)
        expectInTime(b)
    })

    it("keeps its time, and its clock's, when a time server is three days behind for 20 minutes", async () => {
        const answer = { errorMs: 0 }
        const { bed: b, clock } = start({ answer })
        await b.world.run(minutes(40))
        const settings = countSettings(clock)
        answer.errorMs = -days(3)
        // It asks for the time on each new connection.
        b.node.cutConnection()
        const wrongFrom = b.world.clock.wallMs
        await b.world.run(minutes(20))
        expect(b.status.time).toBe("disputed")
        expect(settings(), "settings of the clock meanwhile").toBe(0)
        answer.errorMs = 0
        await b.world.run(minutes(10))
        expect(b.status.time, "without being asked").toBeUndefined()
        const said = b.node.console.map(({ text }) => text)
        expect(said.filter(text => text.startsWith("uplink: time "))).toEqual([
            "uplink: time disputed",
            "uplink: time agreed",
        ])
        const rightFrom = b.world.clock.wallMs
        await b.world.run(hours(2))
        await b.drain()
        expectInTime(b)
        expect(b.account().worstErrorMs, "ms").toBeLessThan(1000)
        const between = b.readings.filter(
            r => r.time > wrongFrom + minutes(2) && r.time < wrongFrom + minutes(20)
        )
        expect(between.length).toBeGreaterThanOrEqual(8)
        for (const reading of between)
            expect(reading.timeUncertaintyMs, "ms: both are covered").toBeGreaterThan(days(2.99))
        for (const reading of b.readings.filter(r => r.time > rightFrom))
            expect(reading.timeUncertaintyMs, "ms").toBeLessThan(1000)
        const told = clock.transfer(Uint8Array.of(0x04), 1, b.world.clock.wallMs).data[0]
        expect(told.toString(16), "its day of the month").toBe(
            String(new Date(b.world.clock.wallMs).getUTCDate())
        )
    })

    it("gives its own time up for a server's, when it is the clock that is three days behind", async () => {
        const { bed: b, clock } = start()
        await b.world.run(minutes(30))
        await b.drain()
        const day = clock.transfer(Uint8Array.of(0x04), 1, b.world.clock.wallMs).data[0]
        expect(day.toString(16), "its day of the month").toBe("15")
        clock.transfer(Uint8Array.of(0x04, 0x12), 0, b.world.clock.wallMs)
        // Its own bound is above 2 s, so that it would be set after any time reply.
        wasSet(b, clock, days(3 + 4.8))
        const settings = countSettings(clock)
        b.node.powerCut(seconds(10))
        await b.world.run(minutes(25))
        expect(b.status.time).toBe("disputed")
        expect(settings(), "settings of the clock meanwhile").toBe(0)
        await b.world.run(minutes(15))
        const followed = b.world.clock.wallMs
        await b.world.run(hours(2))
        await b.drain()
        expect(b.status.time).toBeUndefined()
        expect(settings()).toBe(1)
        const account = b.account()
        expectAllArrived({ ...account, mistimed: [], missing: [] })
        // Nothing contradicts a clock part before the first answer: one row at boot.
        expect(account.mistimed.length, "readings further off than they say").toBeLessThanOrEqual(1)
        const late = b.readings.filter(r => r.time > followed)
        expect(late.length).toBeGreaterThanOrEqual(59)
        for (const reading of late) expect(reading.timeUncertaintyMs, "ms").toBeLessThan(1000)
    })

    it("does not believe a clock that nobody set, or that stood still", async () => {
        const { bed: b, clock } = start({ answer: { isLate: true } })
        await b.world.run(minutes(20))
        expect(b.status.epoch).toBe(0)
        expect(b.node.console.some(({ text }) => text.includes("its oscillator stopped"))).toBe(
            true
        )
        expect(clock.illegalAccesses).toEqual([])
    })

    it("starts without the time, and goes on, when the clock is missing", async () => {
        const { bed: b, clock } = start()
        clock.faults.unplugged = true
        await b.world.run(minutes(40) + seconds(5))
        await b.drain()
        expectInTime(b)
    })
})
