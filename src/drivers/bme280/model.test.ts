import { describe, expect, it } from "vitest"
import { BME280Model } from "./model.js"

function poweredModel(): BME280Model {
    const model = new BME280Model()
        .feed("temperature", 26.746)
        .feed("pressure", 100391.49)
        .feed("humidity", 59.2)
    model.brownOut(0)
    return model
}

describe("BME280 model", () => {
    it("gives the results that were published for a real part", () => {
        // github.com/elixir-sensors/bmp280, test/bmp280/sensor/bme280_sensor_test.exs
        const model = poweredModel()
        model.transfer(Uint8Array.of(0xf2, 5, 0xf4, (5 << 5) | (5 << 2) | 1), 0, 10)
        const { data } = model.transfer(Uint8Array.of(0xf7), 8, 200)
        const word = (at: number) => (data[at] << 12) | (data[at + 1] << 4) | (data[at + 2] >> 4)
        expect(Math.abs(word(0) - 0x45594)).toBeLessThanOrEqual(2)
        expect(Math.abs(word(3) - 0x82f30)).toBeLessThanOrEqual(2)
        expect(Math.abs(((data[6] << 8) | data[7]) - 0x896d)).toBeLessThanOrEqual(20)
        expect(model.illegalAccesses).toEqual([])
    })

    it("takes the oversampling of humidity over with the next write of ctrl_meas", () => {
        const model = poweredModel()
        model.transfer(Uint8Array.of(0xf4, 0x25), 0, 10)
        model.transfer(Uint8Array.of(0xf2, 1), 0, 11)
        expect([...model.transfer(Uint8Array.of(0xfd), 2, 100).data]).toEqual([0x80, 0])
        model.transfer(Uint8Array.of(0xf4, 0x25), 0, 101)
        expect([...model.transfer(Uint8Array.of(0xfd), 2, 200).data]).not.toEqual([0x80, 0])
    })

    it("has its own chip id, and logs reserved bits", () => {
        const model = poweredModel()
        expect([...model.transfer(Uint8Array.of(0xd0), 1, 10).data]).toEqual([0x60])
        model.transfer(Uint8Array.of(0xf2, 0x09), 0, 11)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "0x09 sets reserved bits of ctrl_hum",
        ])
    })
})
