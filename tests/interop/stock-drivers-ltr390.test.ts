/** The stock driver of the LTR-390UV, unmodified, on our model, and what ours does better. */
import { describe, expect, it } from "vitest"
import { LTR390Model } from "../../src/drivers/ltr390/model.js"
import { STOCK_LTR390, startStock } from "../support/stock-bridge.js"

/** The first reading; a second one has come too. */
async function firstReading(model: LTR390Model): Promise<readonly number[]> {
    const stock = startStock(STOCK_LTR390, model)
    const first = await stock.next()
    await stock.next()
    return first
}

describe("stock startLTR390 of @devicescript/drivers", () => {
    it("reads the illuminance of our model right, to the width of its counts, and makes no illegal access", async () => {
        for (const lux of [0, 0.2, 100, 1234.6, 52_000]) {
            const model = new LTR390Model().feed("illuminance", lux).feed("uv_index", 3)
            const reading = await firstReading(model)
            // A Jacdac illuminance is a u22.10; 18 bits at gain 3 are 0.2 lx per count.
            expect(Math.abs(reading[0] - lux), `${lux} lx`).toBeLessThanOrEqual(0.1 + 1 / 1024)
            expect(model.illegalAccesses).toEqual([])
        }
    })

    it("ends at 52,428 lx without a word, where ours still measures", async () => {
        const model = new LTR390Model().feed("illuminance", 100_000).feed("uv_index", 3)
        const reading = await firstReading(model)
        expect(reading[0]).toBeCloseTo(0.2 * (2 ** 18 - 1), 0)
    })

    it("gives counts divided by 1.5 as UV index, 64 times too much", async () => {
        const model = new LTR390Model().feed("illuminance", 1000).feed("uv_index", 6)
        const reading = await firstReading(model)
        const counts = Math.round((6 * 2300 * 3 * 100) / (18 * 400))
        expect(reading[1]).toBeCloseTo((counts * 2) / 3, 1)
    })
})
