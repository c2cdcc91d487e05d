/** What docs/apps/water-level.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { hours, minutes } from "../../sim/time/duration.js"
import { ADS1115Model } from "../../src/drivers/ads1115/model.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("water-level")

/** As the program's settings have it, m. */
const HIGH = 2.2
let bench: AppBench | undefined
afterEach(() => bench?.close())

/** A probe of 5 m over 100 Ω: 0.4 V at 0, 2 V at 5 m. @param level m, with what a pipe leaves of its waves */
function stream(level: (second: number) => number): { b: AppBench; probe: ADS1115Model } {
    const probe = new ADS1115Model().feed("a0", t => {
        const s = AppBench.since(t)
        const wave = 0.012 * Math.sin(s * 1.7) + 0.012 * Math.sin(s * 0.9)
        // A branch lies on it now and then.
        const branch = Math.floor(s) % 47 === 5 ? 1.5 : 0
        return 0.4 + (1.6 * (level(s) + wave + branch)) / 5
    })
    bench = new AppBench({ app: "water-level", sensors: [probe] })
    return { b: bench, probe }
}

const on = (b: AppBench, name: string) =>
    b.alarms.filter(alarm => alarm.name === name).map(({ isOn }) => isOn)

describe("a stream", () => {
    it("that rises is sampled more often, and told of within two rows; its waves are not", async () => {
        // Calm for two hours, then 0.5 m an hour.
        const level = (s: number) => 1 + Math.max(0, s - 7200) * (0.5 / 3600)
        const { b, probe } = stream(level)
        await b.world.run(hours(2))
        expect(on(b, "high")).toEqual([false])
        await b.world.run(hours(3))
        await b.drain()
        const high = 7200 + ((HIGH - 1) / 0.5) * 3600
        const alarm = b.alarms.find(({ name, isOn }) => name === "high" && isOn)
        expect((alarm?.arrivedAt as number) - high, "s after it was high").toBeLessThanOrEqual(125)
        expect((alarm?.arrivedAt as number) - high, "s: not long before").toBeGreaterThan(-300)
        const rows = b.valuesOf("water_level")
        for (const [at, value] of rows.slice(1))
            expect(Math.abs((value as number) - level(at)), `m at ${at} s`).toBeLessThan(0.1)
        const calm = rows.filter(([at]) => at > 3600 && at <= 7200).length
        const rising = rows.filter(([at]) => at > 9000 && at <= 12_600).length
        expect(rising, `rows an hour, ${calm} when calm`).toBeGreaterThan(1.5 * calm)
        expect(Math.abs((b.latest("rise") as number) - 500), "mm/h").toBeLessThan(150)
        // The wire breaks: no number, and the alarm stays on.
        probe.feed("a0", 0)
        await b.world.run(minutes(20))
        await b.drain()
        expect(b.latest("water_level")).toBeUndefined()
        expect(on(b, "high")).toEqual([false, true])
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })
})
