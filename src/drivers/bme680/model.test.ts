import { describe, expect, it } from "vitest"
import { BME680Model } from "./model.js"

/** Forced measurement, everything once, 100 ms at a setting of 117 (320 °C), as BME68x_SensorAPI's example does. */
const START = [0x5a, 117, 0x64, 0x59, 0x70, 0, 0x71, 0x10, 0x72, 1, 0x75, 0, 0x74, 0x25]
const DURATION_MS = 1 + 3 * 1.963 + 9 * 0.477 + 100

function roomModel(isHigh = false): BME680Model {
    const model = new BME680Model(0x76, isHigh)
        .feed("temperature", 19.3113)
        .feed("pressure", 100977.52)
        .feed("humidity", 25.2)
        .feed("gas_resistance", isHigh ? 54321 : 3503.6322)
    model.brownOut(0)
    return model
}

function write(model: BME680Model, ms: number, ...bytes: number[]): void {
    model.transfer(Uint8Array.from(bytes), 0, ms)
}

function read(model: BME680Model, ms: number, register: number, length: number): number[] {
    return [...model.transfer(Uint8Array.of(register), length, ms).data]
}

describe("BME680 model", () => {
    it("gives the results that were published for a real part", () => {
        // github.com/elixir-sensors/bmp280, test/bmp280/sensor/bme680_sensor_test.exs
        const model = roomModel()
        write(model, 100, ...START, 0x72, 5, 0x74, 0xb5)
        const field = read(model, 400, 0x1d, 17)
        const word = (at: number) => (field[at] << 12) | (field[at + 1] << 4) | (field[at + 2] >> 4)
        expect(Math.abs(word(2) - 393705)).toBeLessThanOrEqual(4)
        expect(Math.abs(word(5) - 480732)).toBeLessThanOrEqual(4)
        expect(Math.abs(((field[8] << 8) | field[9]) - 16820)).toBeLessThanOrEqual(40)
        expect([(field[13] << 2) | (field[14] >> 6), field[14] & 15]).toEqual([666, 11])
        expect(model.illegalAccesses).toEqual([])
    })

    it("says that it measures, then that data are new, and that gas and heater are as they should be", () => {
        const model = roomModel()
        write(model, 100, ...START)
        expect(read(model, 100 + DURATION_MS - 0.2, 0x1d, 1)).toEqual([0x20])
        const field = read(model, 100 + DURATION_MS + 0.2, 0x1d, 17)
        expect(field[0]).toBe(0x80)
        expect(field[14] & 0x30).toBe(0x30)
        expect(read(model, 300, 0x74, 1)).toEqual([0x24])
        expect(model.hotPlate()).toBeGreaterThan(315)
        expect(model.hotPlate()).toBeLessThan(325)
    })

    it("has no new data after a reset and while it measures", () => {
        const model = roomModel()
        write(model, 100, ...START)
        expect(read(model, 300, 0x1d, 1)).toEqual([0x80])
        write(model, 301, ...START)
        expect(read(model, 302, 0x1d, 1)).toEqual([0x20])
        write(model, 500, 0xe0, 0xb6)
        expect(read(model, 501, 0x1d, 3)).toEqual([0, 0, 0x80])
    })

    it("says when the heater had too little time, and measures no gas when it is switched off", () => {
        const model = roomModel()
        write(model, 100, ...START.map((byte, i) => (i === 3 ? 5 : byte)))
        expect(read(model, 300, 0x2b, 1)[0] & 0x30).toBe(0x20)
        write(model, 301, 0xe0, 0xb6)
        write(model, 320, 0x72, 1, 0x74, 0x25)
        expect(read(model, 500, 0x2a, 2)).toEqual([0, 0])
    })

    it("as BME688 has its gas results 2 registers further and takes another bit to start them", () => {
        const model = roomModel(true)
        expect(read(model, 99, 0xf0, 1)).toEqual([1])
        write(model, 100, ...START)
        expect(read(model, 300, 0x2a, 4)).toEqual([0, 0, 0, 0])
        write(model, 301, ...START.map((byte, i) => (i === 7 ? 0x20 : byte)))
        expect(read(model, 500, 0x2d, 1)[0] & 0x30).toBe(0x30)
        expect(model.illegalAccesses).toEqual([])
    })

    it("takes what Bosch's driver writes: rates of a sequence, memory page, a profile of the heater", () => {
        const model = roomModel()
        write(model, 100, 0x71, 0x80, 0x72, 0x00, 0x73, 0x00, 0x74, 0x00, 0x75, 0xe0)
        expect(read(model, 101, 0x71, 5)).toEqual([0x80, 0, 0, 0, 0xe0])
        expect(model.illegalAccesses).toEqual([])
        write(model, 102, 0x5c, 0x60, 0x66, 0x59, 0x71, 0x12)
        write(model, 103, 0x72, 1, 0x74, 0x25)
        expect(read(model, 500, 0x2b, 1)[0] & 0x30, "profile 2: hot enough, long enough").toBe(0x30)
        write(model, 501, 0x71, 0x1a)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "profile 10 of the heater; there are ten",
        ])
    })

    it("logs what it does not have and what is too early", () => {
        const model = roomModel()
        read(model, 1, 0x8a, 1)
        write(model, 1.5, 0x74, 0x25)
        write(model, 100, 0x75, 0x04)
        write(model, 101, 0x74, 0x26)
        read(model, 102, 0x89, 1)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "read of calibration data while it starts",
            "measurement while it starts",
            "filter on, which this model does not have",
            "a mode that this model does not have",
            "read of the reserved register 0x89",
        ])
    })
})
