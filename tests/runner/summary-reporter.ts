/**
 * What a run of tests amounts to. For people, a line for each program whose
 * absence let tests be skipped. For .ci/run, whose last line is that count, the
 * number of passed and failed tests: a file that does not load, a hook that fails
 * and an error outside of any test each count as one failed test, so that a broken
 * run never looks like a good one; where nothing may be skipped, so does each
 * skipped test. And what failed, with its message, so that .ci/run can end with it:
 * of a long log often only the end is kept.
 */
import { appendFileSync, writeFileSync } from "node:fs"
import { stripVTControlCharacters } from "node:util"
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node"
import { neededBy, wantedBy } from "./needs.js"

/** Environment variable with the file to write; without it nothing is written. */
const COUNTS_FILE = "SUITCASE_TEST_COUNTS"
/** Environment variable with the file to add what failed to; without it nothing is added. */
const FAILURES_FILE = "SUITCASE_TEST_FAILURES"
/** Environment variable that lets no test be skipped. */
const NO_SKIPS = "SUITCASE_NO_SKIPS"
/** Names of skipped tests that are shown. */
const SHOWN = 10
/** Lines of a failure's message and stack that are kept. */
const LINES_OF_FAILURE = 12

export default class SummaryReporter implements Reporter {
    onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
        let passed = 0
        let failed = unhandledErrors.length
        const skipped: string[] = []
        const failures = unhandledErrors.map(error => failureOf("outside of any test", [error]))
        const count = (node: TestCase | TestModule | TestSuite): void => {
            if (node.type === "test") {
                const { state, errors } = node.result()
                if (state === "passed") passed++
                if (state === "failed") {
                    failed++
                    failures.push(failureOf(whereIs(node), errors ?? []))
                }
                if (state === "pending") failures.push(`${whereIs(node)}\n    has no result`)
                if (state === "skipped") skipped.push(node.fullName)
                return
            }
            const errors = node.errors()
            failed += errors.length
            if (errors.length > 0) failures.push(failureOf(whereIs(node), errors))
            for (const child of node.children) count(child)
        }
        modules.forEach(count)
        sayWhatIsMissing(skipped)
        const unexcused = skipped.filter(name => wantedBy(name) === undefined)
        if (process.env[NO_SKIPS] !== undefined && unexcused.length > 0) {
            failed += unexcused.length
            process.exitCode = 1
            say(`${unexcused.length} skipped, and here nothing may be:`)
            for (const name of unexcused.slice(0, SHOWN)) say(`  ${name}`)
        }
        const file = process.env[COUNTS_FILE]
        if (file !== undefined) writeFileSync(file, `${passed} passed, ${failed} failed\n`)
        const failuresFile = process.env[FAILURES_FILE]
        if (failuresFile !== undefined && failures.length > 0)
            appendFileSync(failuresFile, `${failures.join("\n")}\n`)
    }
}

function whereIs(node: TestCase | TestModule | TestSuite): string {
    if (node.type === "module") return node.relativeModuleId
    return `${node.module.relativeModuleId} > ${node.fullName}`
}

function failureOf(where: string, errors: readonly unknown[]): string {
    const lines = errors.flatMap(error =>
        stripVTControlCharacters(textOf(error)).split("\n").slice(0, LINES_OF_FAILURE)
    )
    return [where, ...lines.map(line => `    ${line}`)].join("\n")
}

function textOf(error: unknown): string {
    const { message, stack } = error as { message?: string; stack?: string }
    return stack ?? message ?? String(error)
}

/** One line for each missing program. */
function sayWhatIsMissing(skipped: readonly string[]): void {
    for (const [program, tests] of countsBy(skipped, neededBy))
        say(
            `${tests} ${tests === 1 ? "test" : "tests"} skipped: ${program} is not installed ` +
                `(Debian, Ubuntu: apt-get install ${program})`
        )
    for (const [name, tests] of countsBy(skipped, wantedBy))
        say(
            `${tests} ${tests === 1 ? "test" : "tests"} skipped: ${name} is not installed, and ` +
                "need not be (docs/testing.md)"
        )
}

function countsBy(
    skipped: readonly string[],
    reasonOf: (fullName: string) => string | undefined
): Map<string, number> {
    const counts = new Map<string, number>()
    for (const name of skipped) {
        const reason = reasonOf(name)
        if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
    }
    return counts
}

function say(text: string): void {
    process.stdout.write(`${text}\n`)
}
