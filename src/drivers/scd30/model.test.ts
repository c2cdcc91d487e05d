import { beforeEach, describe, expect, it } from "vitest"
import { commandProbe } from "../../../tests/support/command-probe.js"
import { type HandedOut } from "../shared/register-model.js"
import { SCD30Model } from "./model.js"

const START = "0010000081"
const STOP = "0104"
const READY = "0202"
const READ = "0300"
const INTERVAL = "4600"
const OFFSET = "5403"
const REFERENCE = "5204"
const RESET = "d304"

let model: SCD30Model

/** Times are ms since the part became ready after power-up. */
const { write, read, complaints } = commandProbe(() => model)

function ask(hex: string, length: number, ms: number): string | undefined {
    write(hex, ms)
    return read(length, ms + 3)
}

beforeEach(() => {
    // The description's example of a measurement: 439 ppm, 27.2 °C, 48.8 %RH.
    model = new SCD30Model()
    const words = ["43db8c2e", "41d9e7ff", "42433a1b"]
    for (const [i, { name }] of model.channels.entries())
        model.feed(name, Buffer.from(words[i], "hex").readFloatBE())
    model.brownOut(-2000)
})

describe("SCD30 model", () => {
    it("gives the example of the interface description, once", () => {
        const handedOut: HandedOut[] = []
        model.onHandedOut = reading => handedOut.push(reading)
        expect(write(START, 0)).toBe(0)
        expect(ask(READY, 3, 1990)).toBe("000081")
        expect(ask(READY, 3, 2000)).toBe("0001b0")
        expect(ask(READ, 18, 2010)).toBe("43dbcb8c2e8f41d970e7fff54243bf3a1b74")
        expect(handedOut).toHaveLength(3)
        expect(ask(READY, 3, 2020)).toBe("000081")
        ask(READ, 18, 2030)
        expect(handedOut).toHaveLength(3)
        expect(complaints()).toEqual([])
    })

    it("is ready 10 ms after a start or a stop, and reads its pressure back", () => {
        write(START, 0)
        expect(write(STOP, 9)).not.toBe(0)
        expect(write(STOP, 10)).toBe(0)
        expect(ask("0010", 3, 30)).toBe("000081")
        write("001003f5db", 40)
        expect(ask("0010", 3, 50)).toBe("03f5db")
    })

    it("takes no read within 3 ms, and acknowledges nothing in its first 2 s", () => {
        write(READY, 0)
        expect(read(3, 2.9)).toBeUndefined()
        expect(read(3, 3)).toBe("000081")
        model.brownOut(100)
        expect(write(READY, 2099)).not.toBe(0)
        expect(write(READY, 2100)).toBe(0)
    })

    it("takes the description's examples of settings, gives them back and keeps them without power", () => {
        expect(write("46000002e3", 0)).toBe(0)
        expect(write("540301f433", 10)).toBe(0)
        model.brownOut(20)
        expect(ask(INTERVAL, 3, 2030)).toBe("0002e3")
        expect(ask(OFFSET, 3, 2040)).toBe("01f433")
        expect(write("5403ff00", 2050)).not.toBe(0)
        expect(write("540301f434", 2060)).not.toBe(0)
        expect(write("46000001b0", 2070)).toBe(0)
        expect(complaints().at(-1)).toBe("interval with 1; it takes 2 to 1800")
    })

    it("gives the reference of a recalibration back, until it loses its power", () => {
        expect(write("520401c250", 0)).toBe(0)
        expect(ask(REFERENCE, 3, 10)).toBe("01c250")
        write(RESET, 20)
        expect(ask(REFERENCE, 3, 2030)?.slice(0, 4)).toBe("0190")
        expect(model.recalibrations).toEqual([450])
    })

    it("goes on measuring when power is back, and stops when told", () => {
        write(START, 0)
        model.brownOut(5000)
        expect(ask(READY, 3, 8990)).toBe("000081")
        expect(ask(READY, 3, 9010)).toBe("0001b0")
        write(STOP, 9020)
        expect(ask(READY, 3, 20_000)).toBe("000081")
    })
})
