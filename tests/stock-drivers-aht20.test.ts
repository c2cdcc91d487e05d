/** The stock AHT20 driver, unmodified, against our model; see stock-drivers.test.ts. */
import { describe, expect, it } from "vitest"
import { compile } from "../sim/program/compile.js"
import { DriverRig } from "../sim/rig/driver-rig.js"
import { type SimNode } from "../sim/world/node.js"
import { World } from "../sim/world/world.js"
import { QUALITY_CRC } from "../src/core/quality.js"
import { AHT20Model } from "../src/drivers/aht20/model.js"
import { stockProgram } from "./support/stock-bridge.js"

const PROGRAM = stockProgram(`import { startAHT20 } from "@devicescript/drivers"

const { temperature, humidity } = await startAHT20()
for (;;) {
    const celsius = await temperature.reading.read()
    const percent = await humidity.reading.read()
    console.log("READING " + celsius + " " + percent)
    await ds.sleep(1000)
}
`)

/** A Jacdac reading is an i22.10, and the console shows 7 digits of it. */
const TOLERANCE = 1 / 1024 + 0.0003

/** Panic code of the runtime. */
const UNHANDLED_EXCEPTION = 60005

interface Stock {
    readonly world: World
    readonly node: SimNode
    next(): Promise<readonly [number, number]>
}

function startStock(model: AHT20Model): Stock {
    const world = new World({ allowPanics: true })
    const program = compile("devs/stock-aht20.ts", { source: PROGRAM })
    const node = world.addNode({ program, sensors: [model] })
    const readings: [number, number][] = []
    node.onConsole = line => {
        const match = /^READING (\S+) (\S+)$/.exec(line)
        if (match !== null) readings.push([Number(match[1]), Number(match[2])])
    }
    const next = async () => {
        const before = readings.length
        expect(await world.runUntil(() => readings.length > before, 20_000)).toBe(true)
        return readings[before]
    }
    return { world, node, next }
}

/** From now on, one bit of the humidity is wrong on the wire. */
function disturb(model: AHT20Model): void {
    const transfer = model.transfer.bind(model)
    model.transfer = (...request) => {
        const result = transfer(...request)
        return { ...result, data: result.data.map((byte, i) => (i === 1 ? byte ^ 0x40 : byte)) }
    }
}

describe("stock startAHT20 of @devicescript/drivers", () => {
    it("reads our model of the part right; its start is another part's, and early", async () => {
        let celsius = 0
        let percent = 0
        const model = new AHT20Model()
            .feed("temperature", () => celsius)
            .feed("humidity", () => percent)
        const stock = startStock(model)
        for (const values of [
            [-40, 0],
            [-12.5, 12.34],
            [-0.05, 40],
            [0.05, 66.6],
            [21.37, 99.9],
            [85, 100],
        ]) {
            ;[celsius, percent] = values
            const reading = await stock.next()
            expect(Math.abs(reading[0] - celsius), `${celsius} °C`).toBeLessThan(TOLERANCE)
            expect(Math.abs(reading[1] - percent), `${percent} %RH`).toBeLessThan(TOLERANCE)
        }
        const complaints = new Set(model.illegalAccesses.map(({ what }) => what))
        // A sleep of 20 ms after a transfer is early by the length of the transfer: the part
        // is not there yet, the program ends, and its next start happens to be in time.
        expect([...complaints]).toEqual(["command while it starts", "unknown command 0xe1"])
        expect(stock.node.panics.map(({ code }) => code)).toEqual([UNHANDLED_EXCEPTION])
    })

    it("takes a disturbed reading for a good one, which our driver does not", async () => {
        const model = new AHT20Model().feed("temperature", 20).feed("humidity", 40)
        const stock = startStock(model)
        await stock.next()
        disturb(model)
        expect((await stock.next())[1]).toBeCloseTo(40 - (100 * 0x40000) / 0x100000, 1)

        const ours = new AHT20Model().feed("temperature", 20).feed("humidity", 40)
        const drivers = [{ folder: "aht20", className: "AHT20" }]
        const rig = new DriverRig({ drivers, models: [ours] })
        await rig.take(1)
        disturb(ours)
        expect((await rig.take(1))[0].qualities).toEqual([QUALITY_CRC, QUALITY_CRC])
    })

    it("waits for ever for a part that stays busy, which our driver does not", async () => {
        const model = new AHT20Model().feed("temperature", 20).feed("humidity", 40)
        const stock = startStock(model)
        await stock.next()
        model.faults.stuckBusy = true
        let transfers = 0
        stock.node.bus.onTransfer = () => transfers++
        await stock.world.run(600_000)
        expect(transfers).toBeGreaterThan(10_000)
    })
})
