import { beforeEach, describe, expect, it } from "vitest"
import { BMP280Model } from "./model.js"

let model: BMP280Model
let pascal = 100653

function write(ms: number, ...bytes: number[]): number {
    return model.transfer(Uint8Array.from(bytes), 0, ms).status
}

function read(ms: number, register: number, length: number): number[] {
    return [...model.transfer(Uint8Array.of(register), length, ms).data]
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

/** Result of 20 bits at a register. */
function result(ms: number, register: number): number {
    const [high, middle, low] = read(ms, register, 3)
    return (high << 12) | (middle << 4) | (low >> 4)
}

beforeEach(() => {
    pascal = 100653
    model = new BMP280Model().feed("temperature", 25.08).feed("pressure", () => pascal)
    model.brownOut(0)
})

describe("BMP280 model", () => {
    it("gives the results of the datasheet's example, section 3.12", () => {
        write(10, 0xf4, (5 << 5) | (5 << 2) | 1)
        expect(Math.abs(result(100, 0xfa) - 519888)).toBeLessThanOrEqual(8)
        expect(Math.abs(result(100, 0xf7) - 415148)).toBeLessThanOrEqual(8)
        expect(complaints()).toEqual([])
    })

    it("has the datasheet's example in its calibration registers, low byte first", () => {
        expect(read(10, 0x88, 8)).toEqual([0x70, 0x6b, 0x43, 0x67, 0x18, 0xfc, 0x7d, 0x8e])
        expect(read(10, 0xd0, 1)).toEqual([0x58])
    })

    it("copies its calibration data for 2 ms after a reset", () => {
        write(10, 0xe0, 0xb6)
        expect(read(11, 0xf3, 1)).toEqual([0x01])
        expect(read(11, 0x88, 2)).toEqual([0, 0])
        expect(read(12, 0xf3, 1)).toEqual([0x00])
        expect(read(12, 0x88, 2)).toEqual([0x70, 0x6b])
        expect(complaints()).toEqual(["read of calibration data while they are being copied"])
    })

    it("measures once in forced mode for the longest time, then sleeps", () => {
        write(10, 0xf4, 0x4d)
        expect(read(25.2, 0xf3, 2)).toEqual([0x08, 0x4d])
        expect(result(25.2, 0xf7)).toBe(0x80000)
        expect(read(25.7, 0xf3, 2)).toEqual([0x00, 0x4c])
        const before = result(25.7, 0xf7)
        pascal = 90000
        expect(result(5000, 0xf7)).toBe(before)
    })

    it("goes on measuring in normal mode", () => {
        write(10, 0xf4, 0x27)
        const before = result(100, 0xf7)
        pascal = 90000
        expect(result(200, 0xf7)).toBeGreaterThan(before)
        write(201, 0xf5, 0x00)
        expect(complaints()).toEqual(["config in normal mode; it may be ignored"])
    })

    it("gives 0x80000 for what is switched off, and fewer bits with less oversampling", () => {
        write(10, 0xf4, (1 << 5) | 1)
        expect(result(100, 0xf7)).toBe(0x80000)
        expect(result(100, 0xfa) & 15).toBe(0)
        write(101, 0xf4, (2 << 5) | (3 << 2) | 1)
        expect([result(200, 0xfa) & 7, result(200, 0xf7) & 3]).toEqual([0, 0])
    })

    it("takes pairs of register and value in one transfer, and logs what is forbidden", () => {
        write(10, 0xf5, 0x00, 0xf4, 0x24)
        expect(read(11, 0xf4, 2)).toEqual([0x24, 0x00])
        write(20, 0xf4, 0x24, 0xf5)
        write(21, 0xe0, 0x77)
        write(22, 0x88, 0x00)
        write(23, 0xf2, 0x01)
        read(24, 0xf6, 1)
        write(25, 0xf5, 0x04)
        expect(complaints()).toEqual([
            "register without a value",
            "another word than 0xb6 in the reset register; it has no effect",
            "write of 0x00 to calibration 0x88, which can only be read",
            "write of 0x01 to the reserved register 0xf2",
            "read of the reserved register 0xf6",
            "filter on, which this model does not have",
        ])
    })
})
