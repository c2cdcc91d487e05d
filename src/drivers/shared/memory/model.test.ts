import { beforeEach, describe, expect, it } from "vitest"
import { I2cBus } from "../../../../sim/bus/i2c-bus.js"
import { AT24Model } from "../../at24/model.js"
import { MB85RCModel } from "../../mb85rc/model.js"
import { TRANSFER_NACK_ADDRESS, TRANSFER_NACK_DATA, TRANSFER_OK } from "../register-model.js"
import { type MemoryModel } from "./memory-model.js"

function write(model: MemoryModel, address: number, data: readonly number[], ms = 0): number {
    return model.transfer(Uint8Array.of(address >> 8, address & 0xff, ...data), 0, ms).status
}

function read(model: MemoryModel, address: number, length: number, ms = 0): number[] {
    return [...model.transfer(Uint8Array.of(address >> 8, address & 0xff), length, ms).data]
}

/** A read that goes on where the last access ended. */
function readOn(model: MemoryModel, length: number, ms = 0): number[] {
    return [...model.transfer(new Uint8Array(0), length, ms).data]
}

function complaints(model: MemoryModel): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

const sequence = (length: number, from = 1) => Array.from({ length }, (_, i) => from + i)

describe("a device id at the reserved address 0x7C", () => {
    const askId = (bus: I2cBus, address: number, length = 3) => {
        const { status, data } = bus.transfer(
            0x7c,
            Uint8Array.of(address << 1),
            length,
            5000
        ).result
        return status === TRANSFER_OK ? Buffer.from(data).toString("hex") : "not acknowledged"
    }

    it("is 00A 510 of the MB85RC256V that is named, again and again, whatever the R/W bit", () => {
        const model = new MB85RCModel(32768, 0x51)
        const bus = new I2cBus([model, new AT24Model(5, 0x50)])
        expect(askId(bus, 0x51)).toBe("00a510")
        expect(askId(bus, 0x51, 7)).toBe("00a51000a51000")
        const named = bus.transfer(0x7c, Uint8Array.of(0xa3), 3, 5000).result
        expect(Buffer.from(named.data).toString("hex")).toBe("00a510")
        expect(model.illegalAccesses).toEqual([])
    })

    it.each([
        ["an MB85RC64 without TA", () => new MB85RCModel(8192)],
        ["an EEPROM", () => new AT24Model(5)],
        ["no part", () => new MB85RCModel(32768, 0x57)],
        [
            "an unplugged part",
            () => {
                const model = new MB85RCModel()
                model.faults.unplugged = true
                return model
            },
        ],
    ])("is not acknowledged when the address is that of %s", (_, make) => {
        const model = make()
        expect(askId(new I2cBus([model]), 0x50)).toBe("not acknowledged")
        expect(model.illegalAccesses).toEqual([])
    })
})

describe("MB85RC model", () => {
    let model: MB85RCModel
    beforeEach(() => {
        model = new MB85RCModel(8192)
        model.brownOut(0)
    })

    it("stores at once, over page borders, and rolls over at the end", () => {
        expect(write(model, 8190, [1, 2, 3, 4])).toBe(TRANSFER_OK)
        expect(read(model, 8190, 4)).toEqual([1, 2, 3, 4])
        expect(read(model, 0, 2)).toEqual([3, 4])
        expect(readOn(model, 1)).toEqual([0])
        // The bits above its size are not looked at.
        expect(read(model, 8192, 2)).toEqual([3, 4])
    })

    it("goes on reading where it stopped, and has no place to go on from after power-up", () => {
        write(model, 10, [7, 8, 9])
        expect(read(model, 10, 1)).toEqual([7])
        expect(readOn(model, 2)).toEqual([8, 9])
        write(model, 10, [5])
        expect(readOn(model, 1)).toEqual([8])
        model.brownOut(1)
        readOn(model, 1)
        expect(complaints(model)).toEqual(["read without an address after power-up"])
        expect(read(model, 10, 3)).toEqual([5, 8, 9])
    })

    it.each([
        ["old", [1, 2, 0, 0]],
        ["new", [1, 2, 3, 0]],
    ] as const)("keeps what was clocked in before a cut, the byte in flight %s", (under, left) => {
        let cuts = 0
        model.byteUnderWay = under
        model.cutPowerAfterBytes(2, () => cuts++)
        expect(write(model, 0, [1, 2, 3, 4])).toBe(TRANSFER_NACK_DATA)
        expect([cuts, model.isCut]).toEqual([1, true])
        expect(model.transfer(Uint8Array.of(0, 0), 1, 0).status).toBe(TRANSFER_NACK_ADDRESS)
        model.brownOut(1)
        expect(read(model, 0, 4)).toEqual(left)
    })

    it("takes a write and drops it while write-protected", () => {
        model.writeProtect = true
        expect(write(model, 0, [1])).toBe(TRANSFER_OK)
        expect(read(model, 0, 1)).toEqual([0])
    })

    it("logs half an address", () => {
        model.transfer(Uint8Array.of(3), 0, 0)
        expect(complaints(model)).toEqual(["half an address"])
    })
})

describe("AT24 model", () => {
    let model: AT24Model
    beforeEach(() => {
        model = new AT24Model(9, 2048)
        model.brownOut(0)
    })

    it("is silent for 5 ms after a write, and not after an address", () => {
        expect(write(model, 64, [1, 2])).toBe(TRANSFER_OK)
        expect(model.transfer(new Uint8Array(0), 0, 4.9).status).toBe(TRANSFER_NACK_ADDRESS)
        expect(write(model, 0, [1], 4.9)).toBe(TRANSFER_NACK_ADDRESS)
        expect(model.transfer(new Uint8Array(0), 0, 5).status).toBe(TRANSFER_OK)
        expect(read(model, 64, 3, 5)).toEqual([1, 2, 0xff])
        expect(read(model, 64, 1, 5.1)).toEqual([1])
    })

    it("wraps around in its page, and logs it", () => {
        write(model, 126, [1, 2, 3])
        expect(read(model, 126, 2, 5)).toEqual([1, 2])
        expect(read(model, 64, 2, 5)).toEqual([3, 0xff])
        expect(complaints(model)).toEqual(["3 B from 126 on wrap around in their page"])
    })

    it("stores nothing when the power fails before the stop condition", () => {
        model.cutPhase = "transfer"
        model.cutPowerAfterBytes(3, () => undefined)
        write(model, 0, sequence(10))
        model.brownOut(1)
        expect(read(model, 0, 10)).toEqual(Array(10).fill(0xff))
        expect(model.cycles[0]).toBe(0)
    })

    it("leaves each byte of the page old, new or neither when it fails in the cycle", () => {
        write(model, 0, Array<number>(64).fill(0x11))
        write(model, 64, [0x33], 10)
        model.cutPowerAfterBytes(3, () => undefined)
        write(model, 0, Array<number>(32).fill(0x22), 20)
        model.brownOut(30)
        const page = read(model, 0, 64, 30)
        for (const half of [page.slice(0, 32), page.slice(32)]) {
            expect(half).toContain(0x11)
            expect(half.some(byte => byte !== 0x11 && byte !== 0x22)).toBe(true)
        }
        expect(page.slice(0, 32)).toContain(0x22)
        expect(page.slice(32)).not.toContain(0x22)
        expect(read(model, 64, 1, 30)).toEqual([0x33])
    })

    it("counts the cycles of each page, however few bytes are written", () => {
        for (let i = 0; i < 3; i++) write(model, 70 + i, [i], 10 * i)
        expect([model.cycles[0], model.cycles[1]]).toEqual([0, 3])
    })
})
