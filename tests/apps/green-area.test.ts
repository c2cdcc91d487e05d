/** What docs/apps/green-area.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { hours } from "../../sim/time/duration.js"
import { ADS1115Model } from "../../src/drivers/ads1115/model.js"
import { PCF8593Model } from "../../src/drivers/pcf8593/model.js"
import { VEML7700Model } from "../../src/drivers/veml7700/model.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("green-area")

let bench: AppBench | undefined
afterEach(() => bench?.close())

describe("a green area", () => {
    it("says how wet its soil is and what it rained, and tells once when it is dry", async () => {
        // From 60 % to 10 % in 5 h, then watered. 2.6 V is dry, 1.1 V wet.
        const moisture = (s: number) => (s < 6 * 3600 ? Math.max(10, 60 - s / 360) : 80)
        const soil = new ADS1115Model().feed(
            "a0",
            t => 2.6 - (1.5 * moisture(AppBench.since(t))) / 100
        )
        // A tip each quarter of an hour: 0.279 mm.
        const rain = new PCF8593Model().feed("count", t => Math.floor(AppBench.since(t) / 900))
        const light = new VEML7700Model().feed("illuminance", 5000)
        const b = new AppBench({ app: "green-area", sensors: [soil, rain, light] })
        bench = b
        await b.world.run(hours(9))
        await b.drain()
        for (const [at, value] of b.valuesOf("soil_moisture").slice(1))
            if (at !== 6 * 3600)
                expect(Math.abs((value as number) - moisture(at)), `% at ${at} s`).toBeLessThan(1)
        const fallen = b.valuesOf("precipitation")
        const [first, last] = [fallen[1], fallen[fallen.length - 1]]
        const exact = ((last[0] - first[0]) / 900) * 0.279
        expect(Math.abs((last[1] as number) - (first[1] as number) - exact), "mm").toBeLessThan(0.4)
        expect(b.alarms.map(({ isOn }) => isOn)).toEqual([false, true, false])
        // 20 % is reached after 4 h.
        expect(b.alarms[1].arrivedAt - 4 * 3600, "s until the alarm").toBeLessThanOrEqual(3605)
        // Nobody connected a soil thermometer: a gap, no number.
        expect(b.latest("soil_temperature")).toBeUndefined()
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })
})
