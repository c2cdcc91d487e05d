import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { dayFilesIn } from "./source.js"

let folder: string
beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-day-files-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it("finds the files of listeners that share the nodes, by day, and leaves other folders alone", () => {
    for (const file of [
        "part-1-of-2/readings-2026-11-30.ndjson",
        "part-0-of-2/readings-2026-12-01.ndjson",
        "part-0-of-2/readings-2026-11-30.2.ndjson",
        "part-0-of-2/notes.txt",
        "old/readings-2025-01-01.ndjson",
    ]) {
        mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
        writeFileSync(path.join(folder, file), "")
    }
    const found = dayFilesIn(folder).map(file => path.relative(folder, file.path))
    expect(found.map(file => file.replaceAll(path.sep, "/"))).toEqual([
        "part-1-of-2/readings-2026-11-30.ndjson",
        "part-0-of-2/readings-2026-11-30.2.ndjson",
        "part-0-of-2/readings-2026-12-01.ndjson",
    ])
})
