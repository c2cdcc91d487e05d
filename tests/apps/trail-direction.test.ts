/** What docs/apps/trail-counter.md promises of two inputs, with its kit file word for word. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { PROJECT_ROOT } from "../../sim/program/project.js"
import { hours, minutes } from "../../sim/time/duration.js"
import { type PlaceKind } from "../../sim/worlds/place.js"
import { trail } from "../../sim/worlds/trail.js"
import { compileNamed, programOfNode, surroundingsOf } from "../../tools/cli/apps.js"
import { SimSession } from "../../tools/cli/sim/session.js"
import { type Reading } from "../../tools/decoder/index.js"
import { kitOf } from "../kit/kit-bench.js"
import { measured } from "../support/measured.js"

const START = new Date("2024-05-14T06:00:00Z")
const QUARTER = minutes(15)
/** A class that comes home: twelve, each 0.9 s behind the other. */
const BUNCHES = [minutes(20), minutes(50)]
const inBunches: PlaceKind = {
    ...trail,
    create: options => trail.create({ ...options, incidents: { bunch: BUNCHES } }),
}

const page = readFileSync(path.join(PROJECT_ROOT, "docs/apps/trail-counter.md"), "utf8")
const entry = /```yaml\n([^`]*)```/.exec(page)?.[1] ?? ""
const kit = await kitOf(
    `version: 1\nsites:\n  - name: park\n    kits:\n      - name: suitcase-1\n        nodes:\n${entry.replaceAll(/^/gm, "          ").trimEnd()}\n`
)
const named = await programOfNode(kit.nodes[0])
const program = compileNamed(named, { target: "board" })
const app = (await surroundingsOf(named)) ?? expect.fail("no parts")

let session: SimSession | undefined
afterEach(() => session?.close())

/** Rows by channel: [Unix ms, count]. */
class Counts {
    private readonly rows = new Map<string, Map<number, number>>()

    note({ channel, time, value }: Reading): void {
        const rows = this.rows.get(channel) ?? new Map<number, number>()
        this.rows.set(channel, value === undefined ? rows : rows.set(time, value))
    }

    of(channel: string): readonly (readonly [number, number])[] {
        return [...(this.rows.get(channel) ?? [])].sort(([a], [b]) => a - b)
    }
}

describe("a path with two inputs", () => {
    it("has the direction of at least 95 in 100 who pass, never a wrong one, and all of them within 3 %, within 10 % in bunches", async () => {
        const counts = new Counts()
        session = await SimSession.open({
            app,
            program,
            place: inBunches,
            start: START,
            onReading: reading => counts.note(reading),
        })
        await session.run(hours(3) + minutes(1))
        expect((await session.finish()).readingsLost).toBe(0)
        const [around] = session.surroundings.values()
        const truth = (channel: string, from: number, to: number) =>
            around.truths[channel].at(to) - around.truths[channel].at(from)
        const rows = counts.of("count_in")
        const [from, to] = [rows[0][0], rows[rows.length - 1][0]]
        expect(to - from, "ms between the first row and the last").toBeGreaterThanOrEqual(
            hours(3) - QUARTER
        )
        const counted = (channel: string, i: number, before: number) =>
            counts.of(channel)[i][1] - counts.of(channel)[before][1]
        const last = rows.length - 1
        const trueIn = truth("count_in", from, to)
        const trueOut = truth("count_out", from, to)
        const got = ["count_in", "count_out", "count_unclear"].map(name => counted(name, last, 0))
        const text = `${got.join(" in, ")} unclear of ${trueIn} in, ${trueOut} out`
        measured(text)
        expect(trueIn, text).toBeGreaterThan(500)
        expect(got[0], text).toBeLessThanOrEqual(trueIn)
        expect(got[1], text).toBeLessThanOrEqual(trueOut)
        expect((got[0] + got[1]) / (trueIn + trueOut), text).toBeGreaterThan(0.95)
        const all = got[0] + got[1] + got[2]
        expect(Math.abs(all - trueIn - trueOut) / (trueIn + trueOut), text).toBeLessThan(0.03)
        for (let i = 1; i <= last; i++)
            for (const channel of ["count_in", "count_out"]) {
                const passed = truth(channel, rows[i - 1][0], rows[i][0])
                // One may be between the inputs when the row is taken.
                expect(counted(channel, i, i - 1), `${channel}, row ${i}`).toBeLessThanOrEqual(
                    passed + 1
                )
            }
        for (const at of BUNCHES) {
            const i = rows.findIndex(([ms]) => ms > START.getTime() + at)
            const bunch = truth("count_in", rows[i - 1][0], rows[i][0])
            const told = counted("count_in", i, i - 1)
            expect(Math.abs(told - bunch) / bunch, `${told} of ${bunch}`).toBeLessThan(0.1)
        }
    })
})
