/** Whether a computer's time may be handed to nodes, with clocks that the test sets. */
import { afterEach, describe, expect, it } from "vitest"
import { HostClock, type Sync } from "./host-clock.js"

const HOUR_MS = 3_600_000
const UNSYNCHRONISED =
    "time requests are not answered: the system says that this computer's clock is not " +
    "synchronised; set up NTP, or say --trust-clock"

let clock: HostClock | undefined
afterEach(() => {
    clock?.close()
    clock = undefined
})

async function bench(sync: Sync) {
    const host = { unix: Date.parse("2026-03-01T12:00:00Z"), steady: 5000, sync, asked: 0 }
    const notes: string[] = []
    const made = await HostClock.start({
        note: text => notes.push(text),
        unixMs: () => host.unix,
        steadyMs: () => host.steady,
        readSync: () => {
            host.asked++
            return Promise.resolve(host.sync)
        },
    })
    clock = made
    /** Lets time pass in steps of 10 s, as the timer does; the clock is fast by N ppm. */
    const pass = async (ms: number, ppm = 0) => {
        for (let left = ms; left > 0; left -= 10_000) {
            const step = Math.min(left, 10_000)
            host.steady += step
            host.unix += step * (1 + ppm * 1e-6)
            await made.look()
        }
    }
    return { host, notes, clock: made, pass }
}

describe("a computer's clock", () => {
    it.each(["yes", "unknown"] as const)(
        "that the system calls synchronised or knows nothing of is believed: %s",
        async sync => {
            const { clock, host, notes, pass } = await bench(sync)
            expect(clock.now()).toBe(host.unix)
            // As fast as a clock is ever slewed, day and night.
            await pass(24 * HOUR_MS, 500)
            // The same, when the process was stopped for two hours.
            host.steady += 2 * HOUR_MS
            host.unix += 2 * HOUR_MS * 1.0005
            expect(clock.now()).toBe(host.unix)
            expect(notes).toEqual([])
            expect(host.asked, "questions in a day").toBeLessThan(300)
        }
    )

    it("that is not synchronised is not believed until it is, and each is said once", async () => {
        const { clock, host, notes, pass } = await bench("no")
        expect(clock.now()).toBeUndefined()
        await pass(HOUR_MS)
        expect(clock.now()).toBeUndefined()
        expect(notes).toEqual([UNSYNCHRONISED])
        host.sync = "yes"
        await pass(60_000)
        expect(clock.now()).toBe(host.unix)
        expect(notes).toEqual([UNSYNCHRONISED, "time requests are answered again"])
    })

    it.each([
        ["ahead", 3_000],
        ["back", -3 * 24 * HOUR_MS],
    ])(
        "that jumped %s is not believed at once, nor for a quarter of an hour",
        async (where, ms) => {
            const { clock, host, notes, pass } = await bench("unknown")
            await pass(HOUR_MS)
            host.unix += ms
            expect(clock.now(), "right after the jump").toBeUndefined()
            await pass(14 * 60_000)
            expect(clock.now()).toBeUndefined()
            await pass(60_000)
            expect(clock.now()).toBe(host.unix)
            expect(notes).toEqual([
                `time requests are not answered: this computer's clock jumped ${Math.abs(ms) / 1000} s ` +
                    `${where} (or the computer slept)`,
                "time requests are answered again",
            ])
        }
    )

    it("that jumped is believed as soon as the system calls it synchronised after the jump", async () => {
        const { clock, host, pass } = await bench("yes")
        host.unix += HOUR_MS
        expect(clock.now()).toBeUndefined()
        await pass(10_000)
        expect(clock.now()).toBe(host.unix)
    })

    it("that was set by hand is not believed, for the system then says no", async () => {
        const { clock, host, notes, pass } = await bench("yes")
        host.unix += HOUR_MS
        host.sync = "no"
        await pass(HOUR_MS)
        expect(clock.now()).toBeUndefined()
        expect(notes.at(-1)).toBe(UNSYNCHRONISED)
    })

    it("that jumps while the system is asked is not believed for the answer", async () => {
        const { clock, host, pass } = await bench("yes")
        let isJumping = true
        Object.assign(clock, {
            readSync: () => {
                if (isJumping) host.unix += HOUR_MS
                isJumping = false
                return Promise.resolve("yes")
            },
        })
        await pass(300_000)
        expect(isJumping).toBe(false)
        expect(clock.now()).toBeUndefined()
        await pass(10_000)
        expect(clock.now()).toBe(host.unix)
    })

    it("is this computer's own, when none is given", async () => {
        const notes: string[] = []
        const own = await HostClock.start({
            note: text => notes.push(text),
            readSync: () => Promise.resolve("unknown"),
        })
        clock = own
        const before = Date.now()
        expect(own.now()).toBeGreaterThanOrEqual(before)
        expect(notes).toEqual([])
    })
})
