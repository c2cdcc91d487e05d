import { beforeEach, describe, expect, it } from "vitest"
import { MAX17048Model } from "./model.js"

let model: MAX17048Model
let volts = 3.6

function write(ms: number, register: number, word: number): void {
    model.transfer(Uint8Array.of(register, word >> 8, word & 0xff), 0, ms)
}

function read(ms: number, register: number): number {
    const { data } = model.transfer(Uint8Array.of(register), 2, ms)
    return (data[0] << 8) | data[1]
}

beforeEach(() => {
    volts = 3.6
    model = new MAX17048Model()
        .feed("battery_voltage", () => volts)
        .feed("battery_level", 50.5)
        .feed("charge_rate", -0.0104)
    model.brownOut(0)
})

describe("MAX17048 model", () => {
    it("powers up with the datasheet's contents and the reset indicator", () => {
        const registers = [0x08, 0x0a, 0x0c, 0x14, 0x1a]
        expect(registers.map(register => read(1, register))).toEqual([
            0x0012, 0x8030, 0x971c, 0x00ff, 0x0100,
        ])
        expect(model.illegalAccesses).toEqual([])
    })

    it("gives voltage, charge and rate in the datasheet's steps", () => {
        expect([0x02, 0x04, 0x16].map(register => read(1040, register))).toEqual([
            0xb400, 0x3280, 0xfffb,
        ])
    })

    it("measures every 250 ms, and every 45 s when it hibernates", () => {
        model.feed("battery_voltage", ms => ms / 1_000_000)
        expect(read(10_240, 0x02)).toBe(Math.round(0.01 / 78.125e-6))
        expect(read(400_000, 0x02)).toBe(Math.round(0.36 / 78.125e-6))
        write(400_001, 0x0a, 0)
        expect(read(400_240, 0x02)).toBe(Math.round(0.4 / 78.125e-6))
    })

    it("resets itself on its command, and keeps a cleared reset indicator otherwise", () => {
        write(2000, 0x1a, 0)
        expect(read(2001, 0x1a)).toBe(0)
        const { status } = model.transfer(Uint8Array.of(0xfe, 0x54, 0x00), 0, 2002)
        expect(status, "not acknowledged").toBe(2)
        expect(read(2003, 0x1a)).toBe(0x0100)
        expect(read(2003, 0xfe)).toBe(0xffff)
    })

    it("hibernates below the threshold in the high byte of its register, 26.6 %/h, after 6 min of it", () => {
        const HIBERNATES = 0x1000
        model.feed("charge_rate", ms => (ms < 500_000 ? 0.3 : 0.26))
        expect(read(490_000, 0x06) & HIBERNATES).toBe(0)
        expect(read(850_000, 0x06) & HIBERNATES).toBe(0)
        expect(read(870_000, 0x06) & HIBERNATES).toBe(HIBERNATES)
        write(870_001, 0x0a, 0x7f30)
        expect(read(870_002, 0x06) & HIBERNATES, "26.4 %/h").toBe(HIBERNATES)
        write(870_003, 0x0a, 0x7cff)
        expect(read(870_004, 0x06) & HIBERNATES, "25.8 %/h").toBe(0)
        write(870_005, 0x0a, 0x00ff)
        expect(read(870_006, 0x06) & HIBERNATES).toBe(0)
    })

    it("sleeps when it may and is told to, and raises the datasheet's alerts", () => {
        write(2000, 0x14, 0xb5b9)
        expect(read(2300, 0x02)).toBe(0xb400)
        expect(read(2300, 0x1a), "below 3.62 V").toBe(0x0500)
        expect(read(2300, 0x0c)).toBe(0x973c)
        volts = 3.75
        read(2600, 0x02)
        expect(read(2600, 0x1a), "above 3.70 V too").toBe(0x0700)
        write(2601, 0x06, 0x2000)
        write(2602, 0x0c, 0x979c)
        volts = 4
        read(5000, 0x02)
        expect(read(5000, 0x02)).toBe(48000)
        write(5001, 0x1a, 0x4000)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "alert of a reset, which this model does not have",
        ])
    })

    it("logs what the datasheet forbids", () => {
        read(10, 0x02)
        write(11, 0x04, 1)
        write(12, 0x06, 0x0001)
        read(13, 0xfe)
        read(14, 0x20)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "read before the first measurement",
            "write of 0x0001 to SOC, which can only be read",
            "0x0001 sets reserved bits of MODE",
            "read of the reserved register 0x20",
        ])
    })
})
