/** What docs/apps/waste-bin.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes } from "../../sim/time/duration.js"
import { LIS3DHModel } from "../../src/drivers/lis3dh/model.js"
import { MAX17048Model } from "../../src/drivers/max17048/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { VL53L1XModel } from "../../src/drivers/vl53l1x/model.js"
import { IS_WHOLE } from "../runner/whole.js"
import { AppBench, appProgram, type AlarmNote } from "./app-bench.js"

/** As the program's settings have them, m. */
const EMPTY = 1
const FULL = 0.2
const INTERVAL = 600
const G = 9.80665

appProgram("waste-bin")

let bench: AppBench | undefined
afterEach(() => {
    bench?.close()
    bench = undefined
})

/** A bin: its contents in % by the time in s, and what else happens to it. */
function bin(
    contents: (second: number) => number,
    more: { tiltedFrom?: number; heat?: (second: number) => number } = {}
) {
    const distance = (t: number) => EMPTY - ((EMPTY - FULL) * contents(AppBench.since(t))) / 100
    const isUp = (t: number) => AppBench.since(t) < (more.tiltedFrom ?? Infinity)
    return {
        eye: new VL53L1XModel().feed("distance", distance).feed("ambient_rate", 5000),
        tilt: new LIS3DHModel()
            .feed("acceleration_x", t => (isUp(t) ? 0 : G))
            .feed("acceleration_y", 0)
            .feed("acceleration_z", t => (isUp(t) ? G : 0)),
        air: new SHT4xModel()
            .feed("temperature", t => more.heat?.(AppBench.since(t)) ?? 12)
            .feed("humidity", 70),
        battery: new MAX17048Model()
            .feed("battery_voltage", 3.9)
            .feed("battery_level", 80)
            .feed("charge_rate", -0.1),
    }
}

function start(parts: ReturnType<typeof bin>, options: { isRamOnly?: true } = {}): AppBench {
    bench = new AppBench({ app: "waste-bin", sensors: Object.values(parts), ...options })
    return bench
}

const told = (alarms: readonly AlarmNote[], name: string) =>
    alarms.filter(alarm => alarm.name === name).map(({ isOn }) => isOn)

describe("a waste bin", () => {
    if (IS_WHOLE)
        it("fills, is emptied, and says how full it is, when it was emptied, and how long until it is full", async () => {
            // 10 % an hour, emptied after 6 h.
            const contents = (s: number) => (s < hours(6) / 1000 ? s / 360 : (s - 21_600) / 360)
            const b = start(bin(contents))
            await b.world.run(hours(10))
            await b.drain()
            const levels = b.valuesOf("fill_level")
            for (const [at, level] of levels) {
                const sampledAt = Math.max(0, at - INTERVAL)
                if (Math.abs(at - 21_600) <= 2 * INTERVAL) continue
                expect(
                    Math.abs((level as number) - contents(sampledAt)),
                    `% at ${at} s`
                ).toBeLessThan(3)
            }
            expect(b.latest("emptied")).toBe(1)
            const emptiedAt = b.valuesOf("emptied").find(([, count]) => count === 1)?.[0] as number
            expect(emptiedAt - 21_600, "s after it was emptied").toBeLessThanOrEqual(2 * INTERVAL)
            const early = b.valuesOf("time_to_full").filter(([at]) => at < 1200)
            expect(
                early.every(([, left]) => left === undefined),
                "no forecast yet"
            ).toBe(true)
            // 40 % in 4 h: 6 h for the rest.
            expect(Math.abs((b.latest("time_to_full") as number) - 6), "h").toBeLessThan(0.5)
            expect(b.problems).toEqual([])
        })

    if (IS_WHOLE)
        it("is full once, within two samples of it, and over when it was emptied", async () => {
            const full = 4 * 3600
            const b = start(bin(s => (s < full ? 60 : s < 7 * 3600 ? 95 : 2)))
            await b.world.run(hours(9))
            expect(told(b.alarms, "full")).toEqual([false, true, false])
            const [, on, off] = b.alarms.filter(({ name }) => name === "full")
            expect(on.arrivedAt - full, "s until the alarm came").toBeLessThanOrEqual(
                2 * INTERVAL + 5
            )
            expect(on).toMatchObject({ channel: "fill_level", limit: 850 })
            expect(Math.abs((on.value as number) - 950), "0.1 %").toBeLessThanOrEqual(2)
            expect(
                Math.abs((on.time as number) / 1000 - AppBench.at(on.arrivedAt) / 1000)
            ).toBeLessThan(5)
            expect(off.arrivedAt - 7 * 3600).toBeLessThanOrEqual(2 * INTERVAL + 5)
        })

    if (IS_WHOLE)
        it("does not take a lid, a bag or fog for a full or an emptied bin", async () => {
            let odd = 0
            // Every seventh sample the lid stands open, or a bag hangs in front.
            const b = start(
                bin(s => {
                    const sample = Math.round(s / INTERVAL)
                    if (sample % 7 !== 3) return 50
                    odd++
                    return sample % 2 === 0 ? 0 : 100
                })
            )
            await b.world.run(hours(8))
            await b.drain()
            expect(odd).toBeGreaterThan(5)
            expect(b.latest("emptied")).toBe(0)
            expect(told(b.alarms, "full")).toEqual([false])
            for (const [at, level] of b.valuesOf("fill_level").slice(1))
                expect(Math.abs((level as number) - 50), `% at ${at} s`).toBeLessThan(1)
        })

    it("tells when it lies on its side and when it burns, without a network too once that is back", async () => {
        const b = start(bin(() => 30, { tiltedFrom: 7200, heat: s => (s > 9000 ? 90 : 15) }))
        await b.world.run(minutes(100))
        b.broker.restart(hours(1))
        await b.world.run(hours(2))
        expect(told(b.alarms, "tipped"), "after the outage").toEqual([false, true])
        expect(told(b.alarms, "fire")).toEqual([false, true])
        await b.drain()
        expect(b.latest("fill_level"), "of a bin on its side").toBeUndefined()
        const fire = b.alarms.find(({ name, isOn }) => name === "fire" && isOn) as AlarmNote
        const happened = 9000
        const changedAt = AppBench.since(fire.time as number)
        expect(changedAt - happened, "s, its own time of it").toBeLessThanOrEqual(INTERVAL + 5)
    })

    it("keeps an alarm over a power cut, and tells it when nobody has acknowledged it before", async () => {
        const b = start(bin(s => (s < 3600 ? 60 : 95)))
        await b.world.run(minutes(50))
        b.broker.stop()
        await b.world.run(hours(1))
        b.node.powerCut(minutes(5))
        await b.world.run(minutes(10))
        expect(told(b.alarms, "full")).toEqual([false])
        b.broker.start()
        await b.world.run(hours(1))
        expect(told(b.alarms, "full"), "once, from before the cut").toEqual([false, true])
        const late = b.alarms.find(({ name, isOn }) => name === "full" && isOn)
        expect([late?.time, late?.value], "nobody kept when, and with what value").toEqual([
            undefined,
            undefined,
        ])
        b.node.powerCut(minutes(5))
        await b.world.run(hours(1))
        expect(told(b.alarms, "full"), "not again after the next cut").toEqual([false, true])
    })

    it("leaves 8 KB of memory, and gaps instead of numbers while its eye is unplugged", async () => {
        const parts = bin(() => 42)
        const b = start(parts)
        await b.world.run(hours(1))
        parts.eye.faults.unplugged = true
        await b.world.run(hours(2))
        await b.drain()
        expect(b.latest("fill_level")).toBeUndefined()
        expect(b.latest("temperature")).toBe(12)
        expect(told(b.alarms, "full"), "a gap is no alarm and ends none").toEqual([false])
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })
})
