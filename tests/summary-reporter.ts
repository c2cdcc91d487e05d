/**
 * Counts the tests of a run for .ci/run, whose last line is that count. A file
 * that does not load, a hook that fails and an error outside of any test each
 * count as one failed test, so that a broken run never looks like a good one.
 */
import { writeFileSync } from "node:fs"
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node"

/** Environment variable with the file to write; without it nothing is written. */
const COUNTS_FILE = "SUITCASE_TEST_COUNTS"

export default class SummaryReporter implements Reporter {
    onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
        const file = process.env[COUNTS_FILE]
        if (file === undefined) return
        let passed = 0
        let failed = unhandledErrors.length
        const count = (node: TestCase | TestModule | TestSuite): void => {
            if (node.type === "test") {
                const { state } = node.result()
                if (state === "passed") passed++
                if (state === "failed") failed++
                return
            }
            failed += node.errors().length
            for (const child of node.children) count(child)
        }
        modules.forEach(count)
        writeFileSync(file, `${passed} passed, ${failed} failed\n`)
    }
}
