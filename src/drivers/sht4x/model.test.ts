import { describe, expect, it } from "vitest"
import { SHT4xModel } from "./model.js"

function roomModel(): SHT4xModel {
    return new SHT4xModel().feed("temperature", -12.34).feed("humidity", 56.78)
}

describe("SHT4x model", () => {
    const command = (model: SHT4xModel, byte: number, ms: number) =>
        model.transfer(Uint8Array.of(byte), 0, ms)
    const nothing = new Uint8Array(0)

    it("does not acknowledge a read before the measurement is ready, and gives it once", () => {
        const model = roomModel()
        model.brownOut(0)
        command(model, 0xfd, 10)
        expect(model.transfer(nothing, 6, 18).status).not.toBe(0)
        expect(model.transfer(nothing, 6, 18.4).status).toBe(0)
        expect(model.transfer(nothing, 6, 19).status).not.toBe(0)
        expect(model.illegalAccesses).toHaveLength(2)
    })

    it("gives the datasheet's checksums", () => {
        const model = new SHT4xModel(0x44, 0xbeefbeef)
        model.brownOut(0)
        command(model, 0x89, 10)
        const { data } = model.transfer(nothing, 6, 11)
        expect(Buffer.from(data).toString("hex")).toBe("beef92beef92")
    })

    it("logs unknown commands and commands while it measures", () => {
        const model = roomModel()
        model.brownOut(0)
        command(model, 0x77, 10)
        command(model, 0xfd, 11)
        command(model, 0xfd, 12)
        expect(model.illegalAccesses.map(({ what }) => what)).toEqual([
            "unknown command 0x77",
            "command while a measurement is running",
        ])
    })
})
