/** The kit's day: `npm test` runs one use, .ci/run all of them through two hours of a morning. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../../sim/program/project.js"
import { USES } from "../../../sim/apps/uses.js"
import { hours, minutes } from "../../../sim/time/duration.js"
import { placeKind } from "../../../sim/worlds/registry.js"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { IS_WHOLE } from "../../../tests/runner/whole.js"
import { UsageError } from "../errors.js"
import { worldOf, type SimFlags } from "./flags.js"
import { compileUses, simulateKit, type UseResult } from "./kit-day.js"

const FLAGS: SimFlags = {
    broker: "embedded",
    devices: 1,
    fault: [],
    store: "none",
    for: minutes(20),
    seed: 2,
}
/** Lessons, offices and traffic begin. */
const MORNING = new Date("2024-01-15T07:00:00Z")
const quiet = fakeTerminal()
const uses = await compileUses(
    IS_WHOLE ? USES : USES.filter(({ app }) => app === "indoor-climate"),
    quiet
)

/** The table of docs/worlds.md: application, channel, and what 95 of 100 readings are within. */
const BOUNDS = new Map(
    [
        ...readFileSync(path.join(PROJECT_ROOT, "docs/worlds.md"), "utf8").matchAll(
            /^\| `([a-z-]+)` +\| `([a-z0-9_]+)` +\| +([\d.]+)[ |]/gm
        ),
    ].map(([, app, channel, bound]) => [`${app} ${channel}`, Number(bound)])
)

async function resultsOf(flags: SimFlags): Promise<UseResult[]> {
    const terminal = fakeTerminal()
    const options = { uses, start: MORNING }
    expect(await simulateKit({ ...flags, json: true }, terminal, options)).toBe(0)
    return (JSON.parse(terminal.out.text) as { uses: UseResult[] }).uses
}

describe("the uses of the suitcase", () => {
    it("have a place each, and no application twice", () => {
        for (const { app, place } of USES)
            expect(placeKind(place), `${app}: ${place}`).toBeDefined()
        expect(new Set(USES.map(({ app }) => app)).size).toBe(USES.length)
    })
})

// Compiling ten programs takes half a minute where nothing else runs.
describe("the kit's day", { timeout: 300_000 }, () => {
    it("reads what is true within the bounds of docs/worlds.md, or says why nothing is compared", async () => {
        const results = await resultsOf({ ...FLAGS, for: IS_WHOLE ? hours(2) : minutes(20) })
        expect(results.map(({ app }) => app)).toEqual(uses.map(({ app }) => app))
        const bad: string[] = []
        for (const { app, lost, truth } of results) {
            expect(lost, `${app}: readings lost`).toBe(0)
            for (const { channel, p95, unit, readings } of truth.channels) {
                const bound = BOUNDS.get(`${app} ${channel}`)
                if (readings === 0) bad.push(`${app} ${channel}: nothing was compared`)
                if (bound === undefined) bad.push(`${app} ${channel}: docs/worlds.md has no bound`)
                else if (p95 > bound)
                    bad.push(`${app} ${channel}: off by ${p95} ${unit}, bound ${bound}`)
            }
            for (const { channel, reason } of truth.unknown)
                if (reason === undefined)
                    bad.push(`${app} ${channel}: no truth in its place, and no reason why not`)
            const { shows } = USES.find(use => use.app === app) ?? {}
            if (
                shows !== undefined &&
                ![...truth.channels, ...truth.unknown].some(({ channel }) => channel === shows)
            )
                bad.push(`${app}: shows ${shows}, which it does not measure`)
        }
        expect(bad).toEqual([])
        if (!IS_WHOLE) return
        const measured = results.flatMap(({ app, truth }) =>
            truth.channels.map(({ channel }) => `${app} ${channel}`)
        )
        expect([...BOUNDS.keys()].filter(name => !measured.includes(name))).toEqual([])
    })

    it("loses nothing, and ends with a table for each use, in 80 columns", async () => {
        const terminal = fakeTerminal()
        expect(await simulateKit(FLAGS, terminal, { uses: uses.slice(0, 2) })).toBe(0)
        expect(terminal.out.text).toMatch(/indoor-climate — a classroom/)
        expect(terminal.out.text).toMatch(/temperature .* °C │ +(1[67]|2[01]) │ +[+-]\d/)
        expect(terminal.out.text).toMatch(/\d+ nodes?, 20 min in \d+ s.*lost 0/)
        for (const line of terminal.out.lines) expect(line.length, line).toBeLessThanOrEqual(80)
    })

    it("says the same as JSON, the same for the same seed", async () => {
        const runs = [1, 2].map(async () => {
            const terminal = fakeTerminal()
            const flags = { ...FLAGS, json: true as const, seed: 3 }
            await simulateKit(flags, terminal, { uses: uses.slice(0, 2) })
            return JSON.parse(terminal.out.text) as Record<string, unknown>
        })
        const [one, two] = await Promise.all(runs)
        expect({ ...two, wallSeconds: 0 }).toEqual({ ...one, wallSeconds: 0 })
        expect(one["uses"]).toContainEqual(
            expect.objectContaining({ app: "indoor-climate", place: "room", lost: 0 })
        )
    })

    it("refuses what one node has and a kit has not", async () => {
        for (const [more, name] of [
            [{ devices: 2 }, "--devices"],
            [{ world: "room" }, "--world"],
            [{ trace: "x.csv" }, "--trace"],
            [{ broker: "mqtt://localhost" }, "--broker"],
        ] as const) {
            const attempt = simulateKit({ ...FLAGS, ...more }, fakeTerminal(), { uses })
            await expect(attempt).rejects.toThrow(new RegExp(`leave out ${name}`))
            await expect(attempt).rejects.toThrow(UsageError)
        }
    })
})

describe("a world", () => {
    it("is one that there is, and excludes a recording", () => {
        expect(worldOf(FLAGS)).toBeUndefined()
        expect(worldOf({ ...FLAGS, world: "bin" })?.name).toBe("bin")
        expect(() => worldOf({ ...FLAGS, world: "moon" })).toThrow(
            /no world "moon"; there are room/
        )
        expect(() => worldOf({ ...FLAGS, world: "bin", trace: "x.csv" })).toThrow(UsageError)
    })
})
