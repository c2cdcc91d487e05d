import { beforeEach, describe, expect, it } from "vitest"
import { AMG8833Model } from "./model.js"

let model: AMG8833Model

function write(ms: number, ...bytes: number[]): void {
    model.transfer(Uint8Array.from(bytes), 0, ms)
}

function word(ms: number, register: number): number {
    const { data } = model.transfer(Uint8Array.of(register), 2, ms)
    return data[0] | (data[1] << 8)
}

beforeEach(() => {
    model = new AMG8833Model()
        .feed("background", 25)
        .feed("spot", -20)
        .feed("housing_temperature", -0.25)
    model.brownOut(0)
})

describe("AMG8833 model", () => {
    it("gives pixels in two's complement and the thermistor with sign and magnitude", () => {
        expect(word(200, 0x80)).toBe(0x064)
        expect(word(200, 0x80 + 2 * 27)).toBe(0xfb0)
        expect(word(200, 0x0e)).toBe(0x804)
        expect(model.illegalAccesses).toEqual([])
    })

    it("has no frame at first, then 10 or 1 a second", () => {
        model.feed("background", ms => ms / 100)
        expect(word(100, 0x80)).toBe(0)
        expect(word(106, 0x80)).toBe(Math.round(1.0526 * 4))
        write(200, 0x02, 1)
        expect(word(3000, 0x80)).toBe(Math.round(21.05 * 4))
    })

    it("keeps its levels until a reset or a power loss, and sleeps when it is told to", () => {
        write(100, 0x08, 0x5a, 0x0a)
        expect(word(101, 0x08)).toBe(0x0a5a)
        write(102, 0x01, 0x3f)
        expect(word(103, 0x08)).toBe(0)
        write(200, 0x00, 0x10)
        model.feed("background", 50)
        expect(word(5000, 0x80)).toBe(0)
    })

    it("logs what the specifications forbid", () => {
        write(10, 0x02, 0)
        write(100, 0x80, 1)
        write(101, 0x01, 0x55)
        word(102, 0x06)
        write(103, 0x09, 0x10)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "access within 50 ms of power-up or sleep",
            "write of 0x01 to pixel, which can only be read",
            "85 is no reset",
            "read of the reserved register 0x06",
            "0x10 sets reserved bits of INTHH",
        ])
    })
})
