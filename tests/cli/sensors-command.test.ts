/** `suitcase sensors`: the list that the parts' folders make. */
import { describe, expect, it } from "vitest"
import { loadParts, partFolders } from "../../sim/parts/catalogue.js"
import { run } from "../../tools/cli/cli.js"
import { addressesText } from "../../tools/cli/sensors/words.js"
import { fakeTerminal } from "../support/fake-terminal.js"

async function sensors(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(["sensors", ...words], terminal)
    return { code, out: terminal.out.text, lines: terminal.out.lines, err: terminal.err.text }
}

describe("suitcase sensors", () => {
    it("lists every part with a driver, its address and its price in 80 columns", async () => {
        const { code, out, lines } = await sensors()
        expect(code).toBe(0)
        for (const folder of partFolders()) expect(out).toContain(`  ${folder} `)
        expect(out).toMatch(/sht4x +Sensirion SHT40, SHT41, SHT45 +0x44, 0x45, 0x46 +€/)
        expect(lines.filter(text => text.length > 80)).toEqual([])
    })

    it("shows one of them with its channels, in units, and what a sample takes", async () => {
        const { code, out } = await sensors("sht4x")
        expect(code).toBe(0)
        expect(out).toContain("−45 … 130 °C in steps of 0.01 °C")
        expect(out).toMatch(/a sample +\d+ ms, \d+\.\d ms of them on the bus/)
        expect(out).toContain("npx suitcase try sht4x")
    })

    it("finds the parts that can have an address", async () => {
        const { out } = await sensors("--address", "0x44", "--json")
        const found = JSON.parse(out) as { folder: string; addresses: number[] }[]
        const wanted = (await loadParts()).filter(({ addresses }) => addresses.includes(0x44))
        expect(found.map(({ folder }) => folder)).toEqual(wanted.map(({ folder }) => folder))
    })

    it.each([
        [["--address", "0x08"], /no part with a driver can have the address 0x08/],
        [["--address", "300"], /0x08 to 0x77/],
        [["--address", "76"], /with 0x: 0x76/],
        [["sht9"], /there is no part "sht9"/],
    ])("%j is explained in one line", async (words, message) => {
        const { code, err } = await sensors(...words)
        expect(code).toBe(2)
        expect(err).toMatch(message)
    })

    it("writes addresses that follow each other as a range", () => {
        expect(addressesText([0x40, 0x41, 0x42, 0x43])).toBe("0x40 … 0x43")
        expect(addressesText([0x44, 0x45, 0x46])).toBe("0x44, 0x45, 0x46")
        expect(addressesText([0x77, 0x76])).toBe("0x77, 0x76")
    })
})
