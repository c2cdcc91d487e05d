import { describe, expect, it } from "vitest"
import { PMSA003IModel, openAirMass } from "./model.js"

function frameOf(model: PMSA003IModel, ms: number): string | undefined {
    const { status, data } = model.transfer(new Uint8Array(0), 32, ms)
    return status === 0 ? Buffer.from(data).toString("hex") : undefined
}

describe("PMSA003I model", () => {
    // The frame of filtered air in adafruit/Adafruit_PM25AQI, pull request 10.
    it("gives the published frame of air without particles, with its sum 0x0142", () => {
        const model = new PMSA003IModel()
        model.brownOut(0)
        expect(frameOf(model, 1999)).toBeUndefined()
        expect(frameOf(model, 2000)).toBe("424d001c" + "00".repeat(24) + "97000142")
    })

    it("keeps a frame for 2.3 s, and gives the same one to whoever reads twice", () => {
        const model = new PMSA003IModel().feed("pm25", ms => ms)
        model.brownOut(0)
        const first = frameOf(model, 2000)
        expect(frameOf(model, 4299)).toBe(first)
        expect(frameOf(model, 4300)).not.toBe(first)
        expect(frameOf(model, 4300)?.slice(24, 28)).toBe((4300).toString(16).padStart(4, "0"))
    })

    it("starts at the register that was written, and logs what it has not", () => {
        const model = new PMSA003IModel().feed("pm10", 0x1234)
        model.brownOut(0)
        expect(Buffer.from(model.transfer(Uint8Array.of(14), 2, 3000).data).toString("hex")).toBe(
            "1234"
        )
        model.transfer(Uint8Array.of(31), 2, 3000)
        model.transfer(Uint8Array.of(0, 1), 0, 3000)
        expect(model.illegalAccesses).toHaveLength(2)
    })

    it("gives less mass for open air than of standard particles, from 28 µg/m³ on, down to two thirds", () => {
        expect([0, 20, 28, 53, 78, 300].map(openAirMass)).toEqual([0, 20, 28, 40, 52, 200])
        const model = new PMSA003IModel().feed("standard_pm25", 300)
        model.brownOut(0)
        const words = frameOf(model, 2000)
            ?.match(/.{4}/g)
            ?.map(word => parseInt(word, 16))
        expect([words?.[3], words?.[6]], "PM2.5 with CF = 1, for open air").toEqual([300, 200])
    })
})
