/** `suitcase query`, and what it says where DuckDB is not installed. */
import { mkdtempSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import os from "node:os"
import path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { FrameCollector } from "../../tools/decoder/index.js"
import { run } from "../../tools/cli/cli.js"
import { dayFilesIn } from "../../tools/cli/day-files/source.js"
import { DUCKDB, Engine } from "../../tools/cli/query/duckdb.js"
import { folderSink, type DeliveredFrame } from "../../tools/receiver/index.js"
import { wants } from "../runner/needs.js"
import { EPOCH } from "../support/decoder-bench.js"
import { fakeTerminal } from "../support/fake-terminal.js"
import { ARRIVED_MS, story } from "../support/receiver-bench.js"

function hasDuckDb(): boolean {
    try {
        createRequire(import.meta.url).resolve(DUCKDB)
        return true
    } catch {
        return false
    }
}

const SOURCES = ["ndjson", "parquet"] as const

describe("suitcase query", () => {
    let root: string
    const frames: DeliveredFrame[] = []

    beforeAll(async () => {
        // A name that SQL and file patterns would take for something else.
        root = mkdtempSync(path.join(os.tmpdir(), "suitcase-query-'*["))
        const collector = new FrameCollector({
            onFrame: frame => frames.push({ ...frame, arrivedMs: ARRIVED_MS }),
        })
        for (const { topic, payload } of story(120)) collector.accept(topic, payload)
        for (const source of SOURCES) {
            const sink = folderSink(source, path.join(root, source))
            await sink.open(undefined)
            await sink.write(frames)
            await sink.commit()
            await sink.close()
        }
    })
    afterAll(() => rmSync(root, { recursive: true, force: true }))

    async function query(...args: string[]) {
        const terminal = fakeTerminal()
        const code = await run(["query", ...args], terminal)
        return { code, out: terminal.out.text, err: terminal.err.text }
    }

    it("without DuckDB says how to install it, and ends with exit code 2", async () => {
        const files = dayFilesIn(path.join(root, "ndjson"))
        const notThere: string = "@duckdb/not-there"
        const load = () =>
            import(notThere) as ReturnType<NonNullable<Parameters<typeof Engine.start>[1]>>
        const words = /query needs DuckDB, 70 MB.*npm install --no-save @duckdb\/node-api@/
        if (hasDuckDb()) await expect(Engine.start(files, load)).rejects.toThrow()
        else {
            const { code, err } = await query("SELECT 1", "--in", path.join(root, "ndjson"))
            expect(code).toBe(2)
            expect(err).toMatch(words)
        }
    })

    it("of a folder without day files says so", async () => {
        const { code, err } = await query("SELECT 1", "--in", root)
        expect([code, err]).toEqual([2, expect.stringContaining("has no day files")])
    })

    describe.runIf(hasDuckDb()).each(SOURCES)(`on files of %s ${wants("DuckDB")}`, source => {
        const ask = (sql: string, format: string) =>
            query(sql, "--in", path.join(root, source), "--format", format)

        it("counts all readings and gaps, and knows times", async () => {
            const cells = frames.reduce((sum, { frame }) => sum + frame.values.length, 0)
            const { out, code } = await ask(
                "SELECT count(*) AS cells, count(value) AS readings, min(value) AS least, " +
                    "min(time) AS first, count(DISTINCT quality) AS qualities FROM readings",
                "ndjson"
            )
            expect(code).toBe(0)
            const first = Math.min(...frames.flatMap(({ moments }) => moments.map(m => m.unixMs)))
            expect(JSON.parse(out)).toEqual({
                cells,
                readings: (cells * 3) / 4,
                least: 0,
                first: new Date(first).toISOString(),
                qualities: 2,
            })
        })

        it("prints CSV and tables", async () => {
            const sql =
                "SELECT node, channel, max(integer) AS m FROM readings WHERE channel = 'co2' " +
                `AND time >= TIMESTAMPTZ '${new Date(EPOCH).toISOString()}' ` +
                "GROUP BY ALL ORDER BY node"
            expect((await ask(sql, "csv")).out).toMatch(/^node,channel,m\nn0,co2,\d+\nn1,co2,/)
            expect((await ask(sql, "table")).out).toMatch(/│ n0 +│ co2 +│ \d+ +│/)
        })

        it("says in DuckDB's words what is wrong with a query", async () => {
            const { code, err } = await ask("SELECT nothing FROM readings", "csv")
            expect(code).toBe(2)
            expect(err).toMatch(/^suitcase: DuckDB: Binder Error.*nothing/)
        })
    })
})
