import { describe, expect, it } from "vitest"
import { ds18b20Temperature, romProblem } from "./conversion.js"

describe("DS18B20 conversion", () => {
    it("follows 1/16 °C to half a unit for all 65,536 words", () => {
        for (let word = 0; word <= 65535; word++) {
            const celsius = ((word << 16) >> 16) / 16
            if (Math.abs(ds18b20Temperature(word) - 100 * celsius) > 0.5)
                expect.fail(`${word}: ${ds18b20Temperature(word)} instead of ${celsius} °C`)
        }
    })

    it("gives the datasheet's examples, halves rounded away from zero", () => {
        const words = [0x07d0, 0x0550, 0x0191, 0x00a2, 0x0008, 0, 0xfff8, 0xff5e, 0xfe6f, 0xfc90]
        expect(words.map(ds18b20Temperature)).toEqual([
            12500, 8500, 2506, 1013, 50, 0, -50, -1013, -2506, -5500,
        ])
    })

    it("tells ROM codes of DS18B20 probes from others and from disturbed ones", () => {
        const problem = (hex: string) => romProblem(Buffer.from(hex, "hex"))
        expect(problem("28ff641e821603e2")).toBe("")
        expect(problem("28ff641e821603e3")).toBe("has a wrong checksum")
        expect(problem("29ff641e821603e2")).toBe("has a wrong checksum")
        expect(problem("021cb801000000a2")).toBe("is not of family 0x28")
        expect(problem("0000000000000000")).toBe("is not of family 0x28")
    })
})
