import { beforeEach, describe, expect, it } from "vitest"
import { commandProbe } from "../../../tests/support/command-probe.js"
import { type HandedOut } from "../shared/register-model.js"
import { SPS30Model } from "./model.js"

const START_FLOATS = "00100300ac"
const START_INTEGERS = "00100500f6"
const STOP = "0104"
const READY = "0202"
const READ = "0300"
const SLEEP = "1001"
const WAKE_UP = "1103"
const CLEAN_FAN = "5607"
const CLEANING_INTERVAL = "8004"
const PRODUCT_TYPE = "d002"
const VERSION = "d100"

let model: SPS30Model

/** Times are ms since the part became ready after power-up. */
const { write, read, complaints } = commandProbe(() => model)

function ask(hex: string, length: number, ms: number): string | undefined {
    write(hex, ms)
    return read(length, ms + 5)
}

function powerUp(firmware?: number): void {
    model = new SPS30Model(0x69, firmware)
    model.channels.forEach(({ name }, i) => model.feed(name, i === 9 ? 0.553e-6 : 10.25 + i))
    model.brownOut(-100)
}

beforeEach(() => powerUp())

describe("SPS30 model", () => {
    it("starts with the datasheet's checksum of either format", () => {
        expect(write(START_FLOATS, 0)).toBe(0)
        expect(ask(READY, 3, 999)).toBe("000081")
        expect(ask(READY, 3, 1010)).toBe("0001b0")
        // 10.25 µg/m³ and 0.553 µm in single precision.
        const floats = ask(READ, 60, 1020)?.replace(/(....)../g, "$1")
        expect(floats?.slice(0, 8)).toBe("41240000")
        expect(floats?.slice(-8)).toBe("3f0d9168")
        expect(complaints()).toEqual([])
    })

    it("gives integers in µg/m³, 1/cm³ and nm", () => {
        const handedOut: HandedOut[] = []
        model.onHandedOut = reading => handedOut.push(reading)
        write(START_INTEGERS, 0)
        const words = ask(READ, 30, 1020)
            ?.match(/.{6}/g)
            ?.map(w => parseInt(w.slice(0, 4), 16))
        expect(words).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 553])
        expect(handedOut).toHaveLength(10)
        expect(ask(READY, 3, 1030)).toBe("000081")
    })

    it("says what it is and which firmware it has", () => {
        expect(ask(PRODUCT_TYPE, 12, 0)).toBe("3030f630384f3030f63030f6")
        expect(ask(VERSION, 3, 10)?.slice(0, 4)).toBe("0203")
    })

    it("answers at once, as Sensirion's drivers take for granted, and the cleaning interval in 5 ms", () => {
        write(START_FLOATS, 0)
        for (const [i, [command, length]] of [
            [READY, 3],
            [READ, 60],
            ["d033", 48],
            [VERSION, 3],
            ["d206", 6],
        ].entries()) {
            write(command as string, 2000 + i)
            expect(read(length as number, 2000 + i), command as string).toBeDefined()
        }
        write(CLEANING_INTERVAL, 3000)
        expect(read(6, 3004)).toBeUndefined()
        expect(read(6, 3005)).toBe("0009093a80a7")
    })

    it("cleans its fan by itself after the interval, unless that is 0", () => {
        write("80040000810e10af", 0)
        write(START_INTEGERS, 100)
        expect(ask(READY, 3, 3_599_000)).toBe("0001b0")
        ask(READ, 30, 3_600_000)
        expect(ask(READY, 3, 3_609_000)).toBe("000081")
        expect(model.cleanedAt).toBe(3_600_100)
        expect(ask(READY, 3, 3_612_000)).toBe("0001b0")
        write("8004000081000081", 3_613_000)
        ask(READY, 3, 9_000_000)
        expect(model.cleanedAt).toBe(3_600_100)
        expect(complaints()).toEqual([])
    })

    it("has nothing new for 10 s of fan cleaning, and then has", () => {
        write(START_INTEGERS, 0)
        write(CLEAN_FAN, 1500)
        expect(ask(READY, 3, 11_490)).toBe("000081")
        expect(ask(READY, 3, 12_000)).toBe("0001b0")
        write(STOP, 12_100)
        write(CLEAN_FAN, 12_200)
        expect(complaints()).toEqual(["fan cleaning while it does not measure"])
    })

    it("sleeps with its interface off, and takes the second of two wake-ups within 100 ms", () => {
        expect(write(SLEEP, 0)).toBe(0)
        expect(write(WAKE_UP, 10)).not.toBe(0)
        expect(write(WAKE_UP, 111)).not.toBe(0)
        expect(write(WAKE_UP, 120)).toBe(0)
        expect(ask(VERSION, 3, 126)?.slice(0, 4)).toBe("0203")
        expect(complaints()).toEqual([])
        write(SLEEP, 200)
        expect(write(VERSION, 210)).not.toBe(0)
        expect(write(VERSION, 220)).not.toBe(0)
        expect(complaints()).toHaveLength(2)
    })

    it("keeps the interval of its fan cleaning, one week at first", () => {
        write(CLEANING_INTERVAL, 0)
        expect(read(6, 20)).toBe("0009093a80a7")
        expect(write("80040000810001b0", 30)).toBe(0)
        write(CLEANING_INTERVAL, 50)
        expect(read(6, 70)).toBe("0000810001b0")
    })

    it("lacks what older firmware lacks", () => {
        powerUp(1.0)
        for (const command of [SLEEP, WAKE_UP, "d206"]) expect(write(command, 0)).not.toBe(0)
        powerUp(2.0)
        expect(write("d206", 0)).not.toBe(0)
        expect(write(SLEEP, 1)).toBe(0)
    })

    it("refuses a second start, sleep while it measures, and commands it does not know", () => {
        write(START_INTEGERS, 0)
        for (const command of [START_INTEGERS, SLEEP, "d014"])
            expect(write(command, 100), command).not.toBe(0)
        expect(complaints()).toEqual([
            "start measurement while it measures by itself",
            "sleep while it measures by itself",
            "unknown command d014",
        ])
    })
})
