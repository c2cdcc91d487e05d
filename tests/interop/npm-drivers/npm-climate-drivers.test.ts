/**
 * Climate: drivers of other people, unmodified, against our register models, so that
 * model and driver cannot lean on the same misunderstanding. See README.md.
 */
import { describe, expect, it, vi } from "vitest"
import { BME280Model } from "../../../src/drivers/bme280/model.js"
import { complaintsOf, expectNear, soon, useVirtualTime } from "./checks.js"
import { LinuxBus, load } from "./linux-bus.js"

useVirtualTime()

/** Temperature in °C, pressure in Pa, humidity in %RH. */
const CLIMATES: readonly (readonly [number, number, number])[] = [
    [-40, 30_000, 10],
    [-12.34, 98_765, 55.5],
    [-0.01, 110_000, 99],
    [0, 101_325, 50],
    [25.08, 100_653, 33.3],
    [85, 85_000, 5],
]

function feedClimate(model: BME280Model, [celsius, pascal, percent]: readonly number[]): void {
    model.feed("temperature", celsius).feed("pressure", pascal).feed("humidity", percent)
}

/** The datasheet's example of T and P; of H the terms that the example lacks, negative where they can be. */
const OTHER_HUMIDITY = {
    T: [27504, 26435, -1000],
    P: [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000],
    H: [75, 362, 30, -20, -7, -30],
} as const

describe("bme280 2.1.1", () => {
    interface Reading {
        readonly temperature: number
        readonly pressure: number
        readonly humidity: number
    }
    interface Package {
        read(): Promise<Reading>
        triggerForcedMeasurement(): Promise<void>
        maximumMeasurementTime(): number
    }
    const bme280 = load("bme280") as {
        OVERSAMPLE: Record<string, number>
        open(options: object): Promise<Package>
    }

    const oversampling = {
        temperatureOversampling: bme280.OVERSAMPLE["X2"],
        pressureOversampling: bme280.OVERSAMPLE["X16"],
        humidityOversampling: bme280.OVERSAMPLE["X1"],
    }

    function expectClimate(model: BME280Model, reading: Reading, fed: readonly number[]): void {
        const [celsius, pascal, percent] = fed
        expectNear(model, "temperature", reading.temperature, celsius)
        expectNear(model, "pressure", reading.pressure * 100, pascal)
        expectNear(model, "humidity", reading.humidity, percent)
    }

    it("reads forced measurements after the longest time of its own formula", async () => {
        const model = new BME280Model(0x77)
        new LinuxBus([model]).attach()
        const sensor = await soon(bme280.open({ ...oversampling, forcedMode: true }))
        for (const climate of CLIMATES) {
            feedClimate(model, climate)
            await soon(sensor.triggerForcedMeasurement())
            await vi.advanceTimersByTimeAsync(sensor.maximumMeasurementTime())
            expectClimate(model, await soon(sensor.read()), climate)
        }
        expect(complaintsOf(model)).toEqual([])
    })

    it("reads normal mode", async () => {
        const model = new BME280Model(0x77)
        new LinuxBus([model]).attach()
        const sensor = await soon(bme280.open(oversampling))
        for (const climate of CLIMATES) {
            feedClimate(model, climate)
            await vi.advanceTimersByTimeAsync(2 * sensor.maximumMeasurementTime())
            expectClimate(model, await soon(sensor.read()), climate)
        }
        expect(complaintsOf(model)).toEqual([])
    })

    it("reads coefficients of humidity that are negative, or 0 in most parts", async () => {
        const model = new BME280Model(0x77, OTHER_HUMIDITY)
        new LinuxBus([model]).attach()
        const sensor = await soon(bme280.open(oversampling))
        for (const [celsius, pascal, percent] of CLIMATES) {
            // With these, less than 7 %RH has no result of its own.
            const climate = [celsius, pascal, Math.max(10, percent)]
            feedClimate(model, climate)
            await vi.advanceTimersByTimeAsync(2 * sensor.maximumMeasurementTime())
            expectClimate(model, await soon(sensor.read()), climate)
        }
        expect(complaintsOf(model)).toEqual([])
    })
})

describe("bme280-sensor 0.1.7", () => {
    interface Package {
        init(): Promise<number>
        reset(): Promise<void>
        readSensorData(): Promise<{
            temperature_C: number
            humidity: number
            pressure_hPa: number
        }>
    }
    const BME280 = load("bme280-sensor") as new (options?: object) => Package

    it("reads normal mode with the most oversampling", async () => {
        vi.spyOn(console, "log").mockReturnValue()
        const model = new BME280Model(0x77)
        new LinuxBus([model]).attach()
        const sensor = new BME280()
        expect(await soon(sensor.init())).toBe(0x60)
        for (const climate of CLIMATES) {
            const [celsius, pascal, percent] = climate
            feedClimate(model, climate)
            await vi.advanceTimersByTimeAsync(250)
            const reading = await soon(sensor.readSensorData())
            // It computes whole 0.01 °C as the datasheet does (4.2.3), and goes on from there.
            expectNear(model, "temperature", reading.temperature_C, celsius, 0.01)
            expectNear(model, "pressure", reading.pressure_hPa * 100, pascal, 1)
            expectNear(model, "humidity", reading.humidity, percent, 0.01)
        }
        // The id can only be read (BST-BME280-DS002-15, 5.4.1); the package writes it first.
        expect(complaintsOf(model)).toEqual(["write of 0x00 to id, which can only be read"])
    })

    it("takes negative coefficients of humidity for large ones", async () => {
        vi.spyOn(console, "log").mockReturnValue()
        const model = new BME280Model(0x77, OTHER_HUMIDITY)
        new LinuxBus([model]).attach()
        const sensor = new BME280()
        await soon(sensor.init())
        feedClimate(model, [20, 100_000, 50])
        await vi.advanceTimersByTimeAsync(250)
        // H4 to H6 are signed (BST-BME280-DS002-15, table 16); the package does not extend them.
        const reading = await soon(sensor.readSensorData())
        expectNear(model, "temperature", reading.temperature_C, 20, 0.01)
        expect(reading.humidity).toBe(0)
    })
})
