/**
 * Drivers that others wrote for the real parts, unmodified, on our simulated bus:
 * a driver and a model of ours could agree on the same mistake, a stock driver
 * does not. What the stock drivers get wrong themselves is written down here too,
 * because it is why this project has its own.
 */
import { describe, expect, it } from "vitest"
import { QUALITY_ABSENT, QUALITY_CRC } from "../../src/core/quality.js"
import { AHT20Model } from "../../src/drivers/aht20/model.js"
import { BME680Model } from "../../src/drivers/bme680/model.js"
import { LTR390Model } from "../../src/drivers/ltr390/model.js"
import { SHT3xModel } from "../../src/drivers/sht3x/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { SHTC3Model } from "../../src/drivers/shtc3/model.js"
import {
    STOCK_AHT20,
    STOCK_BME680,
    STOCK_LTR390,
    STOCK_SHT30,
    STOCK_SHTC3,
    UNHANDLED_EXCEPTION,
    disturbByte,
    expectClimate,
    ourRig,
    startStock,
} from "../support/stock-bridge.js"

/** A Jacdac reading is an i22.10; the driver divides by 65536 instead of 65535. */
const SHT30_TOLERANCE = 1 / 1024 + 0.003

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
        const stock = await expectClimate(STOCK_SHT30, model, points, SHT30_TOLERANCE)
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

const SHTC3_TOLERANCE = 1 / 1024 + 0.002

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
        const stock = await expectClimate(STOCK_SHTC3, model, points, SHTC3_TOLERANCE)
        expect(model.illegalAccesses).toEqual([])
        expect(stock.node.panics).toEqual([])
        expect(stock.node.console.map(({ text }) => text)).toContain("SHTC3 id=2183") // 0x0887
    })
})

const AHT20_LIMIT_MS = 20_000

/** A Jacdac reading is an i22.10, and the console shows 7 digits of it. */
const AHT20_TOLERANCE = 1 / 1024 + 0.0003

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
        const stock = await expectClimate(
            STOCK_AHT20,
            model,
            points,
            AHT20_TOLERANCE,
            AHT20_LIMIT_MS
        )
        const complaints = new Set(model.illegalAccesses.map(({ what }) => what))
        // A sleep of 20 ms after a transfer is early by the length of the transfer: the part
        // is not there yet, the program ends, and its next start happens to be in time.
        expect([...complaints]).toEqual(["command while it starts", "unknown command 0xe1"])
        expect(stock.node.panics.map(({ code }) => code)).toEqual([UNHANDLED_EXCEPTION])
    })

    it("takes a disturbed reading for a good one, which our driver does not", async () => {
        const model = new AHT20Model().feed("temperature", 20).feed("humidity", 40)
        const stock = startStock(STOCK_AHT20, model, AHT20_LIMIT_MS)
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
        const stock = startStock(STOCK_AHT20, model, AHT20_LIMIT_MS)
        await stock.next()
        model.faults.stuckBusy = true
        let transfers = 0
        stock.node.bus.onTransfer = () => transfers++
        await stock.world.run(10_000)
        expect(transfers, "in 10 s").toBeGreaterThan(160)
    })
})

const BME680_LIMIT_MS = 30_000

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
            const stock = startStock(STOCK_BME680, model, BME680_LIMIT_MS)
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
        const stock = startStock(STOCK_BME680, model, BME680_LIMIT_MS)
        await stock.next()
        model.faults.stuckBusy = true
        let transfers = 0
        stock.node.bus.onTransfer = () => transfers++
        await stock.world.run(10_000)
        expect(transfers, "in 10 s").toBeGreaterThan(160)
    })
})

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
