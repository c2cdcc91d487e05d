import { beforeEach, describe, expect, it } from "vitest"
import { TMP117Model } from "./model.js"

let model: TMP117Model

function write(ms: number, register: number, word: number): void {
    model.transfer(Uint8Array.of(register, word >> 8, word & 0xff), 0, ms)
}

function read(ms: number, register: number): number {
    const { data } = model.transfer(Uint8Array.of(register), 2, ms)
    return (data[0] << 8) | data[1]
}

beforeEach(() => {
    model = new TMP117Model().feed("temperature", 25)
    model.brownOut(0)
})

describe("TMP117 model", () => {
    it("powers up with the datasheet's contents, and measures by itself", () => {
        expect([0, 1, 2, 3, 7, 0x0f].map(register => read(3, register))).toEqual([
            0x8000, 0x0220, 0x6000, 0x8000, 0, 0x0117,
        ])
        expect(read(142, 1)).toBe(0x2220)
        expect(read(143, 0)).toBe(0x0c80)
        expect(model.illegalAccesses).toEqual([])
    })

    it("gives the datasheet's examples of the data format", () => {
        for (const [celsius, word] of [
            [-256, 0x8000],
            [-25, 0xf380],
            [-0.0078125, 0xffff],
            [100, 0x3200],
            [255.9921875, 0x7fff],
        ]) {
            model.feed("temperature", celsius)
            write(1000, 1, 0x0c00)
            expect(read(1018, 0), `${celsius} °C`).toBe(word)
            model.brownOut(0)
        }
    })

    it("tells when it is above or below its limits, until its configuration is read", () => {
        write(3, 2, 0x0c00)
        model.feed("temperature", 24.5)
        expect(read(143, 1) & 0xc000).toBe(0x8000)
        expect(read(144, 1) & 0xc000).toBe(0)
        write(145, 3, 0x0d00)
        expect(read(1200, 1) & 0xc000).toBe(0xc000)
        // As a thermostat it keeps the alert until it is below the low limit.
        write(1201, 3, 0x0b00)
        write(1202, 1, 0x0230)
        expect([read(3300, 1) & 0xc000, read(3301, 1) & 0xc000]).toEqual([0x8000, 0x8000])
        model.feed("temperature", 20)
        expect(read(6000, 1) & 0xc000).toBe(0)
        expect(model.illegalAccesses).toEqual([])
    })

    it("stores what is written while its EEPROM is unlocked, one register in 7 ms", () => {
        write(10, 7, 0x0100)
        write(11, 4, 0x8000)
        write(12, 7, 0xff80)
        expect([read(13, 4), read(20, 4)]).toEqual([0xc000, 0x8000])
        write(21, 4, 0)
        write(22, 7, 0x0200)
        model.brownOut(30)
        expect([read(40, 4), read(41, 7), model.eepromWrites]).toEqual([0, 0xff80, 1])
        expect(model.illegalAccesses).toEqual([])
        write(50, 4, 0x8000)
        write(51, 2, 0x1000)
        write(52, 3, 0x0800)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "write while the EEPROM is programmed",
        ])
    })

    it("shuts down after one shot; reading its configuration or result clears the flag", () => {
        write(10, 1, 0x0c20)
        expect(read(149.9, 1)).toBe(0x0c20)
        expect(read(150.1, 1)).toBe(0x2420)
        expect(read(150.2, 1)).toBe(0x0420)
        model.feed("temperature", 30)
        expect(read(5000, 0)).toBe(0x0c80)
        write(5001, 1, 0x0c00)
        expect(read(5019, 0)).toBe(0x0f00)
        expect(read(5019, 1)).toBe(0x0400)
    })

    it("adds its offset and goes back to its defaults on a soft reset", () => {
        write(10, 7, 0xff80)
        write(11, 1, 0x0c00)
        expect(read(30, 0)).toBe(0x0c00)
        write(31, 1, 0x0002)
        expect(read(34, 7)).toBe(0)
        expect(read(34, 1)).toBe(0x0220)
    })

    it("logs what the datasheet forbids", () => {
        read(1, 0)
        write(10, 0x0f, 1)
        write(11, 1, 0x0001)
        read(12, 0x09)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "access within 2 ms of a reset",
            "write of 0x0001 to Device_ID, which can only be read",
            "0x0001 sets reserved bits of Configuration",
            "read of the reserved register 0x09",
        ])
    })
})
