/**
 * `npm run soak`: the long forms of the tests, one part after the other, a night
 * in all. Names limit it to some: `npm run soak -- campaigns`. `--help` lists
 * them. Ctrl-C ends it, and the summary tells what was done until then.
 */
import "./install.mjs"
import { spawn } from "node:child_process"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { PARTS } from "./soak/parts.mjs"

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..")
const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs")
const IS_WINDOWS = process.platform === "win32"
/** For tests that set no limit of their own: longer than any takes on a busy machine. */
const TEST_TIMEOUT_MS = 3_600_000
const EXIT_USAGE = 2
const EXIT_INTERRUPTED = 130
/** Under npm run Ctrl-C comes twice, see tools/cli/interrupt.ts; ms. */
const ECHO_MS = 500

/** The vitest at work, if there is one. */
let child
/** When Ctrl-C came first, ms; undefined as long as it did not. */
let interruptedAt

function durationText(minutes) {
    return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

/** Numbers of a part, with those that the environment sets. */
function numbersOf({ env }) {
    return Object.entries(env).map(([name, usual]) => `${name}=${process.env[name] ?? usual}`)
}

function printHelp() {
    const total = PARTS.reduce((sum, part) => sum + part.minutes, 0)
    console.log(`Usage: npm run soak -- [part …]

The long forms of the tests; without a part all of them, about ${durationText(total)} on an idle
machine. Numbers come from the environment; with the same numbers a part does the same again.
SUITCASE_CAMPAIGN_SEED, SUITCASE_FUZZ_SEED and SUITCASE_LINKER_SEED are the date unless they are set.

Parts:`)
    for (const part of PARTS) {
        console.log(`  ${part.name}: ${part.what}; about ${durationText(part.minutes)}`)
        for (const number of numbersOf(part)) console.log(`      ${number}`)
    }
}

/** Ends vitest together with its workers, which would go on alone. */
function kill(signal) {
    if (child?.pid === undefined) return
    try {
        if (IS_WINDOWS) child.kill(signal)
        else process.kill(-child.pid, signal)
    } catch {
        // It ended by itself meanwhile.
    }
}

function interrupt() {
    if (interruptedAt === undefined) {
        interruptedAt = Date.now()
        kill("SIGTERM")
    } else if (Date.now() - interruptedAt > ECHO_MS) kill("SIGKILL")
}

/** @returns whether all tests of the part passed, and how many did until it ended */
function runPart({ files, env }) {
    let tests = 0
    return new Promise(resolve => {
        child = spawn(
            process.execPath,
            // A line for each test as soon as it ends: that much is known of a night that was cut short.
            [vitest, "run", "--reporter=verbose", `--testTimeout=${TEST_TIMEOUT_MS}`, ...files],
            {
                cwd: root,
                env: { ...env, ...process.env },
                stdio: ["ignore", "pipe", "inherit"],
                // A process group of its own, so that the workers can be ended too.
                detached: !IS_WINDOWS,
            }
        )
        child.stdout.on("data", data => {
            process.stdout.write(data)
            tests += data.toString().match(/✓/g)?.length ?? 0
        })
        child.once("error", error => {
            console.error(error.message)
            resolve({ isPassed: false, tests })
        })
        // What it printed has come by then.
        child.once("close", code => resolve({ isPassed: code === 0, tests }))
        // Workers that were at work when it was ended.
        child.once("exit", () => interruptedAt !== undefined && kill("SIGKILL"))
    })
}

async function runParts(parts) {
    const results = []
    for (const part of parts) {
        if (interruptedAt !== undefined) break
        console.log(`\n▶ ${part.name}: ${part.what}; about ${durationText(part.minutes)}`)
        console.log(`  ${numbersOf(part).join(" ")}`)
        const start = Date.now()
        const { isPassed, tests } = await runPart(part)
        const result = interruptedAt !== undefined ? "interrupted" : isPassed ? "passed" : "FAILED"
        const seconds = Math.round((Date.now() - start) / 1000)
        const done = result === "passed" ? "" : `, ${tests} tests had passed`
        results.push({ result, text: `■ ${part.name}: ${result} after ${seconds} s${done}` })
    }
    return results
}

const wanted = process.argv.slice(2)
if (wanted.includes("--help") || wanted.includes("-h")) {
    printHelp()
    process.exit(0)
}
const unknown = wanted.find(name => !PARTS.some(part => part.name === name))
if (unknown !== undefined) {
    const names = PARTS.map(part => part.name).join(", ")
    console.error(`soak: no part "${unknown}"; there are ${names}. --help tells more.`)
    process.exit(EXIT_USAGE)
}

process.on("SIGINT", interrupt)
process.on("SIGTERM", interrupt)
const parts = PARTS.filter(part => wanted.length === 0 || wanted.includes(part.name))
const results = await runParts(parts)
console.log("")
for (const { text } of results) console.log(text)
for (const { name } of parts.slice(results.length)) console.log(`■ ${name}: not run`)
if (interruptedAt !== undefined) process.exit(EXIT_INTERRUPTED)
process.exit(results.some(({ result }) => result !== "passed") ? 1 : 0)
