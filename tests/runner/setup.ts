/**
 * Before each test file: properties draw their inputs from a fixed seed, so that
 * a run of the suite does the same on every day and machine. A property that
 * states a seed of its own keeps it. Commands keep what they remember in a folder
 * of the test's own. And what the file costs is measured, for `npm run test:times`.
 * A worker that ends in the middle says where.
 */
import { mkdtempSync, rmSync, writeSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import fc from "fast-check"
import { afterAll, beforeEach, expect } from "vitest"
import { INTERRUPT_LISTENER } from "../../tools/cli/interrupt.js"
import { usage } from "./usage.js"

fc.configureGlobal({ seed: 20_240_115 })

/** A command that still runs would take the next file's Ctrl-C for its second, and end the worker. */
const listeners = new Set(process.listeners("SIGINT"))
afterAll(async () => {
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
    const left = process
        .listeners("SIGINT")
        .filter(listener => listener.name === INTERRUPT_LISTENER && !listeners.has(listener))
    for (const listener of left) process.off("SIGINT", listener)
    expect(left.length, "commands of this file that still wait for Ctrl-C").toBe(0)
})

/**
 * Listeners remember what they had by the broker's port, and ports come again: a frame
 * of another test, or of another day, would have been there already.
 */
const stateHome = mkdtempSync(path.join(os.tmpdir(), "suitcase-state-"))
let tests = 0
beforeEach(() => {
    tests++
    for (const name of ["XDG_STATE_HOME", "LOCALAPPDATA"])
        process.env[name] = path.join(stateHome, String(tests))
})
afterAll(() => rmSync(stateHome, { recursive: true, force: true }))

const before = usage()
// eslint-disable-next-line no-empty-pattern -- vitest wants a pattern here
afterAll(({}, file) => {
    const after = usage()
    file.meta.cost = {
        worker: process.pid,
        cpuSeconds: after.cpuSeconds - before.cpuSeconds,
        childSeconds: after.childSeconds - before.childSeconds,
        memoryBytes: after.memoryBytes,
    }
})

const STDERR = 2
/** Set in a worker that has the listener: workers are shared by files. */
const SAYS = "SUITCASE_WORKER_SAYS_ITS_END"
if (process.env[SAYS] !== String(process.pid)) {
    process.env[SAYS] = String(process.pid)
    process.on("exit", code => {
        if (code !== 0)
            writeSync(
                STDERR,
                `worker ended with ${code} in: ${expect.getState().currentTestName}\n`
            )
    })
}
