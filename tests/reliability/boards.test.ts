/** Networks that do not come back by themselves, on boards as they are: what the node does about it. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes, seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { type BoardName } from "../support/board-bench.js"
import { provide } from "./provisioning.js"
import { Testbed, expectAllArrived, expectNothingInvented, type TestbedOptions } from "./testbed.js"

const RAM = {}
const FRAM = { store: "MB85RC256V" } as const

let bed: Testbed | undefined
afterEach(() => {
    const b = bed
    bed = undefined
    b?.close()
    expect(b?.broker.violations ?? []).toEqual([])
    expect(b?.problems ?? []).toEqual([])
    expect(b?.node.panics ?? []).toEqual([])
    expect(b?.node.boardResets ?? []).toEqual([])
})

function start(board: BoardName, options: Partial<TestbedOptions> = RAM, uptimeMs = 0): Testbed {
    const all = { seed: 5, intervalSeconds: 60, reportSeconds: 900, board, uptimeMs, ...options }
    const parts = "store" in options ? [new MB85RCModel()] : []
    bed = new Testbed({ ...all, parts })
    return bed
}

function lines(b: Testbed, text: string): { at: number }[] {
    return b.node.console.filter(line => line.text.includes(text))
}

const restarts = (b: Testbed) => lines(b, "uplink: restarting").length
const rejoins = (b: Testbed) => lines(b, "joining the Wi-Fi again").length

describe("a lease that is lost without a word", () => {
    for (const board of ["c3", "picoW"] as const)
        it(`is asked for again, and every row arrives: ${board}`, async () => {
            const b = start(board, FRAM)
            await b.world.run(minutes(20))
            b.node.board?.wifi.loseLease()
            await b.world.run(minutes(25))
            expect(rejoins(b)).toBeGreaterThan(0)
            if (board === "c3") expect(restarts(b)).toBe(0)
            await b.drain()
            expectAllArrived(b.account())
        })
})

/** All access points of the node are off for so long. */
async function withoutWifi(b: Testbed, ms: number): Promise<void> {
    b.node.board?.setAccessPoints(false)
    await b.world.run(ms)
    b.node.board?.setAccessPoints(true)
}

describe("an access point that was off", () => {
    for (const offMinutes of [1, 60])
        it(`for ${offMinutes} min costs an ESP32 nothing`, async () => {
            const b = start("c3")
            await b.world.run(minutes(20))
            await withoutWifi(b, minutes(offMinutes))
            await b.world.run(minutes(5.5))
            expect(restarts(b)).toBe(0)
            await b.drain()
            expectAllArrived(b.account())
        })

    for (const offMinutes of [1, 60])
        it(`for ${offMinutes} min costs a Pico W with FRAM one restart and no row`, async () => {
            const b = start("picoW", FRAM)
            await b.world.run(minutes(20))
            await withoutWifi(b, minutes(offMinutes))
            await b.world.run(minutes(8))
            expect(restarts(b)).toBe(1)
            await b.drain()
            expect(b.status.reset).toBe("network")
            const account = b.account()
            expectNothingInvented(account)
            // The rows that were being taken when it restarted.
            expect(account.missing.length).toBeLessThanOrEqual(1)
        })

    it("costs a Pico W without FRAM what it took in the last quarter of an hour and ten minutes, and no more", async () => {
        const b = start("picoW")
        await b.world.run(minutes(20))
        await withoutWifi(b, hours(3))
        await b.world.run(minutes(8))
        expect(restarts(b)).toBe(1)
        await b.drain()
        const account = b.account()
        expectNothingInvented(account)
        expect(account.missing.length).toBeLessThanOrEqual(15 + 10 + 4)
        expect(account.arrived).toBeGreaterThan(180)
    })

    it("when a Pico W starts is waited for without restarts, and joined when it is there", async () => {
        const b = start("picoW")
        b.node.board?.setAccessPoints(false)
        await b.world.run(hours(2))
        b.node.board?.setAccessPoints(true)
        await b.world.run(minutes(4.5))
        expect(restarts(b)).toBe(0)
        await b.drain()
        expectAllArrived(b.account())
    })

    it("and gives a Pico W no address at its start is joined when it does, after restarts", async () => {
        const b = start("picoW", FRAM)
        for (const point of b.node.link.air) Object.assign(point, { hasDhcp: false })
        await b.world.run(minutes(40))
        for (const point of b.node.link.air) Object.assign(point, { hasDhcp: true })
        await b.world.run(minutes(20))
        expect(restarts(b)).toBeGreaterThan(0)
        expect(restarts(b)).toBeLessThanOrEqual(5)
        await b.drain()
        expectNothingInvented(b.account())
        expect(b.account().missing.length).toBeLessThanOrEqual(restarts(b))
    })
})

describe("a broker that restarts while a Pico W still knows its name", () => {
    it("takes the board's connections, so that it restarts at once with FRAM, and no row is lost", async () => {
        const b = start("picoW", FRAM)
        await b.world.run(minutes(20))
        b.broker.restart(seconds(20), false)
        await b.world.run(minutes(3))
        expect(lines(b, "can't alloc pcb").length).toBeGreaterThan(0)
        expect(restarts(b)).toBe(1)
        await b.drain()
        const account = b.account()
        expectNothingInvented(account)
        expect(account.missing.length).toBeLessThanOrEqual(1)
    })

    it("and is away for hours makes it restart six times an hour at most, and no row is lost", async () => {
        const b = start("picoW", FRAM)
        await b.world.run(minutes(20))
        b.broker.restart(hours(2), false)
        await b.world.run(hours(2) + minutes(15))
        expect(restarts(b)).toBeLessThanOrEqual(1 + 2 * 6 + 1)
        await b.drain()
        const account = b.account()
        expectNothingInvented(account)
        expect(account.missing.length).toBeLessThanOrEqual(restarts(b))
    })

    it("makes it restart after ten minutes without FRAM", async () => {
        const b = start("picoW")
        await b.world.run(minutes(20))
        b.broker.restart(seconds(20), false)
        await b.world.run(minutes(9))
        expect(restarts(b)).toBe(0)
        await b.world.run(minutes(8))
        expect(restarts(b)).toBe(1)
        await b.drain()
        expectNothingInvented(b.account())
    })
})

describe("a TLS peer that says nothing in the handshake", () => {
    it("blocks the only worker for good: the Wi-Fi is joined again, then the node restarts, and no row is lost", async () => {
        const b = start("c3", FRAM)
        b.node.link.isTlsStalling = true
        await provide(b, { "mqtt.host": "broker.example", "mqtt.tls": true })
        await b.world.run(minutes(3))
        b.node.link.isTlsStalling = false
        await b.world.run(minutes(20))
        // After three attempts, and after six.
        expect(rejoins(b)).toBe(2)
        expect(restarts(b)).toBe(1)
        await b.drain()
        expect(b.status.reset).toBe("network")
        const account = b.account()
        expectNothingInvented(account)
        expect(account.missing.length).toBeLessThanOrEqual(2)
    })
})

describe("connecting that hangs", () => {
    for (const hangSeconds of [15, 25, 600])
        it(`for ${hangSeconds} s on an ESP32: no late answer of the platform reaches the broker or costs a row`, async () => {
            const b = start("c3")
            await b.world.run(minutes(20))
            b.node.link.goHalfOpen()
            b.node.link.connection?.reset("router restarted")
            await b.world.run(seconds(hangSeconds))
            b.node.link.isHanging = false
            await b.world.run(minutes(5.5))
            expect(restarts(b)).toBe(0)
            await b.drain()
            expectAllArrived(b.account())
        })
})

describe("frames as long as an app may have them", () => {
    it("are so short, as JSON too, that a TLS write of 4,096 B never resets the board", async () => {
        const b = start("c3", {
            intervalSeconds: 1,
            reportSeconds: 65_535,
            station: "frameBytes: 1400, outboxBytes: 8000,",
        })
        // Noise, so that a row takes some bytes.
        b.sensor.feed("temperature", t => ((t * 7919) % 5000) / 100)
        b.sensor.feed("humidity", t => ((t * 104_729) % 9000) / 100)
        await provide(b, { "mqtt.host": "broker.example", "mqtt.tls": true, "mqtt.form": "json" })
        let longest = 0
        b.broker.subscribe(`${b.topic}/envelope`, (_topic, payload) => {
            longest = Math.max(longest, payload.length)
        })
        await b.world.run(minutes(40))
        await b.drain()
        expect(longest, "B of JSON").toBeGreaterThan(1800)
        expect(longest, "B of JSON").toBeLessThan(3500)
        expect(b.node.board?.meters.later.longestRunOpcodes).toBeLessThan(100_000)
        expectNothingInvented(b.account())
    })
})

describe("a node whose program starts late", () => {
    it("after 49 days and 16 hours does not take that for time without a broker", async () => {
        const b = start("c3", FRAM, hours(49 * 24 + 16))
        await b.world.run(minutes(30))
        expect(restarts(b)).toBe(0)
        expect(b.status.reset).toBe("program")
        expect(b.status.uptime).toBeGreaterThan(hours(49 * 24 + 16))
        await b.drain()
        expectAllArrived(b.account())
    })
})

describe("the status record", () => {
    it("counts as acknowledged only frames of its own boot, also when others wait in FRAM", async () => {
        const b = start("c3", FRAM)
        await b.world.run(minutes(20))
        b.broker.restart(hours(3), false)
        await b.world.run(hours(2))
        b.node.powerCut(seconds(10))
        await b.world.run(hours(1) + minutes(10))
        await b.drain()
        for (const { acked, frames, uptime } of b.statuses)
            expect(acked, `after ${uptime} ms`).toBeLessThanOrEqual(frames)
        expect(b.status.acked, "all of this boot").toBe(b.status.frames)
        expectNothingInvented(b.account())
    })
})
