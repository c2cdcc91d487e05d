import { beforeEach, describe, expect, it } from "vitest"
import { BH1750Model } from "./model.js"

const POWER_DOWN = 0x00
const POWER_ON = 0x01
const RESET = 0x07
const CONTINUOUS_HIGH = 0x10
const ONE_TIME_HIGH = 0x20
const ONE_TIME_HIGH2 = 0x21
const ONE_TIME_LOW = 0x23

let model: BH1750Model
let lux = 0

function write(ms: number, ...bytes: number[]): number {
    return model.transfer(Uint8Array.from(bytes), 0, ms).status
}

function counts(ms: number): number {
    const { data } = model.transfer(new Uint8Array(0), 2, ms)
    return (data[0] << 8) | data[1]
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

beforeEach(() => {
    lux = 1000
    model = new BH1750Model().feed("illuminance", () => lux)
    model.brownOut(-1000)
})

describe("BH1750 model", () => {
    it("gives the datasheet's examples of results", () => {
        lux = 28066.67
        write(0, ONE_TIME_HIGH)
        expect(counts(180)).toBe(0b1000_0011_1001_0000)
        lux = 227
        write(200, ONE_TIME_LOW)
        expect(counts(224)).toBe(0b1_0001_0000)
        expect(complaints()).toEqual([])
    })

    it("gives the old content, or an empty register, before the measurement is ready", () => {
        write(0, POWER_ON)
        write(1, ONE_TIME_HIGH)
        expect(counts(180.9)).toBe(0)
        expect(counts(181)).toBe(1200)
        lux = 10
        write(200, ONE_TIME_HIGH)
        expect(counts(300)).toBe(1200)
        expect(counts(380)).toBe(12)
        expect(complaints()).toEqual([
            "read before the measurement is ready",
            "read before the measurement is ready",
        ])
    })

    it("powers down after a one-time measurement: the register keeps its content", () => {
        write(0, ONE_TIME_HIGH)
        expect(counts(180)).toBe(1200)
        lux = 50
        expect(counts(5000)).toBe(1200)
        write(5001, RESET)
        expect(counts(5002)).toBe(1200)
        expect(complaints()).toEqual(["reset while powered down; it has no effect"])
    })

    it("empties the register on a reset while it is powered on", () => {
        write(0, ONE_TIME_HIGH)
        write(180, POWER_ON)
        write(181, RESET)
        expect(counts(182)).toBe(0)
        expect(complaints()).toEqual([])
    })

    it("goes on measuring in a continuous mode until it is told otherwise", () => {
        write(0, CONTINUOUS_HIGH)
        expect(counts(180)).toBe(1200)
        lux = 500
        expect(counts(359)).toBe(1200)
        expect(counts(1000)).toBe(600)
        write(1001, POWER_DOWN)
        lux = 100
        expect(counts(3000)).toBe(600)
        expect(complaints()).toEqual([])
    })

    it("has twice the counts in high resolution mode 2, and more with a longer time", () => {
        write(0, ONE_TIME_HIGH2)
        expect(counts(180)).toBe(2400)
        write(200, 0x40 | (138 >> 5))
        write(201, 0x60 | (138 & 31))
        write(202, ONE_TIME_HIGH)
        expect(counts(202 + 359)).not.toBe(2400 + 1)
        expect(counts(202 + 360)).toBe(2400)
        model.brownOut(1000)
        write(1001, ONE_TIME_HIGH)
        expect(counts(1181)).toBe(1200)
    })

    it("saturates at 65,535 counts", () => {
        lux = 100_000
        write(0, ONE_TIME_HIGH)
        expect(counts(180)).toBe(65535)
    })

    it("logs unknown opcodes, wrong times and several opcodes in one transfer", () => {
        write(0, 0x77 & 0x1f)
        write(1, 0x40)
        write(2, 0x60 | 30)
        expect(write(3, POWER_ON, RESET)).not.toBe(0)
        expect(complaints()).toEqual([
            "unknown opcode 0x17",
            "measurement time 30; it is 31 to 254",
            "2 opcodes in one transfer; it takes one",
        ])
    })
})
