/** What docs/apps/energy-meter.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes } from "../../sim/time/duration.js"
import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { PCF8593Model } from "../../src/drivers/pcf8593/model.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("energy-meter")

/** imp/kWh, as the program's settings have it. */
const PULSES = 1000

let bench: AppBench | undefined
afterEach(() => bench?.close())

describe("an energy meter", () => {
    it("gives the energy of its pulses and the power between rows; a counter that is out gives neither", async () => {
        const watts = (s: number) => (s < 3600 ? 600 : 3000)
        const wattHours = (s: number) =>
            (600 * Math.min(s, 3600) + 3000 * Math.max(0, s - 3600)) / 3600
        const counter = new PCF8593Model().feed("count", t =>
            Math.floor((wattHours(AppBench.since(t)) * PULSES) / 1000)
        )
        const light = new BH1750Model().feed("illuminance", 300)
        const b = new AppBench({ app: "energy-meter", sensors: [counter, light] })
        bench = b
        await b.world.run(hours(3))
        await b.drain()
        const energy = b.valuesOf("energy")
        const [first, last] = [energy[1], energy[energy.length - 1]]
        const used = (last[1] as number) - (first[1] as number)
        expect(Math.abs(used - (wattHours(last[0]) - wattHours(first[0]))), "Wh").toBeLessThan(2)
        for (const [at, power] of b.valuesOf("mean_power").slice(2))
            if (Math.abs(at - 3600) > 300)
                expect(Math.abs((power as number) - watts(at - 300)), `W at ${at} s`).toBeLessThan(
                    25
                )
        counter.faults.unplugged = true
        await b.world.run(minutes(15))
        await b.drain()
        expect([b.latest("energy"), b.latest("mean_power")]).toEqual([undefined, undefined])
        expect(b.latest("illuminance")).toBeCloseTo(300, -1)
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })
})
