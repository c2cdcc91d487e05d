import { beforeEach, describe, expect, it } from "vitest"
import { INA219Model } from "./model.js"

let model: INA219Model

function write(ms: number, register: number, word: number): void {
    model.transfer(Uint8Array.of(register, word >> 8, word & 0xff), 0, ms)
}

function read(ms: number, register: number): number {
    const { data } = model.transfer(Uint8Array.of(register), 2, ms)
    return (data[0] << 8) | data[1]
}

beforeEach(() => {
    model = new INA219Model(0x40, 0.002).feed("voltage", 11.98).feed("current", 10)
    model.brownOut(0)
})

describe("INA219 model", () => {
    it("gives the registers of the datasheet's worked example (section 8.5.2, figure 27)", () => {
        write(1, 0x05, 0x5000)
        expect([1, 2, 4, 3].map(register => read(10, register))).toEqual([
            0x07d0, 0x5d9a, 0x2710, 0x1766,
        ])
        expect(model.illegalAccesses).toEqual([])
    })

    it("clears its ready flag when the power register is read or a measurement starts", () => {
        expect(read(0.1, 2) & 2).toBe(0)
        expect(read(2, 2) & 2).toBe(2)
        read(2.1, 3)
        expect(read(2.2, 2) & 2).toBe(0)
        write(10, 0x00, 0x399b)
        expect(read(11.1, 2) & 2).toBe(0)
        expect(read(11.2, 2) & 2).toBe(2)
    })

    it("measures once when it is triggered, in the longest time of 128 averages", () => {
        write(10, 0x00, 0x3ffb)
        expect(read(160, 2) & 2).toBe(0)
        expect(read(160.1, 2) & 2).toBe(2)
        model.feed("voltage", 5)
        expect(read(5000, 2) >> 3).toBe(2995)
    })

    it("says that its arithmetic overflows, and limits what it measures to its ranges", () => {
        write(1, 0x05, 0xfffe)
        model.feed("current", 100).feed("voltage", 20)
        expect(read(10, 2) & 1).toBe(1)
        expect(read(10, 1)).toBe(20_000)
        write(20, 0x00, 0x019f)
        expect(read(30, 1)).toBe(4000)
        expect(read(30, 2) >> 3).toBe(4000)
    })

    it("goes back to its defaults on a reset; the calibration's lowest bit stays 0", () => {
        write(1, 0x05, 0xffff)
        expect(read(2, 0x05)).toBe(0xfffe)
        write(3, 0x00, 0x8000)
        expect([read(4, 0x00), read(4, 0x05)]).toEqual([0x399f, 0])
    })

    it("logs what the datasheet forbids", () => {
        write(1, 0x02, 1)
        write(2, 0x00, 0x4000)
        read(3, 0x06)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "write of 0x0001 to Bus voltage, which can only be read",
            "0x4000 sets reserved bits of Configuration",
            "read of the reserved register 0x06",
        ])
    })
})
