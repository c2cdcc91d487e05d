/** `suitcase new driver` refuses in words what can not become a driver, and writes nothing then. */
import { existsSync } from "node:fs"
import path from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../sim/program/compile.js"
import { run } from "../tools/cli.js"
import { parseChannel } from "../tools/new/plan.js"
import { fakeTerminal } from "./support/fake-terminal.js"

const WHOLE = ["--maker", "ST", "--family", "registers", "--address", "0x5c"]
const CHANNEL = ["--channel", "temperature:Cel:0.01:-40..85"]

async function newDriver(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(["new", "driver", ...words], terminal)
    return { code, err: terminal.err.text }
}

describe("suitcase new driver", () => {
    it.each([
        [["SHT4x", ...WHOLE, ...CHANNEL], /src\/drivers\/sht4x exists already/],
        [["LPS-22", ...WHOLE, ...CHANNEL], /"LPS-22" can not name a driver/],
        [["../x", ...WHOLE, ...CHANNEL], /can not name a driver/],
        [["XYZ1", ...WHOLE], /give --maker, --family, --address and --channel/],
        [["XYZ1", ...WHOLE, ...CHANNEL, ...CHANNEL], /two channels are called temperature/],
        [["XYZ1", ...WHOLE, "--address", "0x5c", ...CHANNEL], /0x5c is given twice/],
        [["XYZ1", ...WHOLE, "--address", "0x80", ...CHANNEL], /0x08 to 0x77/],
        [["XYZ1", ...WHOLE, "--channel", "temperature"], /NAME:UNIT:STEP:LOWEST\.\.HIGHEST/],
        [["XYZ1", ...WHOLE, "--channel", "t:Cel:0.01:5..5"], /5 is not below 5/],
        [["XYZ1", ...WHOLE, "--channel", "t:Cel:0:1..5"], /a step is above 0/],
        [["XYZ1", ...WHOLE, "--channel", "t:Cel:0.0000001:0..500"], /more than 24 bits/],
    ])("%j is explained in one line", async (words, message) => {
        const { code, err } = await newDriver(...words)
        expect(code).toBe(2)
        expect(err).toMatch(message)
        expect(err.trim().split("\n")).toHaveLength(1)
        expect(existsSync(path.join(PROJECT_ROOT, "src", "drivers", "xyz1"))).toBe(false)
    })

    it("takes any decimal step as an exact fraction in lowest terms", () => {
        const digits = fc.integer({ min: 0, max: 4 })
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 9999 }), digits, (count, places) => {
                const step = (count / 10 ** places).toFixed(places)
                const [numerator, denominator] = parseChannel(`x:V:${step}:0..${count}`).scale
                expect(numerator / denominator).toBe(Number(step))
                for (const prime of [2, 5])
                    expect(numerator % prime === 0 && denominator % prime === 0).toBe(false)
            })
        )
    })
})
