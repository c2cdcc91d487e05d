import { beforeEach, describe, expect, it } from "vitest"
import { SGP40Model, SGP41Model } from "./model.js"

const MEASURE_40 = "260f8000a2666693"
const MEASURE_41 = "26198000a2666693"
const CONDITION = "26128000a2666693"
const HEATER_OFF = "3615"
const nothing = new Uint8Array(0)

let sgp40: SGP40Model
let sgp41: SGP41Model
type AnyModel = SGP40Model | SGP41Model

function write(model: AnyModel, hex: string, ms: number): number {
    return model.transfer(Buffer.from(hex, "hex"), 0, ms).status
}

function read(model: AnyModel, length: number, ms: number): string | undefined {
    const { status, data } = model.transfer(nothing, length, ms)
    return status === 0 ? Buffer.from(data).toString("hex") : undefined
}

function complaints(model: AnyModel): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

beforeEach(() => {
    sgp40 = new SGP40Model().feed("sraw_voc", 0xbeef)
    sgp41 = new SGP41Model().feed("sraw_voc", 0xbeef).feed("sraw_nox", 0x4000)
    sgp40.brownOut(-1)
    sgp41.brownOut(-1)
})

describe("SGP40 and SGP41 models", () => {
    it("take the datasheet's measurement without compensation, and answer after its longest time", () => {
        write(sgp40, MEASURE_40, 0)
        expect(read(sgp40, 3, 29)).toBeUndefined()
        expect(read(sgp40, 3, 30)).toBeDefined()
        expect(read(sgp40, 3, 31), "a second time").toBeUndefined()
        write(sgp41, MEASURE_41, 0)
        expect(read(sgp41, 6, 49)).toBeUndefined()
        expect(read(sgp41, 6, 50)).toBeDefined()
        expect(sgp40.compensation).toEqual([0x8000, 0x6666])
    })

    it("give the signal of a cold plate for 170 ms, which is not handed out as truth", () => {
        let handedOut = 0
        sgp40.onHandedOut = () => handedOut++
        write(sgp40, MEASURE_40, 0)
        expect(read(sgp40, 3, 30)?.slice(0, 4)).toBe((0xbeef / 2 + 0.5).toString(16))
        expect(handedOut).toBe(0)
        write(sgp40, MEASURE_40, 170)
        expect(read(sgp40, 3, 200)).toBe("beef92")
        expect(handedOut).toBe(1)
        write(sgp40, HEATER_OFF, 300)
        write(sgp40, MEASURE_40, 400)
        expect(read(sgp40, 3, 430)).not.toBe("beef92")
    })

    it("give VOC first, then NOx, and of the conditioning VOC alone", () => {
        write(sgp41, CONDITION, 0)
        write(sgp41, CONDITION, 1000)
        expect(read(sgp41, 3, 1050)).toBe("beef92")
        write(sgp41, MEASURE_41, 2000)
        const words = read(sgp41, 6, 2050)
        expect(words?.slice(0, 6)).toBe("beef92")
        expect(words?.slice(6, 10)).toBe("4000")
    })

    it("complain about a conditioning of more than 10 s, which damages the part", () => {
        write(sgp41, CONDITION, 0)
        write(sgp41, MEASURE_41, 10_000)
        expect(complaints(sgp41)).toEqual([])
        write(sgp41, CONDITION, 20_000)
        write(sgp41, CONDITION, 25_000)
        write(sgp41, HEATER_OFF, 31_101)
        expect(complaints(sgp41)).toEqual(["conditioning for 11101 ms"])
        write(sgp41, CONDITION, 40_000)
        write(sgp41, CONDITION, 50_001)
        expect(complaints(sgp41)).toContain("conditioning for 10001 ms")
    })

    it("take the ten conditionings, one a second, of Sensirion's example", () => {
        for (let i = 0; i < 10; i++) {
            write(sgp41, CONDITION, 1050 * i)
            read(sgp41, 3, 1050 * i + 50)
        }
        write(sgp41, MEASURE_41, 1050 * 10)
        expect(complaints(sgp41)).toEqual([])
    })

    it("give the result of the self test after 320 ms", () => {
        write(sgp40, "280e", 0)
        expect(read(sgp40, 3, 319)).toBeUndefined()
        expect(read(sgp40, 3, 320)).toBe("d400c6")
        sgp40.failedPixels = 1
        write(sgp40, "280e", 1000)
        expect(read(sgp40, 3, 1400)?.slice(0, 4)).toBe("4b00")
        sgp41.failedPixels = 2
        write(sgp41, "280e", 0)
        expect(read(sgp41, 3, 400)?.slice(0, 4)).toBe("d402")
    })

    it("tell serial number and feature set, by which they differ", () => {
        write(sgp40, "3682", 0)
        expect(read(sgp40, 9, 1)).toHaveLength(18)
        for (const [model, feature] of [
            [sgp40, 0x020],
            [sgp41, 0x040],
        ] as const) {
            write(model, "202f", 100)
            expect(parseInt(read(model, 3, 110)?.slice(0, 4) ?? "", 16) & 0x1ff).toBe(feature)
        }
    })

    it("refuse what the other one takes, wrong checksums and missing arguments", () => {
        for (const command of [
            MEASURE_41,
            CONDITION,
            "260f",
            "260f8000a2",
            "260f8000a3666693",
            "260f8000a2666692",
        ])
            expect(write(sgp40, command, 0), command).not.toBe(0)
        expect(write(sgp41, MEASURE_40, 0)).not.toBe(0)
        expect(complaints(sgp40)).toHaveLength(6)
        expect(sgp40.isHeated).toBe(false)
    })

    it("are cold after a loss of power", () => {
        write(sgp40, MEASURE_40, 0)
        expect(sgp40.isHeated).toBe(true)
        sgp40.brownOut(1000)
        expect(sgp40.isHeated).toBe(false)
    })
})
