/**
 * Voltage, current, light: drivers of other people, unmodified, against our register models, so that
 * model and driver cannot lean on the same misunderstanding. See README.md.
 */
import { describe, expect, it, vi } from "vitest"
import { ADS1115Model } from "../../../src/drivers/ads1115/model.js"
import { BH1750Model } from "../../../src/drivers/bh1750/model.js"
import { INA219Model } from "../../../src/drivers/ina219/model.js"
import { complaintsOf, expectNear, soon, useVirtualTime } from "./checks.js"
import { LinuxBus, load } from "./linux-bus.js"

useVirtualTime()

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
