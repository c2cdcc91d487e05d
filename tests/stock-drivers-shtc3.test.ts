/**
 * The stock driver of the SHTC3, which others wrote for the real part, on our model:
 * a driver and a model of ours could agree on the same mistake, this one does not.
 */
import { describe, expect, it } from "vitest"
import { compile } from "../sim/program/compile.js"
import { World } from "../sim/world/world.js"
import { SHTC3Model } from "../src/drivers/shtc3/model.js"
import { stockProgram } from "./support/stock-bridge.js"

const STOCK_SHTC3 = stockProgram(`import { startSHTC3 } from "@devicescript/drivers"
const { temperature, humidity } = await startSHTC3()
for (;;) {
    const celsius = await temperature.reading.read()
    const percent = await humidity.reading.read()
    console.log("READING " + celsius + " " + percent)
    await ds.sleep(1000)
}`)

/** A Jacdac reading is an i22.10. */
const TOLERANCE = 1 / 1024 + 0.002

describe("stock startSHTC3 of @devicescript/drivers", () => {
    it("reads our model of the part right, below zero too, and makes no illegal access", async () => {
        let celsius = 0
        let percent = 0
        const model = new SHTC3Model()
            .feed("temperature", () => celsius)
            .feed("humidity", () => percent)
        const world = new World()
        const program = compile("devs/stock-shtc3.ts", { source: STOCK_SHTC3 })
        const node = world.addNode({ program, sensors: [model] })
        const readings: number[][] = []
        node.onConsole = line => {
            const match = /^READING (\S+) (\S+)$/.exec(line)
            if (match !== null) readings.push([Number(match[1]), Number(match[2])])
        }
        for (const values of [
            [-40, 0],
            [-12.5, 12.34],
            [-0.05, 40],
            [0, 50],
            [0.05, 66.6],
            [21.37, 99.9],
            [125, 5],
        ]) {
            ;[celsius, percent] = values
            const before = readings.length
            expect(await world.runUntil(() => readings.length > before, 10_000)).toBe(true)
            const reading = readings[before]
            expect(Math.abs(reading[0] - celsius), `${celsius} °C`).toBeLessThan(TOLERANCE)
            expect(Math.abs(reading[1] - percent), `${percent} %RH`).toBeLessThan(TOLERANCE)
        }
        expect(model.illegalAccesses).toEqual([])
        expect(node.panics).toEqual([])
        expect(node.console.map(({ text }) => text)).toContain("SHTC3 id=2183") // 0x0887
    })
})
