/**
 * The stock driver of the SHTC3, which others wrote for the real part, on our model:
 * a driver and a model of ours could agree on the same mistake, this one does not.
 */
import { describe, expect, it } from "vitest"
import { SHTC3Model } from "../../src/drivers/shtc3/model.js"
import { STOCK_SHTC3, expectClimate } from "../support/stock-bridge.js"

/** A Jacdac reading is an i22.10. */
const TOLERANCE = 1 / 1024 + 0.002

describe("stock startSHTC3 of @devicescript/drivers", () => {
    it("reads our model of the part right, below zero too, and makes no illegal access", async () => {
        const model = new SHTC3Model()
        const points = [
            [-40, 0],
            [-12.5, 12.34],
            [-0.05, 40],
            [0, 50],
            [0.05, 66.6],
            [21.37, 99.9],
            [125, 5],
        ] as const
        const stock = await expectClimate(STOCK_SHTC3, model, points, TOLERANCE)
        expect(model.illegalAccesses).toEqual([])
        expect(stock.node.panics).toEqual([])
        expect(stock.node.console.map(({ text }) => text)).toContain("SHTC3 id=2183") // 0x0887
    })
})
