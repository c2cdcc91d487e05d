/** What docs/apps/street-noise.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { minutes } from "../../sim/time/duration.js"
import { ADS1115Model } from "../../src/drivers/ads1115/model.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("street-noise")

let bench: AppBench | undefined
afterEach(() => bench?.close())

describe("a street", () => {
    it("has its LAeq, LAmax and trams; a bang is none, and an unplugged meter gives no number", async () => {
        // 55 dB, and every 5 min a tram of 12 s with 78 dB; a bang of 1 s in between.
        const level = (s: number) => {
            const second = Math.floor(s) % 300
            if (second >= 100 && second < 112) return 78
            return second === 200 ? 95 : 55
        }
        const meter = new ADS1115Model().feed("a0", t => level(AppBench.since(t)) / 50)
        const b = new AppBench({ app: "street-noise", sensors: [meter] })
        bench = b
        await b.world.run(minutes(31))
        await b.drain()
        for (const [at, laeq] of b.valuesOf("laeq").slice(2)) {
            let power = 0
            for (let s = at - 60; s < at; s++) power += 10 ** (level(s + 1) / 10)
            const exact = 10 * Math.log10(power / 60)
            expect(
                Math.abs((laeq as number) - exact),
                `dB at ${at} s, exact ${exact}`
            ).toBeLessThan(0.6)
        }
        expect(Math.max(...b.valuesOf("lamax").map(([, value]) => value ?? 0))).toBeCloseTo(95, 0)
        expect(b.latest("tram_passages"), "6 trams in half an hour").toBe(6)
        meter.faults.unplugged = true
        await b.world.run(minutes(10))
        await b.drain()
        expect(b.latest("laeq")).toBeUndefined()
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })
})
