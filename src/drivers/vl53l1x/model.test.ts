import { beforeEach, describe, expect, it } from "vitest"
import { type HandedOut } from "../shared/register-model.js"
import { VL53L1XModel } from "./model.js"

/** ST's list as it stands in public drivers, from 0x2D on. */
const LISTED =
    "0000000102000208000810010100000000ff000f0000000000200b0000020a210000" +
    "0500000000c8000038ff010008000001cc0f01f10d0168008008b8000000000f89000" +
    "00000000000010f0d0e0e000002c7ff9b000000010000"

let model: VL53L1XModel
let handedOut: HandedOut[]

function write(ms: number, register: number, ...bytes: number[]): number {
    return model.transfer(Uint8Array.of(register >> 8, register & 0xff, ...bytes), 0, ms).status
}

function read(ms: number, register: number, length: number): number[] {
    const index = Uint8Array.of(register >> 8, register & 0xff)
    return [...model.transfer(index, length, ms).data]
}

/** ST's list, long mode, 100 ms. */
function configure(ms: number): void {
    write(ms, 0x2d, ...Buffer.from(LISTED, "hex"))
    write(ms, 0x5e, 0x01, 0xcc, 0x0f, 0x01, 0xea, 0x0d)
}

function complaints(): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

beforeEach(() => {
    handedOut = []
    model = new VL53L1XModel().feed("distance", 1.5).feed("ambient_rate", 10_000)
    model.onHandedOut = reading => handedOut.push(reading)
    model.brownOut(0)
})

describe("VL53L1X model", () => {
    it("boots within 1.2 ms, silent until then, and tells its model id", () => {
        expect(write(1, 0x2d, 0)).not.toBe(0)
        expect(read(1.3, 0xe5, 1)).toEqual([0x03])
        expect(read(1.3, 0x10f, 3)).toEqual([0xea, 0xcc, 0x10])
    })

    it("ranges once when it is asked once", () => {
        configure(10)
        write(10, 0x86, 1, 0x10)
        expect(read(110, 0x31, 1)).toEqual([0x02])
        expect(read(115, 0x31, 1)).toEqual([0x03])
        const result = read(115, 0x89, 17)
        expect(result[0]).toBe(9)
        expect((result[13] << 8) | result[14]).toBe(1500)
        expect((result[7] << 8) | result[8]).toBe(Math.round(0.01 * 128 * 70.5))
        expect(handedOut.map(({ channel, value }) => [channel, value])).toEqual([
            ["distance", 1.5],
            ["ambient_rate", 10_000],
        ])
        write(116, 0x86, 1)
        expect(read(500, 0x31, 1)).toEqual([0x02])
        expect(complaints()).toEqual([])
    })

    it("keeps its last result in the registers, which is then no new one", () => {
        configure(10)
        write(10, 0x86, 1, 0x10)
        read(200, 0x89, 17)
        write(200, 0x86, 1, 0x10)
        handedOut = []
        expect(read(210, 0x96, 2)).toEqual([1500 >> 8, 1500 & 0xff])
        expect(handedOut).toEqual([])
    })

    it("ranges back to back until it is stopped", () => {
        configure(10)
        write(10, 0x87, 0x20)
        for (const ms of [120, 230, 340]) {
            expect(read(ms, 0x31, 1), `${ms} ms`).toEqual([0x03])
            write(ms, 0x86, 1)
        }
        write(341, 0x87, 0)
        expect(read(1000, 0x31, 1)).toEqual([0x02])
    })

    it("shows the interrupt in the polarity that is set", () => {
        configure(10)
        write(10, 0x30, 0x11)
        expect(read(10, 0x31, 1)).toEqual([0x03])
        write(10, 0x86, 1, 0x10)
        expect(read(200, 0x31, 1)).toEqual([0x02])
    })

    it("complains about other contents of what is not user-modifiable", () => {
        write(10, 0x44, 0x01)
        expect(complaints()).toEqual(["0x01 in 0x44, which is not user-modifiable"])
    })

    it("measures something wrong without its configuration", () => {
        write(10, 0x86, 1, 0x10)
        expect(read(200, 0x96, 2)).toEqual([750 >> 8, 750 & 0xff])
        expect(handedOut).toEqual([])
        expect(complaints()).toEqual(["ranging without a configuration"])
    })

    it("ranges right with ST's list as it is, and with other timeouts, at the pace that they make", () => {
        write(10, 0x2d, ...Buffer.from(LISTED, "hex"))
        write(10, 0x87, 0x40)
        expect(read(100, 0x31, 1)).toEqual([0x02])
        expect(read(120, 0x31, 1)).toEqual([0x03])
        expect(read(120, 0x96, 2)).toEqual([1500 >> 8, 1500 & 0xff])
        expect(handedOut).toHaveLength(1)
        expect(complaints()).toEqual([])
        // As the 100 ms of ST's list, but a quarter more for A: 10 ms.
        write(200, 0x5e, 0x01, 0xff)
        write(200, 0x86, 1, 0x10)
        expect(read(310, 0x31, 1)).toEqual([0x02])
        expect(read(320, 0x31, 1)).toEqual([0x03])
        expect(complaints()).toEqual([])
    })

    it("complains about a budget that is too short for its mode", () => {
        configure(10)
        write(10, 0x5e, 0x00, 0x1e, 0x0f, 0x00, 0x22, 0x0d)
        write(10, 0x86, 1, 0x10)
        expect(complaints()).toEqual(["a budget of 19.5 ms, which is too short for its mode"])
    })

    it("ranges at the interval of its register, in ticks that it tells", () => {
        configure(10)
        const [high, low] = read(10, 0xde, 2)
        const ticks = 1000 * ((high << 8) | low)
        write(10, 0x6c, ticks >>> 24, (ticks >> 16) & 0xff, (ticks >> 8) & 0xff, ticks & 0xff)
        write(10, 0x87, 0x40)
        expect(read(120, 0x31, 1)).toEqual([0x03])
        write(120, 0x86, 1)
        expect(read(1100, 0x31, 1)).toEqual([0x02])
        expect(read(1116, 0x31, 1)).toEqual([0x03])
    })

    it("tells its oscillator, and has its interrupt active low after a reset, as ST's API says", () => {
        expect(read(2, 0x06, 2)).toEqual([0xbc, 0xcc])
        expect(read(2, 0x30, 2)).toEqual([0x11, 0x03])
    })

    it("adds the part's offset, and complains about what it does not have", () => {
        configure(10)
        write(10, 0x1e, 0x00, 0x50)
        write(10, 0x86, 1, 0x10)
        expect(read(200, 0x96, 2)).toEqual([1520 >> 8, 1520 & 0xff])
        write(200, 0x01, 0x30)
        write(200, 0x18, 0x01)
        write(200, 0x87, 0x08)
        expect(complaints()).toEqual([
            "0x30 in 0x01, which this model does not have",
            "0x01 in 0x18, which this model does not have",
            "mode 0x08",
        ])
    })

    it("reads short behind a glass, the more the farther, until the glass's light is in its register", () => {
        model.glass = 8
        configure(10)
        const at = (metres: number, ms: number) => {
            model.feed("distance", metres)
            write(ms, 0x86, 1, 0x10)
            const result = read(ms + 110, 0x89, 17)
            return (result[13] << 8) | result[14]
        }
        // Of 28 ÷ d² kcps and 8 kcps for each detector, the latter from no way at all.
        expect([at(0.1, 100), at(1, 300), at(2, 500)]).toEqual([100, 778, 933])
        write(700, 0x16, (8 * 512) >> 8, 0)
        expect([at(0.1, 800), at(1, 1000), at(2, 1200)]).toEqual([100, 1000, 2000])
    })

    it("sees no target beyond the end of its mode", () => {
        configure(10)
        model.feed("distance", 3.61)
        write(10, 0x86, 1, 0x10)
        expect(read(200, 0x89, 1)).toEqual([4])
    })

    it("complains about reading results by writing them, an index of one byte, and registers it does not have", () => {
        write(10, 0x89, 1)
        model.transfer(Uint8Array.of(0xc0), 1, 10)
        read(10, 0x300, 1)
        expect(complaints()).toEqual([
            "write to 0x89, which can only be read",
            "index of 1 B; it has 2 B",
            "read of 0xc000",
            "read of 0x300",
        ])
    })

    it("stays in reset until it is released, and then has forgotten its configuration", () => {
        configure(10)
        write(10, 0x00, 0)
        expect(read(11, 0xe5, 1)).toEqual([0])
        write(12, 0x00, 1)
        expect(read(14, 0xe5, 1)).toEqual([0x03])
        expect(read(14, 0x5e, 2)).toEqual([0, 0])
    })
})
