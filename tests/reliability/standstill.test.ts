/** A station whose rows stand still cures itself, and the next status says why. */
import { afterEach, describe, expect, it } from "vitest"
import { minutes, seconds } from "../../sim/time/duration.js"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { Testbed, expectAllArrived, expectNothingInvented, type TestbedOptions } from "./testbed.js"

const INTERVAL_SECONDS = 30
/** When things go wrong, s. */
const WRONG_AT = 430

/** It goes to sleep for a day once, though its interval is 30 s. */
const OVERSLEEPS = {
    afterwards: `
await ds.sleep(${WRONG_AT}_000)
const own = station as any
own.intervalMs = 86_400_000
await ds.sleep(31_000)
own.intervalMs = 30_000
`,
}

/** The ramp of the other part has this value 600 s after the first start, 1/100 °C. */
const VALUE_THEN = -4340

/** One of its parts waits for something that never comes, once in its life: 430 s after the first start. */
const HANGS = {
    prelude: `
import { SensorDriver } from "../src/drivers/shared/driver.js"
let ramp: SensorDriver = undefined
class Hanging extends SensorDriver {
    protected override async setup(): Promise<void> {}
    protected override async measure(): Promise<void> {
        if (ds.millis() > ${WRONG_AT}_000 && ramp.values[0] < ${VALUE_THEN}) await ds.suspend(undefined)
    }
}`,
    afterwards: `ramp = station.options.sensors[0]
station.options.sensors.push(new Hanging("Test Hanging", bus, 0x70, []))`,
}

const STORE = { store: "MB85RC256V" } as const

let bed: Testbed | undefined
afterEach(() => {
    const { violations } = bed?.broker ?? { violations: [] }
    bed?.close()
    bed = undefined
    expect(violations).toEqual([])
})

function start(options: Partial<TestbedOptions>): Testbed {
    const all = { seed: 3, intervalSeconds: INTERVAL_SECONDS, reportSeconds: 900, ...options }
    const parts = "store" in options ? [new MB85RCModel()] : []
    bed = new Testbed({ ...all, parts })
    return bed
}

/** Longest time without a row, s. */
function longestPause(b: Testbed): number {
    const times = b.given.map(({ unixMs }) => unixMs / 1000)
    return Math.max(...times.slice(1).map((t, i) => t - times[i]))
}

/** Why the node started, by boot, in order. */
function causes(b: Testbed): string[] {
    return [...new Map(b.statuses.map(({ boot, reset }) => [boot, reset])).values()]
}

describe("a station whose rows stand still", () => {
    it("because it sleeps too long is woken after three intervals, without a restart", async () => {
        const b = start(OVERSLEEPS)
        await b.world.run(minutes(15))
        // An interval below a minute counts as one; the uplink looks each 10 s.
        expect(longestPause(b), "s without a row").toBeGreaterThan(180)
        expect(longestPause(b), "s without a row").toBeLessThan(180 + 10 + INTERVAL_SECONDS + 1)
        expect(causes(b)).toEqual(["unknown"])
        await b.drain()
        expectAllArrived(b.account())
    })

    for (const [name, options, first] of [
        ["in RAM: the broker knows why", {}, "unknown"],
        ["with FRAM: it knows why itself", STORE, "power"],
    ] as const)
        it(`because a part hangs restarts after another one and a half, and loses no row that was taken, ${name}`, async () => {
            const b = start({ ...HANGS, ...options })
            await b.world.run(seconds(WRONG_AT + 300 + 60))
            expect(longestPause(b), "s without a row").toBeGreaterThan(270)
            expect(longestPause(b), "s without a row").toBeLessThan(270 + 10 + 10)
            expect(causes(b)).toEqual([first, "standstill"])
            expect(b.node.console.map(({ text }) => text)).toContain(
                "uplink: restarting: standstill"
            )
            await b.drain()
            const account = b.account()
            expectNothingInvented(account)
            // The hanging round had read the first part already.
            expect(account.missing.length).toBe(1)
        })

    it("restarts with FRAM while the network is away, and in RAM only when it has delivered what it has", async () => {
        for (const [options, restartsAtOnce] of [
            [STORE, true],
            [{}, false],
        ] as const) {
            const b = start({ ...HANGS, ...options })
            const restarts = () =>
                b.node.console.filter(({ text }) => text === "uplink: restarting: standstill")
                    .length
            await b.world.run(seconds(WRONG_AT - 100))
            b.node.link.isHanging = true
            b.node.link.goHalfOpen()
            await b.world.run(minutes(14))
            expect(restarts()).toBe(restartsAtOnce ? 1 : 0)
            b.node.link.isHanging = false
            await b.world.run(minutes(6))
            expect(restarts(), "restarts").toBeGreaterThan(0)
            expect(b.status.reset).toBe("standstill")
            await b.drain()
            const account = b.account()
            expectNothingInvented(account)
            expect(account.missing.length).toBe(restarts())
            b.close()
        }
    })
})

describe("a station whose interval becomes much shorter", () => {
    it("does not take the row of an hour ago for a standstill", async () => {
        const b = start({})
        await b.world.run(minutes(2))
        b.command({ do: "interval", seconds: 3600 })
        await b.world.run(minutes(50))
        b.command({ do: "interval", seconds: INTERVAL_SECONDS })
        await b.world.run(minutes(10))
        expect(causes(b)).toEqual(["unknown"])
        await b.drain()
        expectAllArrived(b.account())
    })
})

describe("a program that ended with an error", () => {
    it("says so in its next status, with FRAM and without", async () => {
        const CRASHES = {
            prelude: `
async function crash(): Promise<void> {
    await ds.sleep(${WRONG_AT}_000)
    if (ds.millis() < 2 * ${WRONG_AT}_000) throw new Error("nobody catches this")
}
crash.start()`,
        }
        for (const [options, first] of [
            [{}, "unknown"],
            [STORE, "power"],
        ] as const) {
            const b = start({ ...CRASHES, ...options })
            await b.world.run(seconds(WRONG_AT + 120))
            expect(b.node.panics.length).toBe(1)
            expect(causes(b)).toEqual([first, "program"])
            b.close()
        }
    })
})
