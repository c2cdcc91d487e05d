/** The stock BME680 driver, unmodified, against our model; see stock-drivers.test.ts. */
import { describe, expect, it } from "vitest"
import { BME680Model } from "../../src/drivers/bme680/model.js"
import { STOCK_BME680, startStock } from "../support/stock-bridge.js"

const LIMIT_MS = 30_000

/** °C, %RH, hPa, Ω. */
type Readings = readonly [number, number, number, number]

describe("stock startBME680 of @devicescript/drivers", () => {
    it("reads our models of BME680 and BME688 right, but for its own mistakes", async () => {
        for (const isHigh of [false, true]) {
            let values: Readings = [0, 0, 0, 0]
            const model = new BME680Model(0x76, isHigh)
                .feed("temperature", () => values[0])
                .feed("humidity", () => values[1])
                .feed("pressure", () => 100 * values[2])
                .feed("gas_resistance", () => values[3])
            const stock = startStock(STOCK_BME680, model, LIMIT_MS)
            for (values of [
                [-39, 30, 310, 3500],
                [-0.5, 45, 700, 12_345],
                [21.37, 56.78, 1013.25, 54_321],
                [84, 70, 1090, 90_000],
            ] as const) {
                const [celsius, percent, hectopascal, ohm] = await stock.next()
                expect(Math.abs(celsius - values[0]), `${values[0]} °C`).toBeLessThan(0.01)
                // It takes four bits for a fraction of par_h1 that belong to par_h2.
                expect(Math.abs(percent - values[1]), `${values[1]} %RH`).toBeLessThan(0.12)
                expect(Math.abs(hectopascal - values[2]), `${values[2]} hPa`).toBeLessThan(0.02)
                // It passes the resistance off as an index of air quality, which ends at 65,536.
                // Of a BME688 it gives a tenth: 1,000 × 100 where Bosch has 10,000 × 100.
                const expected = isHigh ? values[3] / 10 : Math.min(65536, values[3])
                expect(Math.abs(ohm / expected - 1), `${values[3]} Ω`).toBeLessThan(0.0015)
            }
            const complaints = new Set(model.illegalAccesses.map(({ what }) => what))
            expect([...complaints]).toEqual([
                "read of the reserved register 0x89",
                "read of the reserved register 0xa1",
                "read of the reserved register 0xef",
                "filter on, which this model does not have",
            ])
            expect(stock.node.panics).toEqual([])
        }
    })

    it("waits forever for a part whose measurement does not end, which our driver does not", async () => {
        const model = new BME680Model().feed("temperature", 20).feed("pressure", 100000)
        const stock = startStock(STOCK_BME680, model, LIMIT_MS)
        await stock.next()
        model.faults.stuckBusy = true
        let transfers = 0
        stock.node.bus.onTransfer = () => transfers++
        await stock.world.run(10_000)
        expect(transfers, "in 10 s").toBeGreaterThan(160)
    })
})
