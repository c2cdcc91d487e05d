import { beforeEach, describe, expect, it } from "vitest"
import { type HandedOut } from "../shared/register-model.js"
import { VEML7700Model } from "./model.js"

const SHUT_DOWN = 0x0001
/** Gain 1, 100 ms: 0.0672 lx per count. */
const GAIN_1 = 0x0000
/** Gain 2, 800 ms: 0.0042 lx per count. */
const FINEST = 0x08c0

let model: VEML7700Model
let lux = 0
let handedOut: HandedOut[]

function write(ms: number, command: number, word: number): number {
    return model.transfer(Uint8Array.of(command, word & 0xff, word >> 8), 0, ms).status
}

function read(ms: number, command: number): number {
    const { data } = model.transfer(Uint8Array.of(command), 2, ms)
    return data[0] | (data[1] << 8)
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

beforeEach(() => {
    lux = 100
    handedOut = []
    model = new VEML7700Model().feed("illuminance", () => lux)
    model.onHandedOut = reading => handedOut.push(reading)
    model.brownOut(0)
})

describe("VEML7700 model", () => {
    it("is shut down after power-up, tells its id, and measures nothing", () => {
        expect(read(1000, 0)).toBe(SHUT_DOWN)
        expect(read(1000, 7)).toBe(0xc481)
        expect(read(1000, 4)).toBe(0)
        expect(handedOut).toEqual([])
    })

    it("gives the counts of the datasheet's resolutions", () => {
        for (const [configuration, resolution] of [
            [0x1300, 2.1504],
            [0x1200, 1.0752],
            [0x1000, 0.5376],
            [0x1800, 0.2688],
            [GAIN_1, 0.0672],
            [0x0800, 0.0336],
            [0x0840, 0.0168],
            [0x0880, 0.0084],
            [FINEST, 0.0042],
        ]) {
            write(0, 0, configuration)
            expect(read(2000, 4), `${resolution} lx`).toBe(Math.round(100 / resolution))
        }
    })

    it("needs 2.5 ms and two integration times, and keeps the last value until then", () => {
        write(0, 0, GAIN_1)
        const first = read(203, 4)
        write(210, 0, GAIN_1 | SHUT_DOWN)
        lux = 500
        write(211, 0, GAIN_1)
        handedOut = []
        expect(read(413, 4)).toBe(first)
        expect(handedOut).toEqual([])
        expect(read(414, 4)).toBeGreaterThan(4 * first)
        expect(handedOut).toMatchObject([{ channel: "illuminance", value: 500 }])
    })

    it("hands a value out once, and the next one an integration time later", () => {
        write(0, 0, GAIN_1)
        for (const ms of [203, 250, 302, 303]) read(ms, 4)
        expect(handedOut.map(({ unixMs }) => unixMs)).toEqual([203, 303])
    })

    it("needs no 2.5 ms where it was on already", () => {
        write(0, 0, GAIN_1)
        write(1000, 0, 0x0800)
        read(1000, 4)
        handedOut = []
        read(1199, 4)
        expect(handedOut).toEqual([])
        read(1200, 4)
        expect(handedOut).toHaveLength(1)
    })

    it("takes light of more than 1000 lx for less, by the inverse of the note's correction", () => {
        for (const [input, counts] of [
            [1000, 1000],
            [1050, 1000],
            [1074.1, 1000],
            // 0.60135 − 9.3924 × 8 × … at 2000 lx: 2004.6 + 325.952 − 75.139 + 9.622
            [2265.035, 2000],
        ]) {
            lux = input
            write(0, 0, 0x1000 | SHUT_DOWN)
            write(1, 0, 0x1000)
            expect(Math.abs(read(2000, 4) * 0.5376 - counts), `${input} lx`).toBeLessThan(1)
            model.brownOut(0)
        }
    })

    it("stops at 65,535 counts", () => {
        lux = 5000
        write(0, 0, FINEST)
        expect(read(2000, 4)).toBe(65535)
    })

    it("empties the interrupt status when it is read", () => {
        expect(read(1, 6)).toBe(0)
    })

    it("complains about what the datasheet does not allow", () => {
        write(1, 0, 0x2000)
        write(1, 0, 0x01c0)
        write(1, 3, 1)
        write(1, 0, 2)
        write(1, 4, 5)
        write(1, 8, 0)
        model.transfer(Uint8Array.of(0, 1), 0, 1)
        model.transfer(Uint8Array.of(4), 3, 1)
        expect(complaints()).toEqual([
            "0x2000 sets reserved bits of command code 0",
            "no such integration time",
            "power saving, which this model does not have",
            "interrupt on, which this model does not have",
            "write to command code 4, which can only be read",
            "command code 8; they go to 7",
            "write of 1 B; a word has 2 B",
            "read of 3 B; a word has 2 B",
        ])
    })
})
