/** What docs/apps/building-damp.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { hours } from "../../sim/time/duration.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("building-damp")

let bench: AppBench | undefined
afterEach(() => bench?.close())

describe("a cellar", () => {
    it("has a dew point, mould hours while it is damp, and an alarm; none of it when its sensor is out", async () => {
        // Dry for 3 h, damp for 5, dry again.
        const humidity = (s: number) => (s >= 3 * 3600 && s < 8 * 3600 ? 88 : 60)
        const air = new SHT4xModel()
            .feed("temperature", 14)
            .feed("humidity", t => humidity(AppBench.since(t)))
        const b = new AppBench({ app: "building-damp", sensors: [air] })
        bench = b
        await b.world.run(hours(11))
        await b.drain()
        for (const [at, dew] of b.valuesOf("dew_point").slice(1)) {
            // The sample of that very moment may be of before or after it.
            if (at === 3 * 3600 || at === 8 * 3600) continue
            const gamma = Math.log(humidity(at) / 100) + (17.62 * 14) / (243.12 + 14)
            const exact = (243.12 * gamma) / (17.62 - gamma)
            expect(Math.abs((dew as number) - exact), `°C at ${at} s`).toBeLessThan(0.05)
        }
        expect(Math.abs((b.latest("mould_hours") as number) - 5), "h").toBeLessThan(0.3)
        expect(b.alarms.map(({ isOn }) => isOn)).toEqual([false, true, false])
        expect(b.alarms[1].arrivedAt - 3 * 3600, "s until the alarm").toBeLessThanOrEqual(3605)
        air.faults.unplugged = true
        await b.world.run(hours(1))
        await b.drain()
        expect([b.latest("dew_point"), b.latest("mould_hours")]).toEqual([undefined, undefined])
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })
})
