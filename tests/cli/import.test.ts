/** `suitcase import`: tables of other systems among the readings of nodes. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { run } from "../../tools/cli/cli.js"
import { fakeTerminal } from "../support/fake-terminal.js"

const OFFICE = [
    "Dato;Tid;Temperature (°C);co2 [ppm];note",
    "31-03-2024;01.59;-0,50;1.250,0;",
    "31-03-2024;03.00;21,25;;vindue",
    "01-04-2024;00.30;2,00;900,0;",
]

describe("suitcase import", () => {
    let folder: string
    let into: string
    beforeEach(() => {
        folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-import-"))
        into = path.join(folder, "readings")
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    async function suitcase(...words: string[]) {
        const terminal = fakeTerminal()
        const code = await run(words, terminal)
        return { code, out: terminal.out.text, err: terminal.err.text }
    }

    async function imported(lines: readonly string[], ...words: string[]) {
        const file = path.join(folder, "Kontor 2.csv")
        writeFileSync(file, `${lines.join("\n")}\n`)
        const where = ["--site", "town", "--node", "office", "--into", into]
        return await suitcase("import", file, ...where, ...words)
    }

    const zone = ["--zone", "Europe/Copenhagen", "--skip", "note"]

    it.each(["ndjson", "parquet"])(
        "keeps an office's table as day files of %s: UTC by its zone, units, gaps, digits",
        async form => {
            const { code, err } = await imported(OFFICE, ...zone, "--as", form)
            expect(`${code} ${err}`).toMatch(
                /^0 suitcase: 5 readings of 3 rows of .*import-Kontor-2/
            )
            expect(readdirSync(path.join(into, "import-Kontor-2"))).toEqual(
                // 00.30 on 1 April is 22:30 UTC on 31 March.
                [`readings-2024-03-31.${form}`]
            )
            const { out } = await suitcase("export", into, "--format", "csv")
            const [header, ...rows] = out.trim().split("\n")
            expect(header).toMatch(
                /^site,node,boot,sequence,time,channel,unit,value,integer,quality/
            )
            expect(rows.map(row => row.split(",").slice(4, 10).join(" "))).toEqual(
                [
                    "2024-03-31T00:59:00.000Z temperature Cel -0.50 -50 ok",
                    "2024-03-31T00:59:00.000Z co2 ppm 1250 1250 ok",
                    "2024-03-31T01:00:00.000Z temperature Cel 21.25 2125 ok",
                    "2024-03-31T01:00:00.000Z co2 ppm   skipped",
                    "2024-03-31T22:30:00.000Z temperature Cel 2.00 200 ok",
                    "2024-03-31T22:30:00.000Z co2 ppm 900 900 ok",
                ].map(text => text)
            )
        }
    )

    it("is among the readings of nodes, in their form, and away with its folder", async () => {
        mkdirSync(into)
        const reading = {
            ...{ site: "town", node: "hall", boot: 1, sequence: 0, time: 1711846800000 },
            ...{ timeUncertaintyMs: 20, channel: "co2", unit: "ppm", value: 500, integer: 500 },
            quality: "ok",
        }
        writeFileSync(path.join(into, "readings-2024-03-31.ndjson"), `${JSON.stringify(reading)}\n`)
        expect((await imported(OFFICE, ...zone)).code).toBe(0)
        const nodes = async () => {
            const { out } = await suitcase("export", into, "--format", "ndjson")
            const rows = out
                .trim()
                .split("\n")
                .map(text => JSON.parse(text) as { node: string })
            return [...new Set(rows.map(({ node }) => node))].sort()
        }
        expect(await nodes()).toEqual(["hall", "office"])
        const again = await imported(OFFICE, ...zone)
        expect(`${again.code} ${again.err}`).toMatch(/^2 .*is there already; remove it/)
        rmSync(path.join(into, "import-Kontor-2"), { recursive: true })
        expect(await nodes()).toEqual(["hall"])
    })

    it.each([
        [
            "no zone",
            ["time,co2", "2024-01-15 12:00,400"],
            ["--channel", "co2=:ppm"],
            /do not say their zone.*--zone/,
        ],
        [
            "no unit",
            ["time,co2", "2024-01-15T12:00Z,400"],
            [],
            /the unit of co2 is not known: --channel "co2=co2:UNIT"/,
        ],
        [
            "a name that is none",
            ["time,Rum 4", "2024-01-15T12:00Z,4"],
            [],
            /"Rum 4" is no name of a channel/,
        ],
        [
            "two of one name",
            ["time,a (lx),b (lx)", "2024-01-15T12:00Z,4,5"],
            ["--channel", "b (lx)=a:lx"],
            /two columns would be the channel a/,
        ],
        [
            "an unknown unit",
            ["time,co2", "2024-01-15T12:00Z,4"],
            ["--channel", "co2=:furlong"],
            /the unit "furlong" is not known/,
        ],
        [
            "an unknown column",
            ["time,co2", "2024-01-15T12:00Z,4"],
            ["--channel", "co=co:ppm"],
            /the columns are co2/,
        ],
        [
            "times of microseconds",
            ["time,co2 (ppm)", "2024-01-15T12:00:00.000001Z,4"],
            [],
            /finer than 1 ms/,
        ],
        [
            "a word among numbers",
            ["time,co2 (ppm)", "2024-01-15T12:00:00Z,4", "2024-01-15T12:01:00Z,x"],
            [],
            /line 3/,
        ],
        [
            "a time that goes back",
            ["time,co2 (ppm)", "2024-01-15T12:00:00Z,4", "2024-01-15T11:00:00Z,5"],
            [],
            /--sort/,
        ],
    ])(
        "refuses a table with %s, and leaves nothing behind",
        async (_what, lines, words, problem) => {
            const { code, err } = await imported(lines, ...words)
            expect(`${code} ${err}`).toMatch(/^2 /)
            expect(err).toMatch(problem)
            expect(existsSync(into) ? readdirSync(into) : []).toEqual([])
        }
    )

    it("sorts with --sort, and overwrites what an import that was killed left behind", async () => {
        mkdirSync(path.join(into, "import-Kontor-2.unfinished"), { recursive: true })
        writeFileSync(
            path.join(into, "import-Kontor-2.unfinished", "readings-2024-01-15.ndjson"),
            "{"
        )
        const lines = ["time,co2 (ppm)", "2024-01-15T12:00:00Z,4", "2024-01-14T11:00:00Z,5"]
        expect((await imported(lines, "--sort")).code).toBe(0)
        expect(readdirSync(into)).toEqual(["import-Kontor-2"])
        const { out } = await suitcase("export", into, "--format", "csv")
        expect(
            out
                .split("\n")
                .slice(1, 3)
                .map(row => row.split(",")[7])
        ).toEqual(["5", "4"])
    })
})
