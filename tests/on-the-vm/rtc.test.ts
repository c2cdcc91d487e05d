/** A DS3231 gives the time to a node that has no network. */
import { afterEach, describe, expect, it } from "vitest"
import { days, hours, minutes, seconds } from "../../sim/time/duration.js"
import { DS3231Model } from "../../src/drivers/ds3231/model.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { Testbed, expectNothingInvented } from "../reliability/testbed.js"

let bed: Testbed | undefined
afterEach(() => {
    bed?.close()
    bed = undefined
})

/** A node with FRAM and clock; the clock has a cell once the node runs. */
function start(options: { ratePpm?: number; answer?: { isLate: boolean } } = {}) {
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
        time: { beforeMs: () => (options.answer?.isLate === true ? 20_000 : 0), afterMs: () => 0 },
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
        await b.world.run(hours(8))
        expect(settings(), "settings of the first 8 h").toBe(1)
        // As if it had been set 4.5 days ago: 1.94 s.
        const setAt = Math.floor((b.world.clock.wallMs - days(4.5)) / 1000)
        const mark = [0, 8, 16, 24].map(shift => (setAt >>> shift) & 0xff)
        const check = mark.reduce((xor, byte) => xor ^ byte, 0x5a)
        clock.transfer(Uint8Array.of(0x07, ...mark, check), 0, b.world.clock.wallMs)
        await b.world.run(hours(12))
        expect(settings(), "settings in 5 days").toBe(2)
    })

    it("is set again when it is wrong", async () => {
        const { bed: b, clock } = start()
        await b.world.run(minutes(30))
        const settings = countSettings(clock)
        const { data } = clock.transfer(Uint8Array.of(0), 7, b.world.clock.wallMs)
        clock.transfer(Uint8Array.of(1, (data[1] ^ 1) & 0x7f), 0, b.world.clock.wallMs)
        await b.world.run(hours(8))
        expect(settings()).toBe(1)
        expectInTime(b)
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
