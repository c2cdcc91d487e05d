/** What CI asks of a run: each name, each comparison, and how it ends. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { run } from "../cli.js"
import { junitText } from "./junit.js"
import { judge, requireOption } from "./requirements.js"
import { type SimReport } from "./report.js"

const REPORT = { readingsReceived: 30, gaps: 12, readingsLost: 0, duplicates: 0 } as SimReport
const CHANNELS = new Map([
    ["temperature", { readings: 30, gaps: 2, reason: "crc" }],
    ["co2", { readings: 0, gaps: 10, reason: "absent" }],
])

const failuresOf = (text: string, allowsSilent = true) =>
    judge(REPORT, CHANNELS, requireOption(text), allowsSilent).flatMap(
        ({ failure }) => failure ?? []
    )

const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-require-"))
afterAll(() => rmSync(folder, { recursive: true }))

async function sim(...words: string[]) {
    const terminal = fakeTerminal()
    const code = await run(["sim", "indoor-climate", "--for", "20m", "--json", ...words], terminal)
    return { code, err: terminal.err.text }
}

describe("a requirement", () => {
    it.each([
        ["temperature>=30", []],
        ["temperature>30", ["temperature>30: got 30"]],
        ["temperature = 30 , gaps<=12", []],
        ["gaps<12", ["gaps<12: got 12"]],
        ["readings>=31,lost=0", ["readings>=31: got 30"]],
        [
            "temprature>=1",
            [
                "temprature>=1: there is no channel temprature; there are temperature, co2, readings, gaps, lost, duplicates",
            ],
        ],
    ])("%s", (text, failures) => {
        expect(failuresOf(text)).toEqual(failures)
    })

    it.each(["temperature", "temperature>", "temperature>=-1", "Temperature>=1", "a>=1;b>=2", ""])(
        'is not "%s"',
        text => {
            expect(() => requireOption(text)).toThrow(/Write a channel or readings/)
        }
    )

    it("is not needed for a channel that never delivers: that fails by itself, unless it may", () => {
        const silent = "co2 never delivered a reading: 10 gaps (absent)"
        expect(failuresOf("temperature>=1", false)).toEqual([silent])
        expect(failuresOf("temperature>=1", true)).toEqual([])
    })
})

describe("JUnit's XML", () => {
    it("counts, and escapes what XML keeps for itself", () => {
        const text = junitText("a & b", 1.5, [
            { name: 'gaps<="5"', failure: undefined },
            { name: "x", failure: "got <1>\u0007" },
        ])
        expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1">
  <testsuite name="a &amp; b" tests="2" failures="1" time="1.500">
    <testcase classname="a &amp; b" name="gaps&lt;=&quot;5&quot;"/>
    <testcase classname="a &amp; b" name="x">
      <failure message="got &lt;1&gt;?"/>
    </testcase>
  </testsuite>
</testsuites>
`)
    })
})

describe("suitcase sim", () => {
    it("ends with 0 when all is met, and writes the verdicts into a new folder", async () => {
        const file = path.join(folder, "deep", "room.xml")
        const { code, err } = await sim(
            "--require",
            "temperature>=15,co2>=15",
            "--require",
            "gaps<=4",
            "--junit",
            file
        )
        expect(err).toBe("")
        expect(code).toBe(0)
        expect(readFileSync(file, "utf8")).toMatch(
            /<testsuite name="indoor-climate" tests="8" failures="0"/
        )
    })

    it("ends with 1 when something is not met, and says what came", async () => {
        const file = path.join(folder, "room.xml")
        const { code, err } = await sim("--require", "temperature>=1300", "--junit", file)
        expect(code).toBe(1)
        expect(err).toMatch(/^suitcase: temperature>=1300: got \d+$/m)
        expect(readFileSync(file, "utf8")).toContain('<failure message="temperature&gt;=1300: got')
    })
})
