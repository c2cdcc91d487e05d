import { describe, expect, it } from "vitest"
import { mlx90614Temperature } from "./conversion.js"

describe("MLX90614 conversion", () => {
    it("is exact for all words", () => {
        for (let word = 0; word <= 65535; word++)
            expect(mlx90614Temperature(word)).toBe(Math.round(100 * (0.02 * word - 273.15)))
    })

    it("gives the datasheet's limits and example", () => {
        expect(mlx90614Temperature(0x27ad)).toBe(-7001)
        expect(mlx90614Temperature(0x7fff)).toBe(38219)
        expect(mlx90614Temperature(0x3ad2)).toBe(2801)
    })
})
