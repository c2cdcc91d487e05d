import { beforeEach, describe, expect, it } from "vitest"
import { PCF8593Model } from "./model.js"

let model: PCF8593Model
let pulses = 0

function write(...bytes: number[]): void {
    model.transfer(Uint8Array.from(bytes), 0, 1000)
}

function read(register: number, length: number): number[] {
    return [...model.transfer(Uint8Array.of(register), length, 1000).data]
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

beforeEach(() => {
    pulses = 777
    model = new PCF8593Model().feed("count", () => pulses)
    model.brownOut(0)
})

describe("PCF8593 model", () => {
    it("has something else in all registers after each power-up, and may be counting already", () => {
        const states = Array.from({ length: 4 }, (_, i) => {
            model.brownOut(i)
            return read(0, 16)
        })
        expect(new Set(states.map(String)).size).toBe(4)
        expect(states.map(([control]) => control === 0x20)).toEqual([false, true, false, true])
        const again = new PCF8593Model().feed("count", 0)
        for (let i = 0; i < 2; i++) again.brownOut(i)
        expect([...again.transfer(Uint8Array.of(0), 16, 1).data], "the same in each run").toEqual(
            states[0]
        )
    })

    it("counts pulses in BCD from what was set, and begins anew after 999,999", () => {
        write(0, 0xa0)
        write(1, 0x97, 0x99, 0x99)
        pulses += 3
        write(0, 0x20)
        pulses += 2
        expect(read(1, 3)).toEqual([0x99, 0x99, 0x99])
        pulses += 124
        expect(read(0, 4)).toEqual([0x20, 0x23, 0x01, 0x00])
        expect(complaints()).toEqual([])
    })

    it("keeps its count while stopped, and its RAM; the address turns over after 0F", () => {
        write(0, 0xa0)
        write(1, 0, 0, 0)
        write(0, 0x20)
        pulses += 12
        write(0, 0xa0)
        pulses += 30
        write(0x0e, 0x11, 0x22)
        expect(read(0x0e, 5)).toEqual([0x11, 0x22, 0xa0, 0x12, 0x00])
        expect(complaints()).toEqual([])
    })

    it("logs digits that are none, a counter set while it runs, and an alarm", () => {
        write(0, 0x24)
        write(1, 0x1a)
        write(0, 0x00)
        write(7, 0x01)
        expect(complaints()).toEqual([
            "alarm enabled, while its registers serve as memory",
            "counter written while it is not stopped",
            "0x1a is no pair of digits",
            "a clock mode, which this model does not have",
            "a timer, which this model does not have",
        ])
    })
})
