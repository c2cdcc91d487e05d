import { beforeEach, describe, expect, it } from "vitest"
import { type HandedOut } from "../shared/register-model.js"
import { VL53L0XModel } from "./model.js"

let model: VL53L0XModel
let handedOut: HandedOut[]
let ms = 0

/** Writes one register after the other: "ff 01" … */
function write(sequence: string): void {
    const bytes = Buffer.from(sequence.replaceAll(" ", ""), "hex")
    for (let i = 0; i < bytes.length; i += 2) model.transfer(bytes.subarray(i, i + 2), 0, ms)
}

function read(register: number, length = 1): number[] {
    return [...model.transfer(Uint8Array.of(register), length, ms).data]
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

/** As public drivers do it, register by register. */
function initialise(): void {
    write("8901 8800 8001 ff01 0000")
    expect(read(0x91)).toEqual([0x3c])
    write("0001 ff00 8000")
    write("8001 ff01 0000 ff06 8304 ff07 8101 8001 946b 8300")
    ms += 2
    expect(read(0x83)[0]).not.toBe(0)
    write("8301")
    expect(read(0x92)).toEqual([0x85])
    write("8100 ff06 8300 ff01 0001 ff00 8000")
    expect(read(0xb0, 6)).toEqual([0xf5, 0x3f, 0xea, 0xff, 0x0f, 0x00])
    write("ff01 4f00 4e2c ff00 b6b4")
    // The first five good ones from number 12 on: 12, 13, 17, 19, 21.
    model.transfer(Uint8Array.of(0xb0, 0, 0x30, 0x2a, 0, 0, 0), 0, ms)
    write(
        "ff01 0000 ff00 0900 1000 1100 2401 25ff 7500 ff01 4e2c 4800 3020 ff00 3009 5400 3104 3203" +
            "4083 4625 6000 2700 5006 5100 5296 5608 5730 6100 6200 6400 6500 66a0 ff01 2232 4714" +
            "49ff 4a00 ff00 7a0a 7b00 7821 ff01 2334 4200 44ff 4526 4605 4040 0e06 201a 4340 ff00" +
            "3403 3544 ff01 3104 4b09 4c05 4d04 ff00 4400 4520 4708 4828 6700 7004 7101 72fe 7600" +
            "7700 ff01 0d01 ff00 8001 01f8 ff01 8e01 0001 ff00 8000"
    )
    write("0a04 8400 0b01 0101 0041")
    ms += 20
    expect(read(0x13)).toEqual([4])
    write("0b01 0000 0102 0001")
    ms += 20
    write("0b01 0000 01e8")
}

function startRanging(): void {
    write("8001 ff01 0000 913c 0001 ff00 8000 0001")
}

beforeEach(() => {
    handedOut = []
    ms = 0
    model = new VL53L0XModel().feed("distance", 0.8).feed("ambient_rate", 20_000)
    model.onHandedOut = reading => handedOut.push(reading)
    model.brownOut(0)
})

describe("VL53L0X model", () => {
    it("boots within 1.2 ms, silent until then, and tells the ids of the datasheet", () => {
        ms = 1
        expect(model.transfer(Uint8Array.of(0xc0), 1, ms).status).not.toBe(0)
        ms = 2
        expect(read(0xc0, 3)).toEqual([0xee, 0xaa, 0x10])
    })

    it("ranges right after the whole initialisation, within the timing budget", () => {
        ms = 2
        initialise()
        startRanging()
        ms += 33
        expect(read(0x13)).toEqual([0])
        ms += 4
        expect(read(0x13)).toEqual([4])
        const result = read(0x14, 12)
        expect([result[0] >> 3, (result[10] << 8) | result[11]]).toEqual([11, 800])
        expect((result[8] << 8) | result[9]).toBe(Math.round(0.02 * 128 * 50))
        expect(handedOut).toMatchObject([
            { channel: "distance", value: 0.8 },
            { channel: "ambient_rate", value: 20_000 },
        ])
        handedOut = []
        read(0x14, 12)
        expect(handedOut).toEqual([])
        expect(complaints()).toEqual([])
    })

    it.each([
        ["back to back", "", "02", 34],
        ["at the interval of its register", "0400 0500 0618 0760", "04", 80],
    ])("ranges on and on %s, until it is stopped", (_, interval, mode, every) => {
        ms = 2
        initialise()
        if (interval !== "") write(interval)
        expect(read(0xf8, 2), "oscillator").toEqual([0, 0x4e])
        write(`8001 ff01 0000 913c 0001 ff00 8000 00${mode}`)
        const times: number[] = []
        model.onHandedOut = ({ channel }) => channel === "distance" && times.push(ms)
        for (let i = 0; i < 400; i++) {
            ms++
            if (read(0x13)[0] === 0) continue
            read(0x14, 12)
            write("0b01")
        }
        expect(times.length).toBeGreaterThan(3)
        for (const [i, time] of times.slice(1).entries())
            expect(Math.abs(time - times[i] - every), times.join()).toBeLessThanOrEqual(1)
        write("0001")
        ms += 50
        expect(read(0x13)).toEqual([4])
        write("0b01")
        ms += 200
        expect(read(0x13)).toEqual([0])
        write("0008")
        expect(complaints()).toEqual(["start with mode 08"])
    })

    it("clears the start bit when a ranging begins, long before it is done", () => {
        ms = 2
        initialise()
        startRanging()
        expect(read(0x00)).toEqual([1])
        ms += 1
        expect([...read(0x00), ...read(0x13)]).toEqual([0, 0])
        ms += 37
        expect([...read(0x00), ...read(0x13)]).toEqual([0, 4])
    })

    it("ranges wrong, and says why, when any part of it is missing", () => {
        for (const [spoil, complaint] of [
            ["8900", "with I2C at 1.8 V"],
            ["4084", "without ST's tuning"],
            ["b011", "with other reference detectors than ST's"],
            ["01ff", "with another sequence"],
            ["8001 ff01 0000 9100 0001 ff00 8000", "without its stop variable"],
        ]) {
            model.brownOut(ms)
            ms += 2
            initialise()
            write(spoil)
            model.illegalAccesses.length = 0
            handedOut = []
            write("0001")
            ms += 100
            expect(read(0x14, 12).slice(10)).toEqual([400 >> 8, 400 & 0xff])
            expect(handedOut).toEqual([])
            expect(complaints()).toContain(`ranging ${complaint}`)
        }
    })

    it("does not count a calibration that was started before the tuning", () => {
        ms = 2
        write("8901 0101 0041")
        ms += 20
        write("0b01 01e8 0001")
        expect(complaints()).toContain("ranging without both calibrations")
    })

    it("sees no target beyond 2 m", () => {
        ms = 2
        initialise()
        model.feed("distance", 2.01)
        startRanging()
        ms += 100
        const result = read(0x14, 12)
        expect([result[0] >> 3, (result[10] << 8) | result[11]]).toEqual([4, 8190])
    })

    it("forgets everything when it is reset, and takes nothing while it is held in reset", () => {
        ms = 2
        initialise()
        write("bf00 8901")
        expect(read(0xc0)).toEqual([0])
        write("bf01")
        ms += 2
        expect([...read(0xc0), ...read(0x89)]).toEqual([0xee, 0])
        expect(complaints()).toEqual(["write to 89 while held in reset"])
    })

    it("complains about registers that no sequence of ST's writes", () => {
        ms = 2
        write("0301 ff03 0000")
        expect(complaints()).toEqual([
            "write of 01 to register 03 of page 0",
            "write of 00 to register 00 of page 3",
        ])
    })
})
