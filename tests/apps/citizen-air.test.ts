/** What docs/apps/citizen-air.md promises, with the very program on a board. */
import { afterEach, describe, expect, it } from "vitest"
import { minutes } from "../../sim/time/duration.js"
import { BME280Model } from "../../src/drivers/bme280/model.js"
import { PMSA003IModel } from "../../src/drivers/pmsa003i/model.js"
import { AppBench, appProgram } from "./app-bench.js"

appProgram("citizen-air")

let bench: AppBench | undefined
afterEach(() => bench?.close())

describe("the air of a street", () => {
    it("is told as measured and corrected beside it; fog marks the corrected, a fault gives no number", async () => {
        const FOGGY = 3600
        const humidity = (s: number) => (s < FOGGY ? 80 : 98)
        const dust = new PMSA003IModel()
            .feed("standard_pm1", 20)
            .feed("standard_pm25", 90)
            .feed("standard_pm10", 120)
        const air = new BME280Model()
            .feed("temperature", 8)
            .feed("humidity", t => humidity(AppBench.since(t)))
            .feed("pressure", 101_300)
        const b = new AppBench({ app: "citizen-air", sensors: [dust, air] })
        bench = b
        await b.world.run(minutes(110))
        await b.drain()
        const inAir = (channel: string, from: number, to: number) =>
            b.readings.filter(
                reading =>
                    reading.channel === channel &&
                    reading.value !== undefined &&
                    AppBench.since(reading.time) > from &&
                    AppBench.since(reading.time) < to
            )
        const crilley = 90 / (1 + 0.4 / 1.65 / (1 / 0.8 - 1))
        const barkjohn = 0.524 * 90 - 0.0862 * 80 + 5.75
        for (const { value } of inAir("pm25", 600, 3300)) expect(value).toBe(90)
        // For open air the part says 60: what a correction was not made for.
        const corrected = inAir("pm25_crilley", 600, 3300)
        expect(corrected.length).toBeGreaterThan(5)
        for (const { value, quality } of corrected) {
            expect(Math.abs((value as number) - crilley), "µg/m³").toBeLessThan(0.5)
            expect(quality).not.toBe("saturated")
        }
        for (const { value } of inAir("pm25_barkjohn", 600, 3300))
            expect(Math.abs((value as number) - barkjohn), "µg/m³").toBeLessThan(0.5)
        // Nobody has given it the correction of a batch: as measured, and it says so.
        for (const { value, quality } of inAir("pm25_corrected", 600, 3300))
            expect([value, quality]).toEqual([90, "uncalibrated"])
        const foggy = inAir("pm25_crilley", FOGGY + 700, 6600)
        expect(foggy.length).toBeGreaterThan(3)
        for (const { quality } of foggy) expect(quality).toBe("saturated")
        dust.faults.unplugged = true
        await b.world.run(minutes(15))
        await b.drain()
        expect([b.latest("pm25"), b.latest("pm25_crilley")]).toEqual([undefined, undefined])
        expect(b.latest("temperature")).toBeCloseTo(8, 1)
        expect(b.node.heapLowWater, "B").toBeGreaterThanOrEqual(8192)
    })
})
