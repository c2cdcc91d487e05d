/** `npm run bench:codec -- --csv`: tables of others as the codec gets them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { csvFiles, csvSeries } from "../../bench/codec/csv-series.js"
import { slices } from "../../bench/codec/frames.js"
import { frameBytes } from "../../bench/codec/ours.js"

let folder = ""
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-bench-"))))
afterEach(() => rmSync(folder, { recursive: true }))

function table(name: string, text: string): string {
    const file = path.join(folder, name)
    writeFileSync(file, text)
    return file
}

describe("a table that is measured", () => {
    it("has the integers of its columns' steps, and gaps where cells are empty", async () => {
        const file = table(
            "room.csv",
            "time,temperature_degC,co2_ppm\n1705307400,21.50,600\n1705307460,-4.25,\n1705307520,0.00,650\n"
        )
        const series = await csvSeries(file)
        const [{ rows, channels, values, gaps, times }] = series.tables
        expect([series.name, series.readings, rows, channels]).toEqual(["room", 5, 3, 2])
        // Steps of 0.25 degrees and 50 ppm are what it shows.
        expect([values[0] / values[2], values[4]]).toEqual([21.5 / -4.25, 0])
        expect([...gaps]).toEqual([0, 0, 0, 1, 0, 0])
        expect([times[1] - times[0], times[2] - times[1]]).toEqual([60, 60])
        const [slice] = slices(series, 60)
        expect(frameBytes(slice), "B, checked by the decoder").toBeGreaterThan(11)
    })

    it("has no column for times finer than 1 ms, and as many rows as its file over many frames", async () => {
        const lines = Array.from(
            { length: 2500 },
            (_, i) => `${1705307400 + i}.${123456 + i},${i % 7}`
        )
        const { tables } = await csvSeries(table("fine.csv", `time,a\n${lines.join("\n")}\n`))
        expect(tables.map(({ rows, channels }) => [rows, channels])).toEqual([[2500, 1]])
        expect(Array.from(tables[0].values.subarray(0, 9))).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1])
    })

    it("is one file, or each of a folder", async () => {
        const one = table("b.csv", "time,a\n1,1\n")
        const other = table("a.csv", "time,a\n1,x\n")
        table("notes.txt", "")
        expect(csvFiles(one)).toEqual([one])
        expect(csvFiles(folder)).toEqual([other, one])
        await expect(csvSeries(other)).rejects.toThrow(
            /a\.csv, line 2, column 2 \(a\): "x" is not a number/
        )
    })
})
