import { beforeEach, describe, expect, it } from "vitest"
import { commandProbe } from "../../../tests/support/command-probe.js"
import { type HandedOut } from "../shared/register-model.js"
import { SHT3xModel } from "./model.js"

const MEASURE_HIGH = "2400"
const MEASURE_LOW = "2416"
const STATUS = "f32d"
const CLEAR_STATUS = "3041"
const HEATER_ON = "306d"
const RESET = "30a2"
const PERIODIC_1_S = "2130"
const FETCH = "e000"
const BREAK = "3093"

let model: SHT3xModel

/** Times are ms since the part became ready after power-up. */
const { write, read, complaints } = commandProbe(() => model)

beforeEach(() => {
    model = new SHT3xModel().feed("temperature", 25).feed("humidity", 40)
    model.brownOut(-1)
})

describe("SHT3x model", () => {
    it("has the result of a single shot after its longest time, and gives it once", () => {
        const handedOut: HandedOut[] = []
        model.onHandedOut = reading => handedOut.push(reading)
        write(MEASURE_HIGH, 0)
        expect(read(6, 15)).toBeUndefined()
        expect(read(6, 15.5)).toBe("666693666693")
        expect(handedOut.map(({ value }) => value)).toEqual([25, 40])
        expect(read(6, 16)).toBeUndefined()
        write(MEASURE_LOW, 20)
        expect(read(6, 24.5)).toBe("666693666693")
        expect(complaints()).toEqual([
            "read while there is no answer",
            "read while there is no answer",
        ])
    })

    it("tells in its status of resets and of the heater", () => {
        const status = (ms: number) => {
            write(STATUS, ms)
            return read(3, ms + 0.1)?.slice(0, 4)
        }
        expect(status(0)).toBe("8010")
        write(CLEAR_STATUS, 2)
        expect(status(4)).toBe("0000")
        write(HEATER_ON, 6)
        expect(status(8)).toBe("2000")
        write(RESET, 10)
        expect(status(12)).toBe("8010")
        expect(complaints()).toEqual([])
    })

    it("takes no other command within 1 ms, nor while it measures", () => {
        write(STATUS, 0)
        expect(write(MEASURE_HIGH, 0.9)).not.toBe(0)
        expect(write(MEASURE_HIGH, 1)).toBe(0)
        expect(write(STATUS, 16)).not.toBe(0)
        expect(write(STATUS, 16.5)).toBe(0)
    })

    it("measures by itself in a periodic mode, and gives each measurement once", () => {
        model.feed("temperature", unixMs => unixMs / 100)
        write(PERIODIC_1_S, 0)
        write(FETCH, 10)
        expect(read(6, 11)).toBeUndefined()
        write(FETCH, 2040)
        // The newest one: taken 2015.5 ms after the start, 20.155 °C.
        expect(read(3, 2041)?.slice(0, 4)).toBe("5f50")
        write(FETCH, 2050)
        expect(read(6, 2051)).toBeUndefined()
        expect(write(RESET, 2060)).not.toBe(0)
        expect(write(MEASURE_HIGH, 2070)).not.toBe(0)
        write(BREAK, 2080)
        expect(write(MEASURE_HIGH, 2080.9)).not.toBe(0)
        expect(write(MEASURE_HIGH, 2081)).toBe(0)
    })

    it("answers a single shot with clock stretching at once, and tells its status while it measures by itself", () => {
        for (const [i, command] of ["2c06", "2c0d", "2c10"].entries()) {
            write(command, 10 * i)
            expect(read(6, 10 * i + 0.1), command).toBeDefined()
        }
        write(PERIODIC_1_S, 100)
        write(STATUS, 200)
        expect(read(3, 200)).toBeDefined()
        expect(write("3041", 300)).toBe(0)
        expect(complaints()).toEqual([])
    })

    it("has a serial number for either of its commands", () => {
        model = new SHT3xModel(0x44, 0xbeefbeef)
        model.brownOut(-1)
        for (const [i, command] of ["3682", "3780"].entries()) {
            write(command, 10 * i)
            expect(read(6, 10 * i + 1)).toBe("beef92beef92")
        }
        expect(complaints()).toEqual([])
    })

    it("does not understand what it does not model", () => {
        expect(write("611d", 0)).not.toBe(0)
        expect(write("fd", 4)).toBe(0)
        expect(read(6, 20)).toBeUndefined()
        expect(complaints()).toEqual([
            "unknown command 611d",
            "command of 1 B; commands have 2 B",
            "read while there is no answer",
        ])
    })

    it("acknowledges nothing while it is stuck", () => {
        model.faults.stuckBusy = true
        expect(write(STATUS, 0)).not.toBe(0)
        expect(model.transfer(new Uint8Array(0), 0, 1).status).not.toBe(0)
    })
})
