import { describe, expect, it } from "vitest"
import { crc8 } from "../../core/crc.js"
import { AHT20Model } from "./model.js"

const NOTHING = new Uint8Array(0)

function poweredModel(startsCalibrated = true): AHT20Model {
    const model = new AHT20Model(0x38, startsCalibrated)
        .feed("temperature", 21.94)
        .feed("humidity", 22.06)
    model.brownOut(0)
    return model
}

function read(model: AHT20Model, ms: number, length: number): number[] {
    return [...model.transfer(NOTHING, length, ms).data]
}

function write(model: AHT20Model, ms: number, ...bytes: number[]): number {
    return model.transfer(Uint8Array.from(bytes), 0, ms).status
}

describe("AHT20 model", () => {
    it("gives the status, two results of 20 bits and the checksum in one answer", () => {
        const model = poweredModel()
        write(model, 100, 0xac, 0x33, 0x00)
        expect(read(model, 179, 1)).toEqual([0x98])
        const [status, ...rest] = read(model, 180, 7)
        expect(status).toBe(0x18)
        const bits = BigInt(`0x${Buffer.from(rest.slice(0, 5)).toString("hex")}`)
        expect((Number(bits >> 20n) / 1048576) * 100).toBeCloseTo(22.06, 3)
        expect((Number(bits & 0xfffffn) / 1048576) * 200 - 50).toBeCloseTo(21.94, 3)
        expect(model.illegalAccesses).toEqual([])
    })

    it("has the checksum and the layout of an answer that a real part gave", () => {
        // Published in the wiki of github.com/elixir-sensors/aht20.
        const published = [0x1c, 0x26, 0x9a, 0x76, 0x42, 0xe7]
        expect(crc8(published, 0, 6)).toBe(0x76)
        const model = new AHT20Model()
        const [h, t] = [0x269a7, 0x642e7]
        model.feed("humidity", (h / 1048576) * 100).feed("temperature", (t / 1048576) * 200 - 50)
        model.brownOut(0)
        write(model, 100, 0xac, 0x33, 0x00)
        expect(read(model, 200, 6)).toEqual([0x18, ...published.slice(1)])
    })

    it("does not acknowledge for 40 ms after power-up and 20 ms after a reset", () => {
        const model = poweredModel()
        expect(model.transfer(NOTHING, 0, 39).status).not.toBe(0)
        expect(write(model, 40, 0xba)).toBe(0)
        expect(model.transfer(NOTHING, 1, 59).status).not.toBe(0)
        expect(read(model, 60, 7)).toEqual([0x18, 0, 0, 0, 0, 0, expect.any(Number)])
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual(["read while it starts"])
    })

    it("is calibrated only after the command, where it does not start so", () => {
        const model = poweredModel(false)
        expect(read(model, 100, 1)).toEqual([0x10])
        write(model, 101, 0xac, 0x33, 0x00)
        write(model, 200, 0xbe, 0x08, 0x00)
        expect(read(model, 210, 1)).toEqual([0x18])
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "measurement without calibration",
        ])
    })

    it("logs unknown commands, wrong parameters and a command while it measures", () => {
        const model = poweredModel()
        write(model, 100, 0xe1, 0x08, 0x00)
        expect(write(model, 101, 0xac, 0x33)).not.toBe(0)
        write(model, 102, 0xac, 0x33, 0x00)
        write(model, 150, 0xac, 0x33, 0x00)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "unknown command 0xe1",
            "command 0xac with parameters 51",
            "command 0xac while it measures",
        ])
    })
})
