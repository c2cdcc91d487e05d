/** What docs/apps/starter.md promises, with the very program on a board. */
import { afterEach, expect, it } from "vitest"
import { minutes } from "../../sim/time/duration.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("starter")

let bench: AppBench | undefined
afterEach(() => bench?.close())

it("a first node sends a row on each minute, a gap while its sensor is out, and all of it after an outage", async () => {
    const air = new SHT4xModel().feed("temperature", 21.5).feed("humidity", 40)
    bench = new AppBench({ app: "starter", sensors: [air], isRamOnly: true })
    await bench.world.run(minutes(20))
    air.faults.unplugged = true
    await bench.world.run(minutes(5))
    air.faults.unplugged = false
    bench.broker.restart(minutes(10))
    await bench.world.run(minutes(45))
    const rows = bench.valuesOf("temperature")
    expect(rows.length, "rows of the first 50 min that came within 70").toBeGreaterThanOrEqual(50)
    for (const [i, [at, value]] of rows.entries()) {
        if (i > 1) expect(at % 60, `s past the minute, row ${i}`).toBe(0)
        if (at === 20 * 60 || at === 25 * 60) continue
        const isOut = at > 20 * 60 && at <= 25 * 60
        expect(value, `°C at ${at} s`).toBe(isOut ? undefined : 21.5)
    }
    expect(bench.problems).toEqual([])
})
