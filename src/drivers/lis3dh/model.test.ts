import { beforeEach, describe, expect, it } from "vitest"
import { LIS3DHModel } from "./model.js"

const G = 9.80665
let model: LIS3DHModel

function write(ms: number, ...bytes: number[]): void {
    model.transfer(Uint8Array.from(bytes), 0, ms)
}

function read(ms: number, register: number, length = 1): number[] {
    return [...model.transfer(Uint8Array.of(register), length, ms).data]
}

beforeEach(() => {
    model = new LIS3DHModel().feed("acceleration_z", G)
    model.brownOut(0)
})

describe("LIS3DH model", () => {
    it("powers up with the datasheet's contents, and off", () => {
        expect([0x0f, 0x1e, 0x20, 0x23, 0x27].map(register => read(1, register)[0])).toEqual([
            0x33, 0x10, 0x07, 0x00, 0x00,
        ])
        expect(read(10_000, 0x27)).toEqual([0])
        expect(model.illegalAccesses).toEqual([])
    })

    it("gives the datasheet's codes: 350 mg and 1 g at ±2 g in high resolution (AN3308, table 3)", () => {
        write(0, 0x23, 0x88)
        write(0, 0x20, 0x57)
        model.feed("acceleration_x", 0.35 * G).feed("acceleration_y", -0.35 * G)
        expect(read(100, 0x28 | 0x80, 6)).toEqual([0xe0, 0x15, 0x20, 0xea, 0x80, 0x3e])
    })

    it("gives 10 bits in normal mode and 8 in low power, in the coarser steps of table 4", () => {
        model.feed("acceleration_x", 0.35 * G).feed("acceleration_y", -0.35 * G)
        write(0, 0x23, 0x80)
        write(0, 0x20, 0x57)
        // 350 mg / 4 = 87 and 1 g / 4 = 250, in the upper 10 bits.
        expect(read(100, 0x28 | 0x80, 6)).toEqual([0xc0, 0x15, 0x40, 0xea, 0x80, 0x3e])
        write(200, 0x20, 0x5f)
        // / 16 = 22 and 63.
        expect(read(300, 0x28 | 0x80, 6)).toEqual([0x00, 0x16, 0x00, 0xea, 0x00, 0x3f])
        write(301, 0x23, 0xc0)
        expect(read(400, 0x28 | 0x80, 2), "high byte first").toEqual([0x16, 0x00])
        expect(model.illegalAccesses).toEqual([])
        write(401, 0x23, 0x88)
        write(402, 0x24, 0x40)
        write(403, 0x38, 0x01)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "low power and high resolution at once",
            "FIFO, which this model does not have",
            "clicks, which this model does not have",
        ])
    })

    it("counts the address up only when bit 7 is set", () => {
        write(0, 0x20 | 0x80, 0x57, 0x81)
        expect(read(1, 0x20 | 0x80, 2)).toEqual([0x57, 0x81])
        expect(read(1, 0x20, 2)).toEqual([0x57, 0x57])
        write(2, 0x20, 0x57, 0x81)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "several bytes to one register: bit 7 of its address is not set",
        ])
    })

    it("has valid data 7 periods after it is switched on, and new ones each period", () => {
        write(0, 0x23, 0x88)
        write(0, 0x20, 0x57)
        expect(read(77.7, 0x27)).toEqual([0])
        expect(read(77.8, 0x27)).toEqual([0x0f])
        read(77.9, 0x28 | 0x80, 6)
        expect(read(78, 0x27)).toEqual([0])
        expect(read(89, 0x27)).toEqual([0x0f])
    })

    it("latches a short motion until its source is read, and is blind to gravity", () => {
        model.feed("acceleration_x", ms => (ms >= 5000 && ms < 5050 ? 2 : 0))
        write(0, 0x20 | 0x80, 0x57, 0x81, 0x00, 0x88, 0x08, 0x00)
        write(1, 0x30, 0x2a)
        write(1, 0x32 | 0x80, 5, 0)
        read(3000, 0x31)
        expect(read(4000, 0x31)).toEqual([0])
        expect(read(9000, 0x31)).toEqual([0x42])
        expect(read(9001, 0x31)).toEqual([0])
    })

    it("is at the end of its scale beyond it", () => {
        write(0, 0x23, 0x88)
        write(0, 0x20, 0x57)
        model.feed("acceleration_x", 30).feed("acceleration_y", -30)
        expect(read(100, 0x28 | 0x80, 4)).toEqual([0xf0, 0x7f, 0x00, 0x80])
    })

    it("logs what the datasheet forbids", () => {
        write(0, 0x0f, 1)
        read(1, 0x10)
        write(2, 0x32, 0x80)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "write of 0x01 to WHO_AM_I, which can only be read",
            "read of the reserved register 0x10",
            "0x80 sets reserved bits of INT1_THS",
        ])
    })
})
