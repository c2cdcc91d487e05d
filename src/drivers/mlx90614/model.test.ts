import { beforeEach, describe, expect, it } from "vitest"
import { packetErrorCode } from "../../core/crc.js"
import { type HandedOut } from "../shared/register-model.js"
import { MLX90614Model } from "./model.js"

let model: MLX90614Model
let handedOut: HandedOut[]

function read(ms: number, command: number): number[] {
    return [...model.transfer(Uint8Array.of(command), 3, ms).data]
}

function write(ms: number, ...bytes: number[]): number {
    return model.transfer(Uint8Array.from(bytes), 0, ms).status
}

/** A word with its checksum. */
function store(ms: number, command: number, word: number): number {
    const packet = [0x5a << 1, command, word & 0xff, word >> 8]
    return write(ms, ...packet.slice(1), packetErrorCode(packet, packet.length))
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

beforeEach(() => {
    handedOut = []
    model = new MLX90614Model().feed("object_temperature", 28.01).feed("ambient_temperature", 21)
    model.onHandedOut = reading => handedOut.push(reading)
    model.brownOut(0)
})

describe("MLX90614 model", () => {
    it("sleeps when it is told to, and answers nothing until it is woken up, anew for 250 ms", () => {
        const check = packetErrorCode([0x5a << 1, 0xff], 2)
        expect(write(1000, 0xff, check ^ 1)).not.toBe(0)
        expect(complaints()).toEqual(["sleep with a wrong checksum"])
        expect(write(1001, 0xff, check)).toBe(0)
        expect(model.transfer(Uint8Array.of(0x07), 3, 2000).status).not.toBe(0)
        model.wakeUp(3000)
        expect(read(3100, 0xf0).slice(0, 2)).toEqual([0, 0])
        expect(read(3300, 0x07)).toEqual([0xd2, 0x3a, 0x30])
    })

    it("gives the datasheet's example of a packet, and its limits", () => {
        expect(read(1000, 0x07)).toEqual([0xd2, 0x3a, 0x30])
        expect(handedOut).toEqual([{ unixMs: 1000, channel: "object_temperature", value: 28.01 }])
        model.feed("object_temperature", -70.01)
        expect(read(1200, 0x07).slice(0, 2)).toEqual([0xad, 0x27])
        model.feed("object_temperature", 382.19)
        expect(read(1400, 0x07).slice(0, 2)).toEqual([0xff, 0x7f])
    })

    it("has no valid temperature in the first 0.25 s", () => {
        read(249, 0x07)
        read(249, 0x06)
        expect(handedOut).toEqual([])
        read(250, 0x07)
        expect(handedOut).toHaveLength(1)
    })

    it("counts with the emissivity that it had when it was switched on, by the fourth powers of temperatures", () => {
        model.preset(0x04, Math.round(0.5 * 65535))
        model.brownOut(0)
        const [low, high] = read(1000, 0x07)
        // 28.01 °C of a black body in a part of 21 °C
        const kelvin = ((301.16 ** 4 - 0.5 * 294.15 ** 4) / 0.5) ** 0.25
        expect(0.02 * (low | (high << 8)), "K").toBeCloseTo(kelvin, 1)
        store(2000, 0x24, 0)
        store(2010, 0x24, 0xffff)
        expect(model.stores).toBe(2)
        expect(read(2100, 0x07).slice(0, 2), "worth nothing").toEqual([0, 0x30])
        model.brownOut(3000)
        expect(read(4000, 0x07).slice(0, 2)).toEqual([0xd2, 0x3a])
    })

    it("sets the error flag when it has no temperature", () => {
        model.hasError = true
        expect(read(1000, 0x07).slice(0, 2)).toEqual([0x00, 0x80])
        expect(handedOut).toEqual([])
    })

    it("tells in its flags that its start is over", () => {
        expect([read(100, 0xf0)[0], read(300, 0xf0)[0]]).toEqual([0, 0x10])
    })

    it("stores a word in a cell that was erased, 5 ms later, and keeps it without supply", () => {
        expect(store(1000, 0x2e, 0)).toBe(0)
        expect(model.storedAddress()).toBe(0)
        expect(store(1005, 0x2e, 0x5b)).toBe(0)
        model.brownOut(2000)
        expect(read(3000, 0x2e).slice(0, 2)).toEqual([0x5b, 0])
        expect(model.storedAddress()).toBe(0x5b)
        expect(complaints()).toEqual([])
    })

    it("complains about what the datasheet does not allow", () => {
        expect(write(1000, 0x2e, 0x00, 0x00, 0x00)).not.toBe(0)
        expect(write(1000, 0x2e, 0x00)).not.toBe(0)
        store(1000, 0x2e, 0x5b)
        write(1001, 0x07)
        store(1010, 0x07, 0)
        store(1010, 0x3c, 1)
        read(1010, 0x50)
        model.transfer(Uint8Array.of(0x06), 4, 1010)
        expect(complaints()).toEqual([
            "write with a wrong checksum",
            "write of 2 B; a command, a word and its checksum have 4 B",
            "write to a cell that was not erased",
            "access while a cell is being stored",
            "write to command 0x7, which can only be read",
            "write to command 0x3c, which can only be read",
            "read of command 0x50",
            "read of 4 B; a word and its checksum have 3 B",
        ])
    })
})
