/** The kit's day: `npm test` runs one use, .ci/run all of them for 20 minutes. */
import { describe, expect, it } from "vitest"
import { USES } from "../../../sim/apps/uses.js"
import { minutes } from "../../../sim/time/duration.js"
import { placeKind } from "../../../sim/worlds/registry.js"
import { fakeTerminal } from "../../../tests/support/fake-terminal.js"
import { IS_WHOLE } from "../../../tests/runner/whole.js"
import { UsageError } from "../errors.js"
import { worldOf, type SimFlags } from "./flags.js"
import { simulateKit } from "./kit-day.js"

const FLAGS: SimFlags = {
    broker: "embedded",
    devices: 1,
    fault: [],
    store: "none",
    for: minutes(20),
}
const uses = IS_WHOLE ? USES : USES.filter(({ app }) => app === "indoor-climate")

describe("the uses of the suitcase", () => {
    it("have a place each, and no application twice", () => {
        for (const { app, place } of USES)
            expect(placeKind(place), `${app}: ${place}`).toBeDefined()
        expect(new Set(USES.map(({ app }) => app)).size).toBe(USES.length)
    })
})

// Compiling ten programs takes half a minute where nothing else runs.
describe("the kit's day", { timeout: 300_000 }, () => {
    it("loses nothing, and ends with a table for each use", async () => {
        const terminal = fakeTerminal()
        expect(await simulateKit(FLAGS, terminal, uses)).toBe(0)
        expect(terminal.out.text).toMatch(/indoor-climate — a classroom/)
        expect(terminal.out.text).toMatch(/temperature .* °C │ +2[01] │ +[+-]\d/)
        expect(terminal.out.text).toMatch(/\d+ nodes?, 20 min in \d+ s.*lost 0/)
        const headings = terminal.out.lines.filter(line => / — /.test(line))
        const there = headings.map(line => line.split(" ")[0])
        for (const { app, sensors } of uses) if (sensors !== undefined) expect(there).toContain(app)
    })

    it("says the same as JSON, the same for the same seed", async () => {
        const runs = [1, 2].map(async () => {
            const terminal = fakeTerminal()
            await simulateKit({ ...FLAGS, json: true, seed: 3 }, terminal, uses.slice(0, 2))
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
            const attempt = simulateKit({ ...FLAGS, ...more }, fakeTerminal(), uses)
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
