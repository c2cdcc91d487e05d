import { beforeEach, describe, expect, it } from "vitest"
import { ADS1115Model } from "./model.js"

let model: ADS1115Model
let volts = 0

function write(ms: number, register: number, word: number): void {
    model.transfer(Uint8Array.of(register, word >> 8, word & 0xff), 0, ms)
}

function read(ms: number, register: number): number {
    const { data } = model.transfer(Uint8Array.of(register), 2, ms)
    return (data[0] << 8) | data[1]
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

beforeEach(() => {
    volts = 1
    model = new ADS1115Model().feed("a0", () => volts).feed("a1", 0.5)
    model.brownOut(-1000)
})

describe("ADS1115 model", () => {
    it("powers up with the datasheet's contents, and idle", () => {
        expect([0, 1, 2, 3].map(register => read(0, register))).toEqual([0, 0x8583, 0x8000, 0x7fff])
        expect(complaints()).toEqual([])
    })

    it("gives the ends of the scale as in table 5", () => {
        for (const [input, code] of [
            [2.047_938, 0x7fff],
            [2.5, 0x7fff],
            [0.0000625, 0x0001],
            [0, 0],
            [-0.0000625, 0xffff],
        ]) {
            volts = input
            write(0, 0x01, 0xc583)
            expect(read(9, 0x00), `${input} V`).toBe(code)
        }
    })

    it("is ready after the time that its slowest oscillator takes, not before", () => {
        model.feed("a0", ms => (ms < 8.685 ? 1 : 2))
        write(0, 0x01, 0xc583)
        expect(read(8.67, 0x01)).toBe(0x4583)
        expect(read(8.69, 0x01)).toBe(0xc583)
        expect(read(8.69, 0x00)).toBe(16000)
    })

    it("measures the pins and the range that its configuration says", () => {
        write(0, 0x01, 0x8583)
        expect(read(9, 0x00)).toBe(8000)
        write(10, 0x01, 0xd383)
        expect(read(19, 0x00)).toBe(4000)
        write(20, 0x01, 0x8183)
        expect(read(29, 0x00)).toBe(2667)
    })

    it("goes on measuring in continuous mode", () => {
        write(0, 0x01, 0x4483)
        read(9, 0x00)
        volts = 0.1
        expect(read(30, 0x00)).toBe(1600)
        expect(complaints()).toEqual([])
    })

    it("logs a start while it converts, writes of the result, and longer accesses", () => {
        write(0, 0x01, 0xc583)
        write(1, 0x01, 0xc583)
        write(2, 0x00, 1)
        read(3, 0x04)
        model.transfer(Uint8Array.of(0x01), 3, 4)
        model.transfer(Uint8Array.of(0x01, 0x85), 0, 5)
        expect(complaints()).toEqual([
            "a conversion is started while one is running; it has no effect",
            "write of 0x0001 to Conversion, which can only be read",
            "read of the reserved register 0x04",
            "read of 3 B of a register of 2 B",
            "write of 1 B to a register of 2 B",
        ])
    })
})
