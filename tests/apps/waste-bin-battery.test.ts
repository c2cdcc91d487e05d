/**
 * What docs/apps/waste-bin-battery.md promises of a battery: the very program, asleep between rows, on a board whose
 * memory is lost with each sleep.
 */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes } from "../../sim/time/duration.js"
import { DS3231Model } from "../../src/drivers/ds3231/model.js"
import { LIS3DHModel } from "../../src/drivers/lis3dh/model.js"
import { MAX17048Model } from "../../src/drivers/max17048/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { VL53L1XModel } from "../../src/drivers/vl53l1x/model.js"
import { AppBench, appProgram, type AlarmNote } from "./app-bench.js"

const APP = "waste-bin-battery"
const INTERVAL = 600
const G = 9.80665
/** A node that nobody has set up yet stays up for so long, s. */
const SET_UP = 300
/** The RC oscillator that times the sleep is off by so much, ppm. */
const SLEEP_PPM = 20_000

appProgram(APP)

let bench: AppBench | undefined
afterEach(() => bench?.close())

interface Bin {
    /** % at a time in s. */
    readonly contents?: (second: number) => number
    readonly tilted?: (second: number) => boolean
    readonly heat?: (second: number) => number
    readonly board?: string
    readonly isRamOnly?: true
    /** Whether the clock part has a coin cell; default true. */
    readonly isBacked?: boolean
}

function start(bin: Bin) {
    const { contents = () => 30, tilted = () => false, heat = () => 12, ...options } = bin
    const since = (t: number) => AppBench.since(t)
    const clock = new DS3231Model()
    clock.isBacked = bin.isBacked ?? true
    bench = new AppBench({
        app: APP,
        sleepPpm: SLEEP_PPM,
        sensors: [
            new VL53L1XModel()
                .feed("distance", t => 1 - 0.008 * contents(since(t)))
                .feed("ambient_rate", 5000),
            new LIS3DHModel()
                .feed("acceleration_x", t => (tilted(since(t)) ? G : 0))
                .feed("acceleration_y", 0)
                .feed("acceleration_z", t => (tilted(since(t)) ? 0 : G)),
            new SHT4xModel().feed("temperature", t => heat(since(t))).feed("humidity", 70),
            new MAX17048Model()
                .feed("battery_voltage", 3.9)
                .feed("battery_level", 80)
                .feed("charge_rate", -0.1),
            clock,
        ],
        ...options,
    })
    return bench
}

/** Times of rows, s; that of an event has no distance. */
const rowsOf = (b: AppBench) =>
    b.valuesOf("distance").flatMap(([at, value]) => (value === undefined ? [] : [at]))

const told = (alarms: readonly AlarmNote[], name: string) =>
    alarms.filter(alarm => alarm.name === name)

describe("a waste bin on a battery", () => {
    it("loses and doubles nothing, and knows what it knew, over 40 sleeps, an outage and a power cut", async () => {
        // 10 % an hour from 20 % on, emptied after 3 h and 20 min.
        const contents = (s: number) => (s < 12_000 ? 20 + s / 360 : (s - 12_000) / 360)
        const b = start({ contents })
        await b.world.run(hours(1.6))
        b.broker.restart(minutes(100))
        await b.world.run(hours(3.6))
        // In the middle of a sleep, for longer than it had lasted.
        expect(b.node.isOn, "awake").toBe(false)
        b.node.powerCut(minutes(25))
        await b.world.run(hours(1.8))

        const rows = rowsOf(b)
        expect(new Set(rows).size, "rows that came once").toBe(rows.length)
        expect(b.collector.lostFrames).toBe(0)
        expect(b.problems).toEqual([])
        const gaps = rows.slice(1).map((at, i) => at - rows[i])
        const cut = gaps.filter(gap => gap > 1.05 * INTERVAL)
        expect(cut.length, `${cut.join()} s between rows, beside the power cut`).toBe(1)
        expect(cut[0]).toBeLessThan(25 * 60 + 2 * INTERVAL)
        expect(b.node.sleeps).toBeGreaterThan(35)
        const begun = b.statuses.filter(({ reset }) => reset !== "sleep")
        expect(new Set(begun.map(({ boot }) => boot)).size, "boots after a power cut").toBe(2)

        expect(b.latest("emptied")).toBe(1)
        const emptiedAt = b.valuesOf("emptied").find(([, count]) => count === 1)?.[0] ?? 0
        expect(emptiedAt - 12_000, "s after it was emptied").toBeLessThanOrEqual(2 * INTERVAL)
        // 10 % an hour, also over the sleeps, and over the power cut.
        for (const [at, left] of b.valuesOf("time_to_full").slice(-4)) {
            const truth = (100 - contents(at)) / 10
            expect(Math.abs((left as number) - truth), `${left} h of ${truth} h`).toBeLessThan(0.8)
        }
        expect(b.node.heapLowWater, "B of free heap").toBeGreaterThanOrEqual(8192)
        expect(b.node.panics).toEqual([])
    })

    it("forgets levels, not emptyings, when the clock part loses its power too", async () => {
        const contents = (s: number) => (s < 3000 ? 60 : 5)
        const b = start({ contents, isBacked: false })
        await b.world.run(hours(1.6))
        b.node.powerCut(minutes(3))
        await b.world.run(hours(0.9))
        expect(b.latest("emptied")).toBe(1)
        const boots = new Set(b.readings.map(({ boot }) => boot))
        expect(boots.size, "boots").toBeGreaterThan(10)
        expect(b.collector.lostFrames).toBe(0)
        expect(b.latest("fill_level")).toBeCloseTo(5, 0)
    })

    it("is awake for a fiftieth of the time once it is set up, and numbers its boots", async () => {
        const b = start({})
        await b.world.run(hours(4))
        const awake = 4 * 3600 - SET_UP - b.node.asleepMs / 1000
        expect(awake / (4 * 3600 - SET_UP), "share of time").toBeLessThan(0.02)
        // One of six rows is reported.
        const boots = b.statuses.map(({ boot }) => boot)
        const steps = boots.slice(2).map((boot, i) => (boot - boots[i + 1] + 65_536) % 65_536)
        expect(steps.length).toBeGreaterThanOrEqual(2)
        const causes = b.statuses.map(({ reset }) => reset)
        expect(causes[0]).not.toBe("sleep")
        expect(new Set(causes.slice(1)), "causes of starts").toEqual(new Set(["sleep"]))
    })

    it("tells an alarm in the wake that sees it, also one that takes two, once each, and when it is over", async () => {
        const burns = (s: number) => s > 4000 && s < 6400
        const lies = (s: number) => s > 8000 && s < 11_000
        const b = start({ heat: s => (burns(s) ? 80 : 12), tilted: lies })
        await b.world.run(hours(4.5))
        const [fire, fireOver, ...moreFire] = told(b.alarms, "fire").slice(1)
        expect(fire).toMatchObject({ isOn: true, value: 8000 })
        expect(fire.arrivedAt - 4000, "s from fire to alarm").toBeLessThan(INTERVAL + 30)
        expect(fireOver).toMatchObject({ isOn: false })
        expect(fireOver.arrivedAt - 6400).toBeLessThan(INTERVAL + 30)
        const [tipped, tippedOver, ...moreTipped] = told(b.alarms, "tipped").slice(1)
        expect(tipped).toMatchObject({ isOn: true })
        expect(tipped.arrivedAt - 8000, "s from the fall to the alarm").toBeLessThan(
            2 * INTERVAL + 30
        )
        expect(tippedOver).toMatchObject({ isOn: false })
        expect([...moreFire, ...moreTipped]).toEqual([])
    })

    it("stays up on a board that cannot sleep, without the memory part, and when told to, and says so", async () => {
        for (const how of [{ board: "suitcase_pico_w" }, { isRamOnly: true }] as const) {
            const b = start(how)
            await b.world.run(minutes(25))
            await b.drain()
            expect(b.node.sleeps).toBe(0)
            expect(rowsOf(b).length).toBeGreaterThanOrEqual(2)
            expect(b.console.join("\n")).toContain("the node stays up")
            b.close()
        }
    })
})
