import { describe, expect, it } from "vitest"
import { ds3231Temperature, putSeconds, secondsOf } from "./conversion.js"

const DAY = 86_400

function registers(text: string): number[] {
    return [...Buffer.from(text.replaceAll(" ", ""), "hex")]
}

describe("DS3231 conversion", () => {
    it("gives the datasheet's temperatures, exactly, for all 1,024 of them", () => {
        expect(ds3231Temperature(0x1940)).toBe(2525)
        expect(ds3231Temperature(0xffc0)).toBe(-25)
        expect(ds3231Temperature(0xe6c0)).toBe(-2525)
        for (let quarters = -512; quarters < 512; quarters++)
            expect(ds3231Temperature((quarters << 6) & 0xffff)).toBe(25 * quarters)
    })

    it("writes and reads every day from 2000 to 2099 as Date does, at its first and last second", () => {
        const bytes = [0, 0, 0, 0, 0, 0, 0]
        for (let day = 10_957; day < 47_482; day++)
            for (const seconds of [day * DAY, day * DAY + 12 * 3600, day * DAY + DAY - 1]) {
                putSeconds(bytes, 0, seconds)
                const date = new Date(seconds * 1000)
                const text = bytes.map(byte => byte.toString(16).padStart(2, "0"))
                const iso = `20${text[6]}-${text[5]}-${text[4]}T${text[2]}:${text[1]}:${text[0]}.000Z`
                if (iso !== date.toISOString())
                    expect.fail(`${iso} instead of ${date.toISOString()}`)
                if (bytes[3] !== (date.getUTCDay() === 0 ? 7 : date.getUTCDay()))
                    expect.fail(`${iso}: day of the week ${bytes[3]}`)
                if (secondsOf(bytes, 0) !== seconds) expect.fail(`${iso}: ${secondsOf(bytes, 0)}`)
            }
    })

    it("reads 12 h: 12 a.m. is midnight, 12 p.m. is noon", () => {
        const at = (hour: string) => secondsOf(registers(`00 00 ${hour} 01 01 01 24`), 0) % DAY
        expect(["52", "41", "51", "72", "61", "71"].map(hour => at(hour) / 3600)).toEqual([
            0, 1, 11, 12, 13, 23,
        ])
    })

    it.each([
        ["a digit that is none", "5a 00 00 01 01 01 24"],
        ["second 60", "60 00 00 01 01 01 24"],
        ["minute 60", "00 60 00 01 01 01 24"],
        ["hour 24", "00 00 24 01 01 01 24"],
        ["12 h with hour 13", "00 00 53 01 01 01 24"],
        ["12 h with hour 0", "00 00 40 01 01 01 24"],
        ["day of the week 0", "00 00 00 00 01 01 24"],
        ["30 February", "00 00 00 01 30 02 24"],
        ["29 February of a year without", "00 00 00 01 29 02 25"],
        ["31 April", "00 00 00 01 31 04 24"],
        ["day 0", "00 00 00 01 00 01 24"],
        ["month 13", "00 00 00 01 01 13 24"],
        ["the century bit", "00 00 00 01 01 81 00"],
        ["all ones", "ff ff ff ff ff ff ff"],
        ["all zeros", "00 00 00 00 00 00 00"],
    ])("does not take %s for a time", (_what, text) => {
        expect(secondsOf(registers(text), 0)).toBe(-1)
    })
})
