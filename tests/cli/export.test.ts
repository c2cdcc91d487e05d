/** `suitcase export` gives what a listener would have written, of what is asked for. */
import {
    appendFileSync,
    mkdtempSync,
    readFileSync,
    readdirSync,
    rmSync,
    writeFileSync,
} from "node:fs"
import os from "node:os"
import path from "node:path"
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { FrameCollector } from "../../tools/decoder/index.js"
import { run } from "../../tools/cli/cli.js"
import { folderSink } from "../../tools/receiver/index.js"
import {
    HEADERS,
    LINE_FORMATS,
    linesOf,
    type LineFormat,
} from "../../tools/receiver/sinks/lines.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { ARRIVED_MS, story } from "../support/receiver-bench.js"
import { linesIn } from "../support/reading-lines.js"
import { widerDeliveries } from "../support/wider-schema.js"

const deliveries = [...story(120), ...widerDeliveries("n1", 5)]

/** What a listener prints. */
function listened(format: LineFormat): string[] {
    let text = HEADERS[format]
    const collector = new FrameCollector({ onFrame: frame => (text += linesOf(format)(frame)) })
    for (const { topic, payload } of deliveries) collector.accept(topic, payload)
    return text.trimEnd().split("\n")
}

describe("suitcase export", () => {
    let root: string
    const folderOf = (source: string) => path.join(root, source)

    beforeAll(async () => {
        root = mkdtempSync(path.join(os.tmpdir(), "suitcase-export-"))
        for (const source of ["ndjson", "parquet"] as const) {
            const sink = folderSink(source, folderOf(source))
            await sink.open(undefined)
            const frames: Parameters<typeof sink.write>[0][number][] = []
            const collector = new FrameCollector({
                onFrame: frame => frames.push({ ...frame, arrivedMs: ARRIVED_MS }),
            })
            for (const { topic, payload } of deliveries) collector.accept(topic, payload)
            await sink.write(frames)
            await sink.commit()
            await sink.close()
        }
    })
    afterAll(() => rmSync(root, { recursive: true, force: true }))

    async function exported(...args: string[]): Promise<string[]> {
        const terminal = fakeTerminal()
        const code = await run(["export", ...args], terminal)
        expect(code, terminal.err.text).toBe(0)
        return terminal.out.text.trimEnd().split("\n")
    }

    async function refused(...args: string[]): Promise<string> {
        const terminal = fakeTerminal()
        expect(await run(["export", ...args], terminal)).toBe(2)
        return terminal.err.text
    }

    it.each(
        LINE_FORMATS.flatMap(format => ["ndjson", "parquet"].map(from => [format, from] as const))
    )("prints %s of files of %s as a listener does", async (format, from) => {
        const lines = await exported(folderOf(from), "--format", format)
        const expected = listened(format)
        // Only a schema tells how many zeros there are behind a whole number.
        const short = (line: string) => line.replace(/([.,])0+([,;])/g, "$2")
        if (format.startsWith("csv")) expect(lines.map(short)).toEqual(expected.map(short))
        else expect(lines).toEqual(expected)
    })

    it("filters by site, nodes, channel and time, whose end is not included", async () => {
        const all = listened("ndjson")
        const wanted = all.filter(line => /"node":"n[12]"/.test(line) && line.includes('"co2"'))
        const { time } = JSON.parse(wanted[9]) as { time: number }
        const until = new Date(time).toISOString()
        const expected = wanted.filter(line => (JSON.parse(line) as { time: number }).time < time)
        const lines = await exported(
            ...[folderOf("ndjson"), "--format", "ndjson", "--site", "town", "--node", "n1"],
            ...["--node", "n2", "--channel", "co2", "--to", until]
        )
        expect(lines).toEqual(expected)
        expect(expected.length).toBeGreaterThan(3)
        const rest = await exported(
            ...[folderOf("parquet"), "--format", "ndjson", "--node", "n1", "--node", "n2"],
            ...["--channel", "co2", "--from", until]
        )
        expect([...lines, ...rest].sort()).toEqual([...wanted].sort())
        expect(await exported(folderOf("ndjson"), "--format", "ndjson", "--site", "port")).toEqual([
            "",
        ])
    })

    it.each(["csv-wide", "parquet", "csv-da"])("writes %s into an empty folder", async format => {
        const out = path.join(root, `out-${format}`)
        await exported(folderOf("ndjson"), "--format", format, "--out", out)
        const names = readdirSync(out, { recursive: true, encoding: "utf8" }).sort()
        if (format === "parquet") {
            expect(names).toEqual(["readings-2026-11-30.parquet"])
            const file = await asyncBufferFromFile(path.join(out, names[0]))
            expect(await parquetReadObjects({ file })).toHaveLength(listened("ndjson").length)
        } else if (format === "csv-da") expect(linesIn(out)).toHaveLength(listened("csv-da").length)
        else {
            const text = readFileSync(path.join(out, "town", "n1", "2026-11-30.2.csv"), "utf8")
            expect(text.trimEnd().split("\n")).toHaveLength(6)
        }
        expect(await refused(folderOf("ndjson"), "--out", out)).toContain("choose an empty folder")
    })

    it("does not take a line that is being written, and names one that is damaged", async () => {
        const folder = path.join(root, "damaged")
        const [first, second] = listened("ndjson")
        const sink = folderSink("ndjson", folder)
        await sink.open(undefined)
        await sink.close()
        const file = path.join(folder, "readings-2026-11-30.ndjson")
        writeFileSync(file, `${first}\n${second.slice(0, 50)}`)
        expect(await exported(folder, "--format", "ndjson")).toEqual([first])
        appendFileSync(file, "\n")
        const out = path.join(root, "never")
        expect(await refused(folder, "--out", out)).toMatch(/ndjson: line 2 is no JSON/)
        expect(readdirSync(root)).not.toContain("never")
        writeFileSync(file, `${first.replace(/"integer":\d+/, '"integer":null')}\n`)
        expect(await refused(folder)).toMatch(/value and integer do not belong together/)
    })

    it("says what is wrong with what is asked for", async () => {
        const folder = folderOf("ndjson")
        expect(await refused(path.join(root, "none"))).toContain("no such file or folder")
        expect(await refused(folder, "--source", "parquet")).toContain("has no day files")
        expect(await refused(folder, "--from", "30-11-2026")).toContain("Write a day such as")
        expect(await refused(folder, "--to", "2026-11-30T12:00")).toContain("with its zone")
        expect(await refused(folder, "--format", "parquet")).toContain("for files only")
        const both = path.join(root, "both")
        for (const source of ["ndjson", "parquet"] as const) {
            const sink = folderSink(source, both)
            await sink.open(undefined)
            writeFileSync(path.join(both, `readings-2026-11-30.${source}`), "")
            await sink.close()
        }
        expect(await refused(both)).toContain("--source ndjson or --source parquet")
    })
})
