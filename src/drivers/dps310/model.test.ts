import { describe, expect, it } from "vitest"
import { SCALES, celsiusOf, pascalOf } from "./formulas-model.js"
import { DPS310_EXAMPLE, DPS310Model, type Dps310Options } from "./model.js"

function poweredModel(options?: Dps310Options): DPS310Model {
    const model = new DPS310Model(0x77, options).feed("temperature", 21.5).feed("pressure", 101325)
    model.brownOut(0)
    return model
}

function write(model: DPS310Model, ms: number, ...bytes: number[]): void {
    model.transfer(Uint8Array.from(bytes), 0, ms)
}

function read(model: DPS310Model, ms: number, register: number, length: number): number[] {
    return [...model.transfer(Uint8Array.of(register), length, ms).data]
}

function result(bytes: number[]): number {
    return ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8)) >> 8
}

function complaints(model: DPS310Model): string[] {
    return model.illegalAccesses.map(({ what }) => what)
}

/** Measures the temperature with this TMP_CFG. @returns °C by the datasheet's formula */
function celsius(model: DPS310Model, ms: number, config: number): number {
    write(model, ms, 0x07, config)
    write(model, ms + 1, 0x08, 2)
    return celsiusOf(DPS310_EXAMPLE, result(read(model, ms + 250, 0x03, 3)) / SCALES[config & 7])
}

describe("DPS310 model", () => {
    it("takes a read-modify-write of its measurement register, whose flags can only be read", () => {
        const model = poweredModel()
        const [flags] = read(model, 50, 0x08, 1)
        write(model, 51, 0x08, flags | 0x02)
        expect(read(model, 100, 0x08, 1)[0] & 0x20).toBe(0x20)
        write(model, 101, 0x08, 0x08)
        expect(complaints(model)).toEqual(["0x08 sets reserved bits of MEAS_CFG"])
    })

    it("starts in steps: sensor after 12 ms, coefficients after 40 ms", () => {
        const model = poweredModel()
        expect(read(model, 11, 0x08, 1)).toEqual([0x00])
        expect(read(model, 12, 0x08, 1)).toEqual([0x40])
        expect(read(model, 39, 0x10, 1)).toEqual([0])
        expect(read(model, 40, 0x08, 1)).toEqual([0xc0])
        expect(read(model, 41, 0x0d, 1)).toEqual([0x10])
        expect(complaints(model)).toEqual(["read of the coefficients before they are ready"])
    })

    it.each([0, 3, 4, 6, 7])("gives a result in the scale of oversampling setting %d", setting => {
        const model = poweredModel()
        write(model, 100, 0x09, 0x0c)
        expect(celsius(model, 101, 0x80 | setting)).toBeCloseTo(21.5, 2)
        write(model, 400, 0x06, setting)
        write(model, 401, 0x08, 1)
        const p = result(read(model, 700, 0x00, 3)) / SCALES[setting]
        const t = (21.5 - 104) / -263
        expect(Math.abs(pascalOf(DPS310_EXAMPLE, p, t) - 101325)).toBeLessThan(0.3)
        expect(complaints(model)).toEqual([])
    })

    it("sets a flag when a result is ready, and clears it when the result is read", () => {
        const model = poweredModel()
        write(model, 100, 0x07, 0x83)
        write(model, 101, 0x08, 2)
        expect(read(model, 115.7, 0x08, 1)).toEqual([0xc2])
        expect(read(model, 115.9, 0x08, 1)).toEqual([0xe0])
        read(model, 116, 0x03, 3)
        expect(read(model, 117, 0x08, 1)).toEqual([0xc0])
    })

    it("measures a wrong temperature with the sensor that its coefficients are not of", () => {
        expect(Math.abs(celsius(poweredModel({ source: 1 }), 100, 0x03) - 21.5)).toBeGreaterThan(5)
        expect(celsius(poweredModel({ source: 0 }), 100, 0x03)).toBeCloseTo(21.5, 2)
    })

    it("reads about 60 °C at room temperature until its gain is repaired, where it has that fault", () => {
        const model = poweredModel({ needsRepair: true })
        expect(read(model, 99, 0x32, 1)).toEqual([0])
        expect(celsius(model, 100, 0x83)).toBeGreaterThan(50)
        write(model, 400, 0x62, 0x02)
        for (const [register, value] of [
            [0x0e, 0xa5],
            [0x0f, 0x96],
            [0x62, 0x02],
            [0x0e, 0],
            [0x0f, 0],
        ])
            write(model, 401, register, value)
        expect(read(model, 402, 0x32, 1)).toEqual([2])
        expect(celsius(model, 403, 0x83)).toBeCloseTo(21.5, 2)
        expect(complaints(model)).toEqual(["write to 0x62 while it is locked"])
    })

    it("logs what it does not have, what is too early and what is forbidden", () => {
        const model = poweredModel()
        write(model, 5, 0x08, 2)
        write(model, 100, 0x08, 7)
        write(model, 101, 0x09, 0x02)
        write(model, 102, 0x06, 0x06)
        write(model, 103, 0x08, 1)
        write(model, 104, 0x08, 2)
        write(model, 105, 0x10, 1)
        expect(complaints(model)).toEqual([
            "measurement while it starts",
            "a mode that this model does not have",
            "FIFO on, which this model does not have",
            "more than 8 times without a shift",
            "command while a measurement runs",
            "write of 0x01 to COEF 0x10, which can only be read",
        ])
    })
})
