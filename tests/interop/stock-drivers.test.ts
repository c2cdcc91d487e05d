/**
 * Drivers that others wrote for the real parts, unmodified, on our simulated bus:
 * a driver and a model of ours could agree on the same mistake, a stock driver
 * does not. What the stock drivers get wrong themselves is written down here too,
 * because it is why this project has its own.
 */
import { describe, expect, it } from "vitest"
import { QUALITY_ABSENT, QUALITY_CRC } from "../../src/core/quality.js"
import { SHT3xModel } from "../../src/drivers/sht3x/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import {
    STOCK_SHT30,
    UNHANDLED_EXCEPTION,
    disturbByte,
    expectClimate,
    ourRig,
    startStock,
} from "../support/stock-bridge.js"

/** A Jacdac reading is an i22.10; the driver divides by 65536 instead of 65535. */
const TOLERANCE = 1 / 1024 + 0.003

describe("stock startSHT30 of @devicescript/drivers", () => {
    it("reads our model of the part right, below zero too, and makes no illegal access", async () => {
        const model = new SHT3xModel()
        const points = [
            [-40, 0],
            [-12.5, 12.34],
            [-0.05, 40],
            [0, 50],
            [0.05, 66.6],
            [21.37, 99.9],
            [125, 100],
        ] as const
        const stock = await expectClimate(STOCK_SHT30, model, points, TOLERANCE)
        expect(model.illegalAccesses).toEqual([])
        expect(stock.node.panics).toEqual([])
    })

    it("reads the status register that the datasheet gives for a part after power-up", async () => {
        const stock = startStock(STOCK_SHT30, new SHT3xModel())
        await stock.next()
        const lines = stock.node.console.map(line => line.text)
        expect(lines).toContain("SHT30 status=32784") // 0x8010
    })

    it("takes a disturbed reading for a good one, which our driver does not", async () => {
        const model = new SHT3xModel().feed("temperature", 20).feed("humidity", 40)
        const stock = startStock(STOCK_SHT30, model)
        await stock.next()
        disturbByte(model, 0)
        const [celsius] = await stock.next()
        expect(celsius).toBeCloseTo(20 - (175 * 0x4000) / 65535, 1)

        const ours = new SHT4xModel().feed("temperature", 20).feed("humidity", 40)
        const rig = ourRig("sht4x", ours)
        await rig.take(1)
        disturbByte(ours, 0)
        expect((await rig.take(1))[0].qualities).toEqual([QUALITY_CRC, QUALITY_CRC])
    })

    it("restarts the whole program over one transfer without an answer, which ours does not", async () => {
        const model = new SHT3xModel().feed("temperature", 20).feed("humidity", 40)
        const stock = startStock(STOCK_SHT30, model)
        await stock.next()
        model.faults.nackTransfer = 1
        await stock.world.run(3000)
        expect(stock.node.panics.map(panic => panic.code)).toEqual([UNHANDLED_EXCEPTION])

        const ours = new SHT4xModel().feed("temperature", 20).feed("humidity", 40)
        const rig = ourRig("sht4x", ours)
        await rig.take(1)
        ours.faults.nackTransfer = 1
        const [lost, next] = await rig.take(2)
        expect(lost.qualities).toEqual([QUALITY_ABSENT, QUALITY_ABSENT])
        expect(next.values).toEqual([2000, 4000])
        expect(rig.node.panics).toEqual([])
    })
})
