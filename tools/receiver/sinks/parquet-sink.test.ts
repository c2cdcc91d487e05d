import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import path from "node:path"
import fc from "fast-check"
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet"
import { describe, expect, it } from "vitest"
import {
    ARRIVED_MS,
    foldersOfTests,
    POWER_CUTS,
    deliverThroughCuts,
    expectedLines,
    openReceiver,
    story,
    finish,
} from "../../../tests/support/receiver-bench.js"
import { widerDeliveries } from "../../../tests/support/wider-schema.js"
import { ParquetSink } from "./parquet-sink.js"

const DAY_MS = 86_400_000
const ROUNDS = 4

/** Rows of all files, in the order of days and parts, with the fields of NDJSON. */
async function rowsIn(folder: string): Promise<string[]> {
    const rows: string[] = []
    for (const name of filesIn(folder)) {
        const file = await asyncBufferFromFile(path.join(folder, name))
        for (const row of await parquetReadObjects({ file })) {
            const { site, node, boot, sequence, channel, unit, quality } = row as Record<
                string,
                unknown
            >
            const time = (row["time"] as Date).getTime()
            const timeUncertaintyMs = (row["time_uncertainty_ms"] as number | undefined) ?? null
            const head = { site, node, boot, sequence, time, timeUncertaintyMs, channel, unit }
            const value = (row["value"] as number | undefined) ?? null
            const integer = (row["integer"] as number | undefined) ?? null
            rows.push(JSON.stringify({ ...head, value, integer, quality }))
        }
    }
    return rows
}

function filesIn(folder: string): string[] {
    const place = (name: string) => {
        const [, day, part = "1"] = /readings-([\d-]+)(?:\.(\d+))?\.parquet$/.exec(name) ?? []
        return `${day} ${part.padStart(6, "0")}`
    }
    return readdirSync(folder)
        .filter(name => name.startsWith("readings-"))
        .sort((a, b) => (place(a) < place(b) ? -1 : 1))
}

describe("Parquet files", () => {
    const newFolders = foldersOfTests()

    const deliveries = [...story(120), ...widerDeliveries("n1", 5), ...story(150).slice(120)]
    const expected = expectedLines(deliveries)

    it("have each reading once, with all that it says, after power cuts at any moment", async () => {
        await fc.assert(
            fc.asyncProperty(POWER_CUTS, fc.integer({ min: 1, max: 90 }), async (cuts, most) => {
                const folders = newFolders()
                const sinks = () => [new ParquetSink(folders.out, most)]
                await deliverThroughCuts(folders, deliveries, cuts, sinks)
                expect(await rowsIn(folders.out)).toEqual(expected)
                expect(filesIn(folders.out).length).toBeGreaterThanOrEqual(
                    expected.length / (most + 4)
                )
            }),
            { numRuns: ROUNDS }
        )
    }, 120_000)

    it("of a day that is over do not change any more, and have the types that engines read", async () => {
        const folders = newFolders()
        const deliver = async (from: number, to: number, arrivedMs: number) => {
            const sinks = [new ParquetSink(folders.out)]
            const { receiver, notes } = await openReceiver(folders, { sinks })
            for (const { topic, payload } of deliveries.slice(from, to))
                receiver.accept(topic, payload, arrivedMs)
            await finish(receiver)
            expect(notes).toEqual([])
        }
        await deliver(0, 60, ARRIVED_MS)
        await deliver(60, 80, ARRIVED_MS)
        await deliver(80, deliveries.length, ARRIVED_MS + DAY_MS)
        expect(filesIn(folders.out)).toEqual([
            "readings-2026-11-30.parquet",
            "readings-2026-12-01.parquet",
        ])
        expect(await rowsIn(folders.out)).toEqual(expected)
        const file = await asyncBufferFromFile(
            path.join(folders.out, "readings-2026-11-30.parquet")
        )
        const { schema } = await parquetMetadataAsync(file)
        const types = schema
            .slice(1)
            .map(({ name, type, converted_type, repetition_type }) =>
                [name, converted_type ?? type, repetition_type].join(" ")
            )
        expect(types).toEqual([
            "site UTF8 REQUIRED",
            "node UTF8 REQUIRED",
            "boot INT32 REQUIRED",
            "sequence INT32 REQUIRED",
            "time TIMESTAMP_MILLIS REQUIRED",
            "time_uncertainty_ms INT32 OPTIONAL",
            "channel UTF8 REQUIRED",
            "quantity UTF8 REQUIRED",
            "unit UTF8 REQUIRED",
            "unit_code UTF8 REQUIRED",
            "value DOUBLE OPTIONAL",
            "integer INT32 OPTIONAL",
            "quality UTF8 REQUIRED",
            "calibration INT64 OPTIONAL",
        ])
    })

    it("are not made of a spool that was damaged, or in a folder of somebody else", async () => {
        const folders = newFolders()
        const deliver = async () => {
            const sinks = [new ParquetSink(folders.out)]
            const { receiver, notes } = await openReceiver(folders, { sinks })
            for (const { topic, payload } of deliveries) receiver.accept(topic, payload, ARRIVED_MS)
            await finish(receiver)
            return notes
        }
        expect(await deliver()).toEqual([])
        truncateSync(path.join(folders.out, ".spool", "00000001.journal"), 100)
        expect(await deliver()).toEqual([expect.stringContaining("is shorter than")])
        rmSync(folders.out, { recursive: true })
        rmSync(folders.state, { recursive: true })
        mkdirSync(folders.out)
        writeFileSync(path.join(folders.out, "readings-2026-01-01.parquet"), "mine")
        expect(await deliver()).toEqual([expect.stringContaining("choose an empty folder")])
    })
})
