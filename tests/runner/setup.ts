/**
 * Before each test file: properties draw their inputs from a fixed seed, so that
 * a run of the suite does the same on every day and machine. A property that
 * states a seed of its own keeps it. And what the file costs is measured, for
 * `npm run test:times`.
 */
import fc from "fast-check"
import { afterAll } from "vitest"
import { usage } from "./usage.js"

fc.configureGlobal({ seed: 20_240_115 })

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
