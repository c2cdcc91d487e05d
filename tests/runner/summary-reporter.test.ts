import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { DEBIAN_PROGRAMS } from "../support/debian-programs.js"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url))
const REPORTER = fileURLToPath(new URL("summary-reporter.ts", import.meta.url))

let folder: string

beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "suitcase-summary-"))
})

afterEach(() => {
    rmSync(folder, { recursive: true })
})

interface Outcome {
    readonly counts: string
    /** Where failed tests are, and why they failed. */
    readonly failures: string
    readonly said: string
    readonly status: number | null
}

/** Runs vitest on files with these texts. */
function runOf(env: Record<string, string>, ...texts: string[]): Outcome {
    for (const [i, text] of texts.entries())
        writeFileSync(path.join(folder, `piece${i}.test.ts`), text)
    const counts = path.join(folder, "counts")
    const failures = path.join(folder, "failures")
    writeFileSync(failures, "")
    const args = [VITEST, "run", "--root", folder, "--globals", `--reporter=${REPORTER}`]
    const { stdout, status } = spawnSync(process.execPath, args, {
        env: {
            ...process.env,
            SUITCASE_NO_SKIPS: undefined,
            SUITCASE_TEST_COUNTS: counts,
            SUITCASE_TEST_FAILURES: failures,
            ...env,
        },
        encoding: "utf8",
    })
    return {
        counts: readFileSync(counts, "utf8"),
        failures: readFileSync(failures, "utf8"),
        said: stdout,
        status,
    }
}

describe("the count of a test run", () => {
    it("counts passed and failed tests of all files and leaves skipped ones out", () => {
        const { counts } = runOf(
            {},
            'it("a", () => {}); describe("in", () => { it("b", () => { throw new Error() }) })',
            'it("c", () => {}); it.skip("d", () => {}); it.todo("e")'
        )
        expect(counts).toBe("2 passed, 1 failed\n")
    })

    it("keeps where each failed test is and why it failed, for the end of a long log", () => {
        const { failures } = runOf(
            {},
            'it("a", () => {}); describe("in", () => { it("b", () => { expect(1).toBe(2) }) })',
            'throw new Error("at the top")'
        )
        expect(failures).toMatch(
            /^piece0.test.ts > in > b\n {4}AssertionError: expected 1 to be 2/m
        )
        expect(failures).toMatch(/^piece1.test.ts\n {4}Error: at the top/m)
    })

    it("names the test in which its worker ended", () => {
        const { counts, failures } = runOf(
            {},
            'it("a", () => {}); it("b", () => { process.kill(process.pid, "SIGKILL") })'
        )
        expect(counts).toMatch(/, 1 failed$/m)
        expect(failures).toMatch(/^outside of any test\n {4}Error: /)
        expect(failures).toContain("piece0.test.ts > b\n    has no result\n")
    })

    it("counts a file that does not load, a failed hook and a stray error as failed", () => {
        const { counts } = runOf(
            {},
            'throw new Error("at the top")',
            'describe("x", () => { beforeAll(() => { throw new Error() }); it("a", () => {}) })',
            'it("b", async () => { setTimeout(() => { throw new Error("stray") }); await new Promise(done => setTimeout(done, 50)) })'
        )
        expect(counts).toBe("1 passed, 3 failed\n")
    })

    const SKIPPED =
        'it("a", () => {}); describe.skip("in [needs mosquitto]", () => { it("b", () => {}); it("c", () => {}) })'

    it("says in one line which program is missing when tests were skipped for it", () => {
        const { counts, said, status } = runOf({}, SKIPPED)
        expect([counts, status]).toEqual(["1 passed, 0 failed\n", 0])
        expect(said).toContain(
            "2 tests skipped: mosquitto is not installed (Debian, Ubuntu: apt-get install mosquitto)\n"
        )
    })

    it("fails a run in which nothing may be skipped, and names what was", () => {
        const { counts, said, status } = runOf({ SUITCASE_NO_SKIPS: "1" }, SKIPPED)
        expect([counts, status]).toEqual(["1 passed, 2 failed\n", 1])
        expect(said).toContain("2 skipped, and here nothing may be:\n  in [needs mosquitto] > b\n")
    })
})

describe("a test that wants what nobody has to have", () => {
    it("may be skipped anywhere, and the run says so", () => {
        const { counts, said, status } = runOf(
            { SUITCASE_NO_SKIPS: "1" },
            'it("a", () => {}); it.skip("b [wants R]", () => {})'
        )
        expect([counts, status]).toEqual(["1 passed, 0 failed\n", 0])
        expect(said).toContain("1 test skipped: R is not installed, and need not be")
    })
})

describe("the programs that tests may need", () => {
    it("are installed by .ci/run", () => {
        const script = readFileSync(path.join(PROJECT_ROOT, ".ci", "run"), "utf8")
        const packages = /^PACKAGES=\((.*)\)$/m.exec(script)?.[1].split(" ") ?? []
        expect(packages).toEqual([...DEBIAN_PROGRAMS])
    })
})
