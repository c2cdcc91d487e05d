import { beforeEach, describe, expect, it } from "vitest"
import { commandProbe } from "../../../tests/support/command-probe.js"
import { type HandedOut } from "../shared/register-model.js"
import { SHTC3Model } from "./model.js"

const WAKE_UP = "3517"
const SLEEP = "b098"
const RESET = "805d"
const ID = "efc8"
const MEASURE = "7866"
const MEASURE_HUMIDITY_FIRST = "58e0"
const MEASURE_LOW_POWER = "609c"

let model: SHTC3Model

/** Times are ms since the part became ready after power-up. */
const { write, read, complaints } = commandProbe(() => model)

beforeEach(() => {
    // What the datasheet's example of a transfer shows: 63 %RH and 23.7 °C.
    model = new SHTC3Model()
        .feed("temperature", (0x648b * 175) / 65536 - 45)
        .feed("humidity", (0xa133 * 100) / 65536)
    model.brownOut(-0.24)
})

describe("SHTC3 model", () => {
    it("gives the datasheet's example with its checksums, in either order, once", () => {
        const handedOut: HandedOut[] = []
        model.onHandedOut = reading => handedOut.push(reading)
        write(MEASURE, 0)
        expect(read(6, 12)).toBeUndefined()
        expect(read(6, 12.1)).toBe("648bc7a1331c")
        expect(handedOut.map(({ channel }) => channel)).toEqual(["temperature", "humidity"])
        expect(read(6, 13)).toBeUndefined()
        write(MEASURE_HUMIDITY_FIRST, 20)
        expect(read(6, 32.1)).toBe("a1331c648bc7")
        write(MEASURE_LOW_POWER, 40)
        expect(read(6, 40.8)).toBe("648bc7a1331c")
    })

    it("has the product's code in its ID register", () => {
        write(ID, 0)
        const word = parseInt(read(3, 0.1)?.slice(0, 4) ?? "", 16)
        expect(word & 0x083f).toBe(0x0807)
    })

    it("knows nothing but the wake-up while it sleeps", () => {
        write(SLEEP, 0)
        for (const command of [MEASURE, ID, RESET, SLEEP])
            expect(write(command, 1), command).not.toBe(0)
        expect(read(3, 1.5)).toBeUndefined()
        expect(write(WAKE_UP, 2)).toBe(0)
        expect(write(ID, 2.2)).not.toBe(0)
        expect(write(ID, 2.24)).toBe(0)
        expect(complaints()).toHaveLength(6)
    })

    it("is awake after a loss of power, and takes a wake-up then too", () => {
        write(SLEEP, 0)
        model.brownOut(10)
        expect(write(WAKE_UP, 10.3)).toBe(0)
        expect(write(MEASURE, 11)).toBe(0)
        expect(complaints()).toEqual([])
    })

    it("gives its serial number word by word, and a measurement with clock stretching at once", () => {
        expect(write("c595007b93", 0)).toBe(0)
        for (const [i, word] of ["1a2b", "3c4d"].entries()) {
            write("c7f7", 1 + i)
            expect(read(3, 1 + i)?.slice(0, 4)).toBe(word)
        }
        for (const [i, command] of ["7ca2", "5c24", "6458", "44de"].entries()) {
            write(command, 10 + i)
            expect(read(6, 10 + i), command).toBeDefined()
        }
        expect(complaints()).toEqual([])
    })

    it("does not understand what it does not model", () => {
        expect(write("7ca3", 0)).not.toBe(0)
        expect(write("fd", 1)).toBe(0)
        expect(complaints()).toEqual(["unknown command 7ca3", "command of 1 B; commands have 2 B"])
    })
})
