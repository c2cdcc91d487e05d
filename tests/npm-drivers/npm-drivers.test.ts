/**
 * Drivers of other people, unmodified, against our register models: neither model nor
 * driver may lean on what our own author misunderstood. See README.md.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { ADS1115Model } from "../../src/drivers/ads1115/model.js"
import { AHT20Model } from "../../src/drivers/aht20/model.js"
import { BH1750Model } from "../../src/drivers/bh1750/model.js"
import { BME280Model } from "../../src/drivers/bme280/model.js"
import { INA219Model } from "../../src/drivers/ina219/model.js"
import { type RegisterModel } from "../../src/drivers/register-model.js"
import { SCD30Model } from "../../src/drivers/scd30/model.js"
import { SHT3xModel } from "../../src/drivers/sht3x/model.js"
import { LinuxBus, load } from "./linux-bus.js"

const START = Date.UTC(2026, 0, 1)

beforeEach(() => {
    vi.useFakeTimers({ now: START })
})

afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
})

/** Lets virtual time pass until it is done, at most a minute. */
async function soon<T>(work: Promise<T>): Promise<T> {
    let isDone = false
    const done = () => {
        isDone = true
    }
    work.then(done, done)
    for (const end = Date.now() + 60_000; !isDone && Date.now() < end;)
        await vi.advanceTimersByTimeAsync(1)
    expect(isDone, "still not done after 60 s").toBe(true)
    return work
}

function epsilonOf(model: RegisterModel, name: string): number {
    const channel = model.channels.find(c => c.name === name)
    if (channel === undefined) throw new RangeError(`no channel ${name}`)
    return channel.epsilon
}

/** @param digits largest error that the package's own rounding adds, in the unit */
function expectNear(
    model: RegisterModel,
    name: string,
    got: number,
    fed: number,
    digits = 0
): void {
    const unit = model.channels.find(c => c.name === name)?.unit ?? ""
    // Double precision, and values that lie on the edge of a step.
    const allowed = (epsilonOf(model, name) + digits) * (1 + 1e-6) + 1e-9
    const error = Math.abs(got - fed)
    expect(
        error,
        `${name}: got ${got} ${unit} of ${fed} ${unit}, allowed ${allowed}`
    ).toBeLessThanOrEqual(allowed)
}

function complaintsOf(model: RegisterModel): string[] {
    return [...new Set(model.illegalAccesses.map(({ what }) => what))]
}

describe("ads1115 1.2.0", () => {
    interface Package {
        gain: number
        measure(mux: string): Promise<number>
        writeLowThreshold(threshold: number): Promise<void>
    }
    const ads1115 = load("ads1115") as (bus: object) => Package

    it("reads each input in its ranges", async () => {
        const model = new ADS1115Model()
        const adc = ads1115(new LinuxBus([model]).promisedBus)
        const counts = async (mux: string) => soon(adc.measure(mux))
        for (const [gain, fullScale] of [
            [2 / 3, 6.144],
            [1, 4.096],
            [2, 2.048],
            [4, 1.024],
            [8, 0.512],
            [16, 0.256],
        ])
            for (const input of [0, 1, 2, 3])
                for (const volts of [0, 0.0123, 0.9 * Math.min(5.8, fullScale)]) {
                    adc.gain = gain
                    model.feed(`a${input}`, volts)
                    const got = ((await counts(`${input}+GND`)) * fullScale) / 32768
                    expectNear(model, `a${input}`, got, volts)
                }
        expect(complaintsOf(model)).toEqual([])
    })

    it("reads differences; negative ones it gives without their sign", async () => {
        const model = new ADS1115Model().feed("a0", 1.5).feed("a1", 0.25)
        const adc = ads1115(new LinuxBus([model]).promisedBus)
        const step = 6.144 / 32768
        expect((await soon(adc.measure("0+1"))) * step).toBeCloseTo(1.25, 3)
        model.feed("a0", 0.25).feed("a1", 1.5)
        // The result is two's complement (SBAS444D, 9.5.4); the package does not extend it.
        const raw = await soon(adc.measure("0+1"))
        expect(raw).toBeGreaterThan(32767)
        expect((raw - 65536) * step).toBeCloseTo(-1.25, 3)
        model.feed("a0", -0.2)
        expect(((await soon(adc.measure("0+GND"))) - 65536) * step).toBeCloseTo(-0.2, 3)
        expect(complaintsOf(model)).toEqual([])
    })

    it("mixes up the arguments of its thresholds, which the model notices", async () => {
        const model = new ADS1115Model()
        const adc = ads1115(new LinuxBus([model]).promisedBus)
        // writeReg16(register, value) gets the address as register: 0x48 & 3 is Conversion.
        await soon(adc.writeLowThreshold(1000))
        expect(complaintsOf(model)).toEqual([
            "write of 0x0002 to Conversion, which can only be read",
        ])
    })
})

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

    it("takes a disturbed reading for a good one, which the check value would tell", async () => {
        const model = new AHT20Model().feed("temperature", 20).feed("humidity", 40)
        new LinuxBus([model]).attach()
        const sensor = await soon(AHT20.open(1))
        model.faults.flipCrcWord = 1
        expect(await soon(sensor.readData())).toEqual({ temperature: 20, humidity: 40 })
    })
})

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
})

describe("ina219-async 1.0.2", () => {
    interface Package {
        calibrate32V1A(): Promise<void>
        calibrate32V2A(): Promise<void>
        getBusVoltage_V(): Promise<number>
        getShuntVoltage_mV(): Promise<number>
        getCurrent_mA(): Promise<number>
    }
    const ina219 = load("ina219-async") as (address?: number, bus?: number) => Package

    it("reads voltage and current of either sign with both calibrations", async () => {
        for (const [calibration, ampere] of [
            ["calibrate32V1A", 1.3],
            ["calibrate32V2A", 3.2],
        ] as const) {
            const model = new INA219Model()
            new LinuxBus([model]).attach()
            const meter = ina219()
            await soon(meter[calibration]())
            for (const volts of [0, 0.004, 3.3, 12.346, 16.38])
                for (const amperes of [-ampere, -0.0123, 0, 0.0001, ampere]) {
                    model.feed("voltage", volts).feed("current", amperes)
                    await vi.advanceTimersByTimeAsync(3)
                    expectNear(model, "voltage", await soon(meter.getBusVoltage_V()), volts)
                    const shunt = await soon(meter.getShuntVoltage_mV())
                    expectNear(model, "current", shunt / 100, amperes)
                    // A step of the current register is the smaller part of it.
                    const current = await soon(meter.getCurrent_mA())
                    expectNear(model, "current", current / 1000, amperes, 0.0001)
                }
            expect(complaintsOf(model)).toEqual([])
        }
    })

    it("takes voltages above 16.38 V for negative ones", async () => {
        const model = new INA219Model().feed("voltage", 24)
        new LinuxBus([model]).attach()
        const meter = ina219()
        await soon(meter.calibrate32V2A())
        await vi.advanceTimersByTimeAsync(3)
        // The register has no sign (SBOS448G, 8.6.3.2); the package reads it as one with a sign.
        expect(await soon(meter.getBusVoltage_V())).toBeCloseTo(24 - 65536 / 2000, 2)
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

    it("refuses a word whose check value is wrong", async () => {
        const model = new SHT3xModel().feed("temperature", 20)
        new LinuxBus([model]).attach()
        model.faults.flipCrcWord = 1
        await expect(soon(new SHT31().readSensorData())).rejects.toBe(
            "Temperature integrity check failed."
        )
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

describe("bh1750-sensor 0.0.3", () => {
    interface Package {
        readData(): number
    }
    const BH1750 = load("bh1750-sensor") as new (options?: object) => Package

    it("reads our model right; it sends the opcode anew with each read", async () => {
        const model = new BH1750Model()
        new LinuxBus([model]).attach()
        const sensor = new BH1750()
        for (const lux of [0, 0.9, 1, 123.4, 4567.8, 54_612.5]) {
            model.feed("illuminance", lux)
            await vi.advanceTimersByTimeAsync(400)
            expectNear(model, "illuminance", sensor.readData(), lux)
        }
        // An opcode starts a measurement; the register still has the one before it.
        expect(complaintsOf(model)).toEqual(["read before the measurement is ready"])
    })

    it("gives the light of the measurement before when it is asked too early", async () => {
        const model = new BH1750Model().feed("illuminance", 100)
        new LinuxBus([model]).attach()
        const sensor = new BH1750()
        expect(sensor.readData()).toBe(0)
        await vi.advanceTimersByTimeAsync(200)
        expectNear(model, "illuminance", sensor.readData(), 100)
        model.feed("illuminance", 1000)
        await vi.advanceTimersByTimeAsync(100)
        expectNear(model, "illuminance", sensor.readData(), 100)
    })
})
