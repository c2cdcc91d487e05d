/** The stock AHT20 driver, unmodified, against our model; see stock-drivers.test.ts. */
import { describe, expect, it } from "vitest"
import { QUALITY_CRC } from "../../src/core/quality.js"
import { AHT20Model } from "../../src/drivers/aht20/model.js"
import {
    STOCK_AHT20,
    UNHANDLED_EXCEPTION,
    disturbByte,
    expectClimate,
    ourRig,
    startStock,
} from "../support/stock-bridge.js"

const LIMIT_MS = 20_000

/** A Jacdac reading is an i22.10, and the console shows 7 digits of it. */
const TOLERANCE = 1 / 1024 + 0.0003

describe("stock startAHT20 of @devicescript/drivers", () => {
    it("reads our model of the part right; its start is another part's, and early", async () => {
        const model = new AHT20Model()
        const points = [
            [-40, 0],
            [-12.5, 12.34],
            [-0.05, 40],
            [0.05, 66.6],
            [21.37, 99.9],
            [85, 100],
        ] as const
        const stock = await expectClimate(STOCK_AHT20, model, points, TOLERANCE, LIMIT_MS)
        const complaints = new Set(model.illegalAccesses.map(({ what }) => what))
        // A sleep of 20 ms after a transfer is early by the length of the transfer: the part
        // is not there yet, the program ends, and its next start happens to be in time.
        expect([...complaints]).toEqual(["command while it starts", "unknown command 0xe1"])
        expect(stock.node.panics.map(({ code }) => code)).toEqual([UNHANDLED_EXCEPTION])
    })

    it("takes a disturbed reading for a good one, which our driver does not", async () => {
        const model = new AHT20Model().feed("temperature", 20).feed("humidity", 40)
        const stock = startStock(STOCK_AHT20, model, LIMIT_MS)
        await stock.next()
        disturbByte(model, 1)
        expect((await stock.next())[1]).toBeCloseTo(40 - (100 * 0x40000) / 0x100000, 1)

        const ours = new AHT20Model().feed("temperature", 20).feed("humidity", 40)
        const rig = ourRig("aht20", ours)
        await rig.take(1)
        disturbByte(ours, 1)
        expect((await rig.take(1))[0].qualities).toEqual([QUALITY_CRC, QUALITY_CRC])
    })

    it("waits forever for a part that stays busy, which our driver does not", async () => {
        const model = new AHT20Model().feed("temperature", 20).feed("humidity", 40)
        const stock = startStock(STOCK_AHT20, model, LIMIT_MS)
        await stock.next()
        model.faults.stuckBusy = true
        let transfers = 0
        stock.node.bus.onTransfer = () => transfers++
        await stock.world.run(10_000)
        expect(transfers, "in 10 s").toBeGreaterThan(160)
    })
})
