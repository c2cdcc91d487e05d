import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url))
const REPORTER = fileURLToPath(new URL("summary-reporter.ts", import.meta.url))

let folder: string

beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-summary-"))
})

afterEach(() => {
    rmSync(folder, { recursive: true })
})

/** Runs vitest on files with these texts. @returns what the reporter wrote */
function countsOf(...texts: string[]): string {
    for (const [i, text] of texts.entries())
        writeFileSync(path.join(folder, `piece${i}.test.ts`), text)
    const counts = path.join(folder, "counts")
    const args = [VITEST, "run", "--root", folder, "--globals", `--reporter=${REPORTER}`]
    spawnSync(process.execPath, args, {
        env: { ...process.env, SUITCASE_TEST_COUNTS: counts },
        encoding: "utf8",
    })
    return readFileSync(counts, "utf8")
}

describe("the count of a test run", () => {
    it("counts passed and failed tests of all files and leaves skipped ones out", () => {
        const counts = countsOf(
            'it("a", () => {}); describe("in", () => { it("b", () => { throw new Error() }) })',
            'it("c", () => {}); it.skip("d", () => {}); it.todo("e")'
        )
        expect(counts).toBe("2 passed, 1 failed\n")
    })

    it("counts a file that does not load, a failed hook and a stray error as failed", () => {
        const counts = countsOf(
            'throw new Error("at the top")',
            'describe("x", () => { beforeAll(() => { throw new Error() }); it("a", () => {}) })',
            'it("b", async () => { setTimeout(() => { throw new Error("stray") }); await new Promise(done => setTimeout(done, 50)) })'
        )
        expect(counts).toBe("1 passed, 3 failed\n")
    })
})
