/**
 * Humidity and CO2: drivers of other people, unmodified, against our register models, so that
 * model and driver cannot lean on the same misunderstanding. See README.md.
 */
import { describe, expect, it, vi } from "vitest"
import { AHT20Model } from "../../../src/drivers/aht20/model.js"
import { SCD30Model } from "../../../src/drivers/scd30/model.js"
import { SHT3xModel } from "../../../src/drivers/sht3x/model.js"
import { complaintsOf, expectNear, soon, useVirtualTime } from "./checks.js"
import { LinuxBus, load } from "./linux-bus.js"

useVirtualTime()

describe("aht20-sensor 0.1.1", () => {
    interface Package {
        readData(): Promise<{ humidity: number; temperature: number }>
    }
    const AHT20 = load("aht20-sensor") as { open(bus: number): Promise<Package> }

    it("reads our model right; it starts it with another part's command", async () => {
        const model = new AHT20Model()
        new LinuxBus([model]).attach()
        const sensor = await soon(AHT20.open(1))
        for (const [celsius, percent] of [
            [-40, 0],
            [-12.34, 12.34],
            [-0.01, 99.99],
            [0, 50],
            [21.37, 66.6],
            [85, 100],
        ]) {
            model.feed("temperature", celsius).feed("humidity", percent)
            const reading = await soon(sensor.readData())
            expectNear(model, "temperature", reading.temperature, celsius, 0.005)
            expectNear(model, "humidity", reading.humidity, percent, 0.005)
        }
        // 0xe1 is AHT10's; AHT20 is initialised with 0xbe (V1.0.03, 5.3).
        expect(complaintsOf(model)).toEqual(["unknown command 0xe1"])
    })

    it("takes a disturbed reading for a good one, which the checksum would tell", async () => {
        const model = new AHT20Model().feed("temperature", 20).feed("humidity", 40)
        new LinuxBus([model]).attach()
        const sensor = await soon(AHT20.open(1))
        model.faults.flipCrcWord = 1
        expect(await soon(sensor.readData())).toEqual({ temperature: 20, humidity: 40 })
    })
})

describe("sht31-node 1.0.1", () => {
    interface Package {
        readSensorData(): Promise<{ temperature: number; humidity: number }>
        getStatus(): Promise<Record<string, boolean>>
        reset(): Promise<unknown>
    }
    const { SHT31 } = load("sht31-node") as { SHT31: new (address?: number) => Package }

    it("reads our model right, and its status", async () => {
        const model = new SHT3xModel()
        new LinuxBus([model]).attach()
        const sensor = new SHT31()
        for (const [celsius, percent] of [
            [-45, 0],
            [-12.34, 56.78],
            [-0.001, 99.99],
            [0, 50],
            [25, 33.3],
            [130, 100],
        ]) {
            model.feed("temperature", celsius).feed("humidity", percent)
            const reading = await soon(sensor.readSensorData())
            expectNear(model, "temperature", reading.temperature, celsius)
            expectNear(model, "humidity", reading.humidity, percent)
        }
        expect(await soon(sensor.getStatus())).toEqual({
            WriteStatus: true,
            CommandStatus: true,
            ResetDetected: true,
            TempTrackingAlert: false,
            RHTrackingAlert: false,
            HeaterEnabled: false,
            AlertPending: true,
        })
        expect(complaintsOf(model)).toEqual([])
    })

    it("refuses a word whose checksum is wrong", async () => {
        const model = new SHT3xModel().feed("temperature", 20)
        new LinuxBus([model]).attach()
        model.faults.flipCrcWord = 1
        await expect(soon(new SHT31().readSensorData())).rejects.toBe(
            "Temperature integrity check failed."
        )
    })

    it("cannot reset: its own name for the commands is another one", async () => {
        const model = new SHT3xModel()
        new LinuxBus([model]).attach()
        await expect(new SHT31().reset()).rejects.toThrow("commands is not defined")
    })

    it("waits 15 ms for what may take 15.5 ms below 2.4 V: too early on a bus without delay", async () => {
        const model = new SHT3xModel()
        new LinuxBus([model], 0).attach()
        await expect(soon(new SHT31().readSensorData())).rejects.toThrow("EREMOTEIO")
        expect(complaintsOf(model)).toEqual(["read while there is no answer"])
    })
})

describe("scd30-node 1.0.3", () => {
    interface Package {
        startContinuousMeasurement(hectopascals?: number): Promise<void>
        isDataReady(): Promise<boolean>
        readMeasurement(): Promise<{
            co2Concentration: number
            temperature: number
            relativeHumidity: number
        }>
        setMeasurementInterval(seconds: number): Promise<void>
        getMeasurementInterval(): Promise<number>
        setTemperatureOffset(hundredths: number): Promise<void>
        getFirmwareVersion(): Promise<string>
    }
    const { SCD30 } = load("scd30-node") as {
        SCD30: { connect(): Promise<Package> }
    }
    /**
     * The package reads right after a command; the part wants 3 ms before that (1.4.4) and
     * holds the clock, which the model does not have. On this bus a transfer takes as long.
     */
    const TRANSFER_MS = 4
    const POWER_UP_MS = 2000

    async function connect(model: SCD30Model, transferMs = TRANSFER_MS): Promise<Package> {
        new LinuxBus([model], transferMs).attach()
        model.brownOut(Date.now())
        await vi.advanceTimersByTimeAsync(POWER_UP_MS)
        return soon(SCD30.connect())
    }

    it("reads each measurement once it is ready", async () => {
        const model = new SCD30Model()
        const sensor = await connect(model)
        await soon(sensor.setMeasurementInterval(5))
        await vi.advanceTimersByTimeAsync(50)
        expect(await soon(sensor.getMeasurementInterval())).toBe(5)
        await vi.advanceTimersByTimeAsync(50)
        await soon(sensor.startContinuousMeasurement(1013))
        await vi.advanceTimersByTimeAsync(50)
        expect(model.pressure).toBe(1013)
        for (const [ppm, celsius, percent] of [
            [0, -40, 0],
            [417.3, -12.34, 99.9],
            [1234.5, 0, 50],
            [40_000, 70, 100],
        ]) {
            model.feed("co2", ppm).feed("temperature", celsius).feed("humidity", percent)
            expect(await soon(sensor.isDataReady())).toBe(false)
            await vi.advanceTimersByTimeAsync(5000)
            expect(await soon(sensor.isDataReady())).toBe(true)
            const reading = await soon(sensor.readMeasurement())
            expectNear(model, "co2", reading.co2Concentration, ppm)
            expectNear(model, "temperature", reading.temperature, celsius)
            expectNear(model, "humidity", reading.relativeHumidity, percent)
        }
        expect(complaintsOf(model)).toEqual([])
    })

    it("sets an offset of the temperature and reads the version of the firmware", async () => {
        const model = new SCD30Model()
        const sensor = await connect(model)
        await soon(sensor.setTemperatureOffset(250))
        await vi.advanceTimersByTimeAsync(50)
        expect(model.settings.get("temperature_offset")).toBe(250)
        expect(await soon(sensor.getFirmwareVersion())).toBe("3.66")
        expect(complaintsOf(model)).toEqual([])
    })

    it("reads too early on a faster bus", async () => {
        const model = new SCD30Model()
        const sensor = await connect(model, 1)
        await expect(soon(sensor.isDataReady())).rejects.toThrow("EREMOTEIO")
        expect(complaintsOf(model)).toEqual(["read while there is no answer"])
    })
})
