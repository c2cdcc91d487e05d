import os from "node:os"
import { defineConfig } from "vitest/config"
import { deviceImports } from "./tests/runner/device-imports.js"
import { LongFirst } from "./tests/runner/sequencer.js"

/** File for the results as JUnit reads them; CI keeps it. */
const junit = process.env["SUITCASE_JUNIT"]

/** A worker takes up to 600 MB. */
const MOST_WORKERS = 4

function junitReporter(outputFile: string): ["junit", { outputFile: string }] {
    return ["junit", { outputFile }]
}

export default defineConfig({
    plugins: [deviceImports()],
    test: {
        include: [
            "src/**/*.test.ts",
            "sim/**/*.test.ts",
            "tools/**/*.test.ts",
            "tests/**/*.test.ts",
        ],
        setupFiles: ["tests/runner/setup.ts"],
        // The compiler and the VM's image are loaded once per worker instead of
        // once per file, which halves the time. So tests restore what they change
        // outside of themselves: environment, console, modules' own state.
        pool: "forks",
        isolate: false,
        maxWorkers: Math.min(os.availableParallelism(), MOST_WORKERS),
        sequence: { sequencer: LongFirst },
        // Only ends what hangs: no test's outcome depends on how fast the computer is.
        testTimeout: 120_000,
        hookTimeout: 120_000,
        expect: { poll: { timeout: 60_000 } },
        reporters: [
            "default",
            "./tests/runner/summary-reporter.ts",
            ...(process.env["GITHUB_ACTIONS"] === undefined ? [] : ["github-actions"]),
            ...(junit === undefined ? [] : [junitReporter(junit)]),
        ],
    },
})
