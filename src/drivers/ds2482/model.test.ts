import { beforeEach, describe, expect, it } from "vitest"
import { DS2482Model } from "./model.js"

let model: DS2482Model
let now = 0

/** Sends a command and gives the first byte read after it; undefined when it was refused. */
function send(...bytes: number[]): number | undefined {
    const { status, data } = model.transfer(Uint8Array.from(bytes), 1, now)
    return status === 0 ? data[0] : undefined
}

function idle(ms = 2): number {
    now += ms
    return model.transfer(new Uint8Array(0), 1, now).data[0]
}

function line(...bytes: number[]): void {
    send(0xb4)
    idle()
    for (const byte of bytes) {
        send(0xa5, byte)
        idle()
    }
}

function read(count: number): number[] {
    return Array.from({ length: count }, () => {
        send(0x96)
        idle()
        return send(0xe1, 0xe1) ?? -1
    })
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

beforeEach(() => {
    now = 1000
    model = new DS2482Model().feed("temperature", 25.0625)
    model.brownOut(0)
    send(0xf0)
    send(0xd2, 0xe1)
})

describe("DS2482-100 model", () => {
    it("shows the reset in its status until it is configured, and keeps the lower half", () => {
        expect(send(0xf0)).toBe(0x18)
        expect(send(0xd2, 0xe1)).toBe(0x01)
        expect(send(0xe1, 0xf0)).toBe(0x08)
        expect(send(0xe1, 0xc3)).toBe(0x01)
        expect(complaints()).toEqual([])
    })

    it("is busy for the time of a reset or a byte and refuses commands meanwhile", () => {
        expect((send(0xb4) ?? 0) & 1).toBe(1)
        expect(idle(1.2) & 1).toBe(1)
        expect(send(0xa5, 0xcc)).toBeUndefined()
        expect(idle(0.05)).toBe(0x0a)
        send(0xa5, 0xcc)
        expect(idle(0.58) & 1).toBe(1)
        expect(idle(0.01) & 1).toBe(0)
        expect(complaints()).toEqual(["1-Wire write byte while the line is busy"])
    })

    it("tells a line without probes and a shorted one", () => {
        model.probes[0].isMissing = true
        send(0xb4)
        expect(idle()).toBe(0x08)
        model.isShorted = true
        send(0xb4)
        expect(idle()).toBe(0x04)
    })

    it("refuses unknown commands, pointers and configurations whose halves do not fit", () => {
        expect(send(0x11)).toBeUndefined()
        expect(send(0xe1, 0x00)).toBeUndefined()
        expect(send(0xd2, 0x01)).toBeUndefined()
        expect(send(0xa5)).toBeUndefined()
        expect(complaints()).toHaveLength(4)
    })

    it("goes both ways of a triplet where two probes differ, and 1 where none answers", () => {
        model = new DS2482Model(0x18, ["280a0b0c000000b3", "28aa0102030405a7"])
        model.brownOut(0)
        send(0xf0)
        send(0xd2, 0xe1)
        line(0xf0)
        const seen: number[] = []
        for (let bit = 0; bit < 14; bit++) {
            send(0x78, 0x80)
            seen.push(idle() >> 5)
        }
        // Family 0x28, then 0x0A and 0xAA: bits 8 to 12 agree, bit 13 does not (0 0, 1 taken).
        expect(seen).toEqual([2, 2, 2, 5, 2, 5, 2, 2, 2, 5, 2, 5, 2, 4])
        for (const probe of model.probes) probe.isMissing = true
        send(0x78, 0)
        expect(idle() >> 5).toBe(7)
    })
})

describe("DS18B20 model", () => {
    it("has the datasheet's scratchpad after power-up: 85 °C", () => {
        line(0xcc, 0xbe)
        expect(read(10)).toEqual([0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10, 0x1c, 0xff])
    })

    it("gives its ROM code, and answers to no other one", () => {
        line(0x33)
        const rom = read(8)
        expect(Buffer.from(rom).toString("hex")).toBe("28ff641e821603e2")
        line(0x55, ...rom, 0xbe)
        expect(read(2)).toEqual([0x50, 0x05])
        line(0x55, ...rom.slice(0, 7), rom[7] ^ 1, 0xbe)
        expect(read(2)).toEqual([0xff, 0xff])
    })

    it("sends zeros for 750 ms of a conversion, then its result", () => {
        line(0xcc, 0x44)
        now += 740
        send(0x87, 0x80)
        expect(idle() & 0x20).toBe(0)
        now += 10
        send(0x87, 0x80)
        expect(idle() & 0x20).toBe(0x20)
        line(0xcc, 0xbe)
        expect(read(2)).toEqual([0x91, 0x01])
        expect(complaints()).toEqual([])
    })

    it("converts faster with fewer bits", () => {
        line(0xcc, 0x4e, 0x4b, 0x46, 0x1f)
        line(0xcc, 0x44)
        now += 94
        line(0xcc, 0xbe)
        expect(read(5)).toEqual([0x90, 0x01, 0x4b, 0x46, 0x1f])
    })

    it("recalls what it keeps without supply, and tells how it is supplied", () => {
        line(0xcc, 0x4e, 1, 2, 0x3f)
        line(0xcc, 0xb8)
        line(0xcc, 0xbe)
        expect(read(5).slice(2)).toEqual([0x4b, 0x46, 0x7f])
        line(0xcc, 0xb4)
        send(0x87, 0x80)
        expect(idle() & 0x20).toBe(0x20)
        model.probes[0].isParasitic = true
        line(0xcc, 0xb4)
        send(0x87, 0x80)
        expect(idle() & 0x20).toBe(0)
    })

    it("logs commands while it converts, unknown ones and a scratchpad written in part", () => {
        line(0xcc, 0x44)
        line(0xcc, 0xbe)
        line(0xcc, 0x4e, 1)
        line(0x99)
        now += 1000
        line(0xcc, 0x01)
        expect(complaints()).toEqual([
            "function command 0xbe while the probe is busy",
            "function command 0x4e while the probe is busy",
            "reset before all three bytes of the scratchpad were written",
            "unknown ROM command 0x99",
            "unknown function command 0x01",
        ])
    })
})
