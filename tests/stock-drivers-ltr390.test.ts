/** The stock driver of the LTR-390UV, unmodified, on our model, and what ours does better. */
import { describe, expect, it } from "vitest"
import { compile } from "../sim/program/compile.js"
import { World } from "../sim/world/world.js"
import { LTR390Model } from "../src/drivers/ltr390/model.js"
import { stockProgram } from "./support/stock-bridge.js"

const SOURCE = stockProgram(`import { startLTR390 } from "@devicescript/drivers"
const { illuminance, uvIndex } = await startLTR390()
for (;;) {
    await ds.sleep(1000)
    console.log("READING " + (await illuminance.reading.read()) + " " + (await uvIndex.reading.read()))
}`)

async function stockReadings(model: LTR390Model, count: number): Promise<[number, number][]> {
    const world = new World({ allowPanics: true })
    const program = compile("devs/stock-ltr390.ts", { source: SOURCE })
    const node = world.addNode({ program, sensors: [model] })
    const readings: [number, number][] = []
    node.onConsole = line => {
        const match = /^READING (\S+) (\S+)$/.exec(line)
        if (match !== null) readings.push([Number(match[1]), Number(match[2])])
    }
    expect(await world.runUntil(() => readings.length >= count, 20_000)).toBe(true)
    return readings
}

describe("stock startLTR390 of @devicescript/drivers", () => {
    it("reads the illuminance of our model right, to the width of its counts, and makes no illegal access", async () => {
        for (const lux of [0, 0.2, 100, 1234.6, 52_000]) {
            const model = new LTR390Model().feed("illuminance", lux).feed("uv_index", 3)
            const [reading] = await stockReadings(model, 2)
            // A Jacdac illuminance is a u22.10; 18 bits at gain 3 are 0.2 lx per count.
            expect(Math.abs(reading[0] - lux), `${lux} lx`).toBeLessThanOrEqual(0.1 + 1 / 1024)
            expect(model.illegalAccesses).toEqual([])
        }
    })

    it("ends at 52,428 lx without a word, where ours still measures", async () => {
        const model = new LTR390Model().feed("illuminance", 100_000).feed("uv_index", 3)
        const [reading] = await stockReadings(model, 2)
        expect(reading[0]).toBeCloseTo(0.2 * (2 ** 18 - 1), 0)
    })

    it("gives counts divided by 1.5 as UV index, 64 times too much", async () => {
        const model = new LTR390Model().feed("illuminance", 1000).feed("uv_index", 6)
        const [reading] = await stockReadings(model, 2)
        const counts = Math.round((6 * 2300 * 3 * 100) / (18 * 400))
        expect(reading[1]).toBeCloseTo((counts * 2) / 3, 1)
    })
})
