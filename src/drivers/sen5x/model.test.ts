import { beforeEach, describe, expect, it } from "vitest"
import { commandProbe } from "../../../tests/support/command-probe.js"
import { type HandedOut } from "../shared/register-model.js"
import { SEN5xModel } from "./model.js"

const START = "0021"
const START_WITHOUT_PARTICLES = "0037"
const STOP = "0104"
const READY = "0202"
const READ = "03c4"
const CLEAN_FAN = "5607"
const OFFSET = "60b2"
const NAME = "d014"

let model: SEN5xModel

/** Times are ms since the part became ready after power-up. */
const { write, read, complaints } = commandProbe(() => model)

/** The words of an answer as hex, without their checksums. */
function ask(hex: string, words: number, ms: number, executionMs = 20): string | undefined {
    write(hex, ms)
    return read(3 * words, ms + executionMs)?.replace(/(....)../g, "$1")
}

function powerUp(variant?: "SEN50" | "SEN54" | "SEN55"): void {
    model = new SEN5xModel(0x69, variant)
    for (const [i, { name }] of model.channels.entries()) model.feed(name, 10 + i)
    model.feed("temperature", -0.5)
    model.brownOut(-100)
}

beforeEach(() => powerUp())

describe("SEN5x model", () => {
    it.each([
        ["SEN50", "0064006e007800827fff7fff7fff7fff"],
        ["SEN54", "0064006e007800820578ff9c00a07fff"],
        ["SEN55", "0064006e007800820578ff9c00a000aa"],
    ] as const)("gives what a %s has and marks the rest as unknown", (variant, words) => {
        powerUp(variant)
        write(START, 15_000)
        expect(ask(READY, 1, 15_990)).toBe("0000")
        expect(ask(READY, 1, 16_020)).toBe("0001")
        expect(ask(READ, 8, 16_100)).toBe(words)
        expect(ask(READY, 1, 16_200)).toBe("0000")
        expect(complaints()).toEqual([])
    })

    it("has no NOx index in the first 10 s, and nothing at all before it measured", () => {
        expect(ask(READ, 8, 0)).toBe("ffffffffffffffff7fff7fff7fff7fff")
        write(START, 100)
        expect(ask(READ, 8, 1200)?.slice(-4)).toBe("7fff")
        expect(ask(READ, 8, 12_200)?.slice(-4)).toBe("00aa")
    })

    it("gives old values again when there are no new ones, which is no reading", () => {
        const handedOut: HandedOut[] = []
        model.onHandedOut = reading => handedOut.push(reading)
        write(START, 15_000)
        const first = ask(READ, 8, 16_100)
        expect(ask(READ, 8, 16_200)).toBe(first)
        expect(handedOut).toHaveLength(8)
    })

    it("measures without particles in its other mode", () => {
        write(START_WITHOUT_PARTICLES, 15_000)
        expect(ask(READ, 8, 16_100)).toBe("ffffffffffffffff0578ff9c00a000aa")
        write(CLEAN_FAN, 16_200)
        expect(complaints()).toEqual(["fan cleaning while the fan does not run"])
        write(START, 17_000)
        expect(ask(READ, 8, 18_100)?.slice(0, 4)).toBe("0064")
        write(START, 18_200)
        expect(complaints()[1]).toBe("start measurement while it does that already")
    })

    it("is too cold at first when it was warm and started as a cold part", () => {
        write(START, 15_000)
        const right = ask(READ, 8, 16_100)?.slice(20, 24)
        write(STOP, 300_000)
        write(START, 300_200)
        expect(ask(READ, 8, 302_000)?.slice(20, 24)).not.toBe(right)
        expect(ask(READ, 8, 490_000)?.slice(20, 24)).toBe(right)
        write(STOP, 500_000)
        write("60c6ffffac", 500_200)
        write(START, 500_300)
        expect(ask(READ, 8, 502_000)?.slice(20, 24)).toBe(right)
        expect(complaints()).toEqual([])
    })

    it("gives the state of its VOC algorithm and takes it back before the next start alone", () => {
        write(START, 0)
        const state = ask("6181", 4, 100_000)
        expect(state).toBe("0000006400000000")
        write(STOP, 100_100)
        write(START, 100_400)
        expect(ask("6181", 4, 101_000)).toBe("0000000000000000")
        write(STOP, 101_100)
        expect(write("61810000810064fe000081000081", 101_400)).toBe(0)
        expect(model.restoredState).toEqual([0, 0x64, 0, 0])
        write(START, 101_500)
        expect(model.restoredState).toBeUndefined()
        expect(complaints()).toEqual([])
    })

    it("keeps the tunings that are in range, and takes none while it measures", () => {
        expect(ask("60d0", 6, 0)).toBe("0064000c000c00b4003200e6")
        expect(ask("60e1", 6, 100)).toBe("0001000c000c02d0003200e6")
        expect(ask("60f7", 1, 200)).toBe("0000")
        write(START, 300)
        expect(ask("03d2", 4, 2000)).toBe("0578ff9cffffffff")
        expect(ask("0413", 10, 2100)?.slice(0, 16)).toBe("0064006e00780082")
        expect(complaints()).toEqual([])
    })

    it("has nothing new for 10 s of fan cleaning, and then has", () => {
        write(START, 0)
        write(CLEAN_FAN, 1500)
        expect(ask(READY, 1, 11_490)).toBe("0000")
        expect(ask(READY, 1, 12_000)).toBe("0001")
    })

    it("adds the temperature offset and gives its parameters back", () => {
        expect(write("60b2012cbd000081000081", 0)).not.toBe(0)
        expect(write("60b2000a5a000081000081", 10)).toBe(0)
        expect(ask(OFFSET, 3, 40)).toBe("000a00000000")
        write(START, 15_000)
        expect(ask(READ, 8, 16_100)?.slice(20, 24)).toBe("ffa6")
    })

    it("says its name, is deaf for 200 ms after a stop, and starts once", () => {
        expect(ask(NAME, 16, 0, 50)?.slice(0, 12)).toBe("53454e353500")
        write(START, 100)
        write(STOP, 300)
        expect(write(NAME, 499)).not.toBe(0)
        expect(write(NAME, 500)).toBe(0)
    })
})
