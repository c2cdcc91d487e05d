import { beforeEach, describe, expect, it } from "vitest"
import { DS3231Model } from "./model.js"

let model: DS3231Model

function write(ms: number, ...bytes: number[]): void {
    model.transfer(Uint8Array.from(bytes), 0, ms)
}

function read(ms: number, register: number, length: number): string {
    return Buffer.from(model.transfer(Uint8Array.of(register), length, ms).data).toString("hex")
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

beforeEach(() => {
    model = new DS3231Model().feed("temperature", 25.25)
    model.brownOut(0)
})

describe("DS3231 model", () => {
    it("begins with 1 January 2000, the oscillator stop flag, and the datasheet's 25.25 °C", () => {
        expect(read(500, 0, 7)).toBe("00000001010100")
        expect(read(500, 0x0e, 5)).toBe("1c88001940")
        expect(complaints()).toEqual([])
    })

    it("counts from the moment when the seconds were written, over a leap day", () => {
        write(700, 0, 0x58, 0x59, 0x23, 0x03, 0x28, 0x02, 0x24)
        expect(read(2600, 0, 7)).toBe("59592303280224")
        expect(read(2800, 0, 7)).toBe("00000004290224")
        expect(read(2800 + 86_400_000, 0, 7)).toBe("00000005010324")
        expect(complaints()).toEqual([])
    })

    it("counts the weekday from whatever the user calls that day, and leaves it alone at a new date", () => {
        write(0, 0, 0x50, 0x59, 0x23, 0x07, 0x31, 0x12, 0x24)
        expect(read(9900, 3, 1)).toBe("07")
        expect(read(10_100, 3, 4)).toBe("01010125")
        write(10_200, 4, 0x15, 0x06)
        expect(read(10_300, 3, 4)).toBe("01150625")
        write(10_400, 3, 8)
        expect(complaints()).toContain("0x08 sets reserved bits of day")
    })

    it("counts in 12 h when it was set in it", () => {
        write(0, 0, 0x58, 0x59, 0x71, 1, 1, 1, 0x24)
        expect(read(1000, 0, 3)).toBe("595971")
        expect(read(2000, 0, 5), "12 AM of the next day").toBe("0000520202")
    })

    it("sets the alarms' flags when their time comes, and only a write of 0 clears them", () => {
        write(0, 0, 0x58, 0x29, 0x06, 1, 1, 1, 0x24)
        // Alarm 1 at 06:30:10 of a weekday 1, alarm 2 each hour at minute 31.
        write(0, 7, 0x10, 0x30, 0x06, 0x41)
        write(0, 0x0b, 0x31, 0x80, 0x80)
        write(0, 0x0f, 0)
        expect(read(11_900, 0x0f, 1)).toBe("00")
        expect(read(12_100, 0x0f, 1)).toBe("01")
        expect(read(62_100, 0x0f, 1)).toBe("03")
        write(62_200, 0x0f, 0x83)
        expect(read(62_300, 0x0f, 1), "OSF cannot be set").toBe("03")
        write(62_400, 0x0f, 0x02)
        expect(read(62_500, 0x0f, 1)).toBe("02")
        write(62_600, 0x0f, 0)
        expect(read(200_000, 0x0f, 1)).toBe("00")
        write(200_000, 7, 0x80, 0x80, 0x80, 0x80)
        expect(read(201_100, 0x0f, 1), "once a second").toBe("01")
        expect(complaints()).toEqual([])
    })

    it("goes at its oscillator's rate", () => {
        model.ratePpm = 100
        write(0, 0, 0, 0, 0, 1, 1, 1, 0x24)
        expect(read(9_999_500, 0, 3)).toBe("404602")
        model.ratePpm = 0
        expect(read(9_999_500, 0, 3)).toBe("394602")
    })

    it("measures for 200 ms when it is told to, and every 64 s", () => {
        model.feed("temperature", -0.25)
        write(1000, 0x0e, 0x24)
        expect(read(1001, 0x0e, 2)).toBe("2488")
        expect(read(1199, 0x0e, 5)).toBe("248c001940")
        expect(read(1200, 0x0e, 5)).toBe("048800ffc0")
        model.feed("temperature", 10)
        expect(read(65_000, 0x11, 2)).toBe("ffc0")
        expect(read(65_300, 0x11, 2)).toBe("0a00")
        expect(complaints()).toEqual([])
    })

    it("keeps all of it with a cell, and nothing without", () => {
        write(0, 0, 0, 0, 0, 1, 1, 1, 0x24)
        write(0, 0x0f, 0)
        model.isBacked = true
        model.powerLost(5000)
        model.brownOut(60_000)
        expect(read(61_000, 0, 3)).toBe("010100")
        expect(read(61_000, 0x0f, 1)).toBe("00")
        model.isBacked = false
        model.brownOut(70_000)
        expect(read(70_500, 0x0f, 1)).toBe("88")
    })

    it("logs digits that are none, bits that are always 0, and writes of the temperature", () => {
        write(0, 0, 0x5a)
        write(0, 4, 0x41)
        write(0, 0x11, 1)
        expect(complaints()).toEqual([
            "a time with digits that are none",
            "0x41 sets reserved bits of date",
            "a date that does not exist: month 0, day 1",
            "write of 0x01 to temperature high, which can only be read",
        ])
    })
})
