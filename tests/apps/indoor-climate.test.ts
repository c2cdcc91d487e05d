/** What docs/apps/indoor-climate.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { minutes } from "../../sim/time/duration.js"
import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { SCD4xModel } from "../../src/drivers/scd4x/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { provide } from "../reliability/provisioning.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("indoor-climate")

const DARK = [0, 0, 0]
const GREEN = [0, 60, 0]
const YELLOW = [60, 60, 0]
const RED = [60, 0, 0]
/** Two samples have to agree, a minute apart, and the sensor's own average follows within 10 s. */
const FOLLOWS = 135

let bench: AppBench | undefined
afterEach(() => {
    bench?.close()
    bench = undefined
})

function room(co2: (second: number) => number): { b: AppBench; air: SCD4xModel } {
    const air = new SCD4xModel().feed("co2", t => co2(AppBench.since(t)))
    const climate = new SHT4xModel().feed("temperature", 21.5).feed("humidity", 44)
    const light = new BH1750Model().feed("illuminance", 320)
    bench = new AppBench({ app: "indoor-climate", sensors: [climate, air, light] })
    return { b: bench, air }
}

describe("a classroom", () => {
    it("is told to open the window while its air is used up, and not any more when it is fresh again", async () => {
        // Full from minute 5 on, stale from 15 on, aired in minute 30.
        const { b, air } = room(s => (s < 300 ? 600 : s < 900 ? 1200 : s < 1800 ? 1800 : 500))
        await b.world.run(minutes(40))
        const colours = b.lights.map(({ colour }) => colour)
        expect(colours).toEqual([DARK, GREEN, YELLOW, RED, GREEN])
        const since = b.lights.map(light => light.since)
        for (const [i, from] of [
            [2, 300],
            [3, 900],
            [4, 1800],
        ])
            expect(since[i] - from, "s until the light follows").toBeLessThanOrEqual(FOLLOWS)
        // The sensor is unplugged: no number, and no light that says that all is well.
        air.faults.unplugged = true
        await b.world.run(minutes(20))
        expect(b.lights.at(-1)?.colour).toEqual(DARK)
        await b.drain()
        expect(b.latest("co2")).toBeUndefined()
        expect(b.latest("temperature")).toBeCloseTo(21.5, 1)
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })

    it("has the limits that its school sets, and no flicker around them", async () => {
        const { b } = room(s => (Math.floor(s / 60) % 2 === 0 ? 820 : 780))
        await b.world.run(minutes(1))
        await provide(b, { app: "air=800" })
        await b.world.run(minutes(30))
        const changes = b.lights.filter(({ since }) => since > 120)
        expect(changes.length, "changes of the light in half an hour").toBeLessThanOrEqual(2)
    })
})
