import { beforeEach, describe, expect, it } from "vitest"
import { type HandedOut } from "../shared/register-model.js"
import { LTR390Model } from "./model.js"

const DATA_READY = 0x08
const POWER_ON = 0x20

let model: LTR390Model
let handedOut: HandedOut[]

function write(ms: number, register: number, ...bytes: number[]): void {
    model.transfer(Uint8Array.of(register, ...bytes), 0, ms)
}

function read(ms: number, register: number, length = 1): number[] {
    return [...model.transfer(Uint8Array.of(register), length, ms).data]
}

function counts(ms: number, register: number): number {
    const [low, middle, high] = read(ms, register, 3)
    return low | (middle << 8) | (high << 16)
}

beforeEach(() => {
    handedOut = []
    model = new LTR390Model().feed("illuminance", 1000).feed("uv_index", 6)
    model.onHandedOut = reading => handedOut.push(reading)
    model.brownOut(0)
})

describe("LTR-390UV model", () => {
    it("has the datasheet's register contents after power-up, and says that it was without power once", () => {
        expect(read(1, 0x00)).toEqual([0])
        expect(read(1, 0x04, 3)).toEqual([0x22, 0x01, 0xb2])
        expect(read(1, 0x07)).toEqual([POWER_ON])
        expect(read(1, 0x07)).toEqual([0])
        expect(read(1, 0x21, 6)).toEqual([0xff, 0xff, 0x0f, 0, 0, 0])
    })

    it("measures nothing in standby", () => {
        read(1, 0x07)
        expect(read(5000, 0x07)).toEqual([0])
        expect(counts(5000, 0x0d)).toBe(0)
        expect(handedOut).toEqual([])
    })

    it("gives the datasheet's counts for each gain and resolution", () => {
        const gains = [1, 3, 6, 9, 18]
        const times = [4, 2, 1, 0.5, 0.25, 0.125]
        let ms = 0
        gains.forEach((gain, g) =>
            times.forEach((time, t) => {
                write(ms, 0x04, t << 4)
                write(ms, 0x05, g)
                write(ms, 0x00, 0x02)
                ms += 1000
                const full = [20, 19, 18, 17, 16, 13][t]
                const right = Math.min(2 ** full - 1, Math.round((1000 * gain * time) / 0.6))
                expect(counts(ms, 0x0d), `gain ${gain}, ${time} × 100 ms`).toBe(right)
            })
        )
    })

    it("has 2300 counts for a UV index of 1, at gain 18 and 20 bits, in UV mode", () => {
        write(0, 0x04, 0x04, 0x04)
        write(0, 0x00, 0x0a)
        expect(counts(1000, 0x10)).toBe(6 * 2300)
        expect(counts(1000, 0x0d)).toBe(0)
    })

    it("takes the wake-up time and the conversion time, a tenth more at the most", () => {
        write(0, 0x04, 0x04)
        write(0, 0x00, 0x02)
        expect(read(449, 0x07)[0] & DATA_READY).toBe(0)
        expect(read(451, 0x07)[0] & DATA_READY).toBe(DATA_READY)
    })

    it("keeps the data and their flag until they are read, and hands them out once", () => {
        write(0, 0x00, 0x02)
        expect(read(500, 0x07)[0] & DATA_READY).toBe(DATA_READY)
        write(500, 0x00, 0x00)
        expect(read(900, 0x07)[0] & DATA_READY).toBe(DATA_READY)
        counts(900, 0x0d)
        counts(901, 0x0d)
        expect(read(901, 0x07)[0] & DATA_READY).toBe(0)
        expect(handedOut).toEqual([{ unixMs: 900, channel: "illuminance", value: 1000 }])
    })

    it("is as after power-up when it was reset", () => {
        write(0, 0x04, 0x00, 0x04)
        write(1, 0x00, 0x10)
        expect(read(2, 0x04, 2)).toEqual([0x22, 0x01])
        expect(read(2, 0x00)).toEqual([0])
    })

    it("complains about what the datasheet does not allow", () => {
        write(1, 0x06, 1)
        write(1, 0x01, 1)
        write(1, 0x04, 0x60)
        write(1, 0x05, 0x05)
        write(1, 0x00, 0x80)
        read(1, 0x08)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "write of 0x01 to PART_ID, which can only be read",
            "write of 0x01 to the reserved register 0x01",
            "reserved resolution 6",
            "reserved gain 5",
            "0x80 sets reserved bits of MAIN_CTRL",
            "read of the reserved register 0x08",
        ])
    })
})
