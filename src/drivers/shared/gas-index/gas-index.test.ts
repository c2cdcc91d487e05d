import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compile } from "../../../../sim/program/compile.js"
import { World } from "../../../../sim/world/world.js"
import { ReferenceGasIndex } from "../../../../tests/support/gas-index-reference.js"
import { SCENARIOS, samplesOf } from "../../../../tests/support/gas-index-scenarios.js"
import { GasIndex, NOX, VOC } from "./gas-index.js"

const KINDS = [
    ["voc", 1],
    ["voc", 10],
    ["nox", 1],
    ["nox", 10],
] as const

function make(kind: "voc" | "nox", seconds: number): GasIndex {
    return new GasIndex(kind === "voc" ? VOC : NOX, seconds)
}

/** The index before it is rounded. */
function exact(index: GasIndex): number {
    return (index as unknown as { index: number }).index / 2 ** 20
}

/** Largest difference to the reference, in points, before and after rounding. */
function worstOf(kind: "voc" | "nox", seconds: number, ticks: readonly number[]): [number, number] {
    const index = make(kind, seconds)
    const reference = new ReferenceGasIndex(kind, seconds)
    let [before, after] = [0, 0]
    for (const sample of ticks) {
        after = Math.max(after, Math.abs(index.process(sample) - reference.process(sample)))
        before = Math.max(before, Math.abs(exact(index) - reference.exact))
    }
    return [before, after]
}

describe("gas index", () => {
    it.each([1, 10])(
        "goes on from a kept state, every %i s, as the published maths does",
        seconds => {
            // Usual air that sways, and an event an hour after the interruption.
            const ticks = (s: number) =>
                Math.round(29_000 + 300 * Math.sin(s / 900) - (s > 18_000 && s < 19_800 ? 2500 : 0))
            const before = make("voc", seconds)
            const referenceBefore = new ReferenceGasIndex("voc", seconds)
            for (let s = 0; s < 14_400; s += seconds) {
                before.process(ticks(s))
                referenceBefore.process(ticks(s))
                if (s < 10_800 || s > 10_900)
                    expect(before.isSettled(), `after ${s} s`).toBe(s > 10_800)
            }
            const record = new Uint8Array(9)
            before.save(record, 1)
            const restored = make("voc", seconds)
            restored.restore(record, 1)
            const reference = new ReferenceGasIndex("voc", seconds)
            reference.setStates(referenceBefore.states)
            const anew = make("voc", seconds)
            let [worst, worstAnew] = [0, 0]
            for (let s = 14_400; s < 21_600; s += seconds) {
                restored.process(ticks(s))
                anew.process(ticks(s))
                reference.process(ticks(s))
                worst = Math.max(worst, Math.abs(exact(restored) - reference.exact))
                worstAnew = Math.max(worstAnew, Math.abs(exact(anew) - reference.exact))
            }
            expect(worst, "index points").toBeLessThan(0.05)
            expect(worstAnew, "index points, begun anew").toBeGreaterThan(50)
        }
    )

    it("takes a kept state to the last bit", () => {
        const index = make("voc", 10)
        for (let i = 0; i < 2000; i++) index.process(25_000 + ((i * 7919) & 4095))
        const record = new Uint8Array(8)
        index.save(record, 0)
        const restored = make("voc", 10)
        restored.restore(record, 0)
        const again = new Uint8Array(8)
        restored.save(again, 0)
        expect([...again]).toEqual([...record])
    })

    describe.each(KINDS)("of %s every %i s", (kind, seconds) => {
        it.each(SCENARIOS.map(scenario => [scenario.name, scenario] as const))(
            "stays with the published maths over %s",
            (_name, scenario) => {
                const [before, after] = worstOf(kind, seconds, samplesOf(scenario, kind, seconds))
                expect(before, "index points").toBeLessThan(scenario.tolerance ?? 0.05)
                expect(after, "index points, rounded").toBeLessThanOrEqual(1)
            }
        )

        it("stays with it whatever comes, and within 1 … 500 after the first 45 s", () => {
            const ticks = fc.integer({ min: 0, max: 65_535 })
            const runs = fc.array(fc.tuple(ticks, fc.integer({ min: 1, max: 400 })), {
                minLength: 1,
                maxLength: 12,
            })
            fc.assert(
                fc.property(runs, pieces => {
                    const samples = pieces.flatMap(([value, count]) =>
                        new Array<number>(count).fill(value)
                    )
                    expect(worstOf(kind, seconds, samples)[0]).toBeLessThan(0.05)
                    const index = make(kind, seconds)
                    const blackout = Math.floor(45 / seconds) + 1
                    samples.forEach((sample, i) => {
                        const value = index.process(sample)
                        if (i < blackout) expect(value).toBe(0)
                        else expect(value >= 1 && value <= 500, `${value}`).toBe(true)
                    })
                }),
                { numRuns: 60, seed: 20_261 }
            )
        })

        it("starts anew after a reset", () => {
            const used = make(kind, seconds)
            for (let i = 0; i < 5000; i++) used.process(25_000 + (i % 700))
            used.reset()
            const fresh = make(kind, seconds)
            for (let i = 0; i < 1000; i++) {
                expect(used.process(31_000 - i)).toBe(fresh.process(31_000 - i))
                expect(exact(used)).toBe(exact(fresh))
            }
        })
    })

    it("gives what the tests of the published package expect: 100 and 1 after 200 equal samples", () => {
        for (const [kind, usual] of [
            ["voc", 100],
            ["nox", 1],
        ] as const) {
            const index = make(kind, 1)
            for (let i = 0; i < 200; i++) index.process(1337)
            expect(index.process(1337)).toBe(usual)
        }
    })

    it("rises with organic compounds, which lower the signal, and with nitrogen oxides", () => {
        for (const [kind, direction] of [
            ["voc", -1],
            ["nox", 1],
        ] as const) {
            const index = make(kind, 1)
            for (let i = 0; i < 7200; i++) index.process(25_000)
            const usual = index.process(25_000)
            let event = 0
            for (let i = 0; i < 120; i++) event = index.process(25_000 + direction * 6000)
            expect(event, kind).toBeGreaterThan(usual + 10)
        }
    })

    it("refuses other intervals than the published code was tested for", () => {
        for (const seconds of [0, 2, 60, -1, NaN])
            expect(() => new GasIndex(VOC, seconds)).toThrow(RangeError)
    })
})

describe("gas index on the board's arithmetic", () => {
    const SAMPLES = 3000

    function ticksAt(i: number): number {
        return i < 1500 ? 30_000 + ((i * 7919) & 63) : 20_000 + ((i * 104_729) & 16_383)
    }

    it("is the same as in Node, to the last bit of its state", async () => {
        const here = KINDS.map(([kind, seconds]) => {
            const index = make(kind, seconds)
            let digest = 1
            for (let i = 0; i < SAMPLES; i++) {
                index.process(ticksAt(i))
                digest = (Math.imul(digest, 31) + Math.floor(exact(index) * 2 ** 20)) | 0
            }
            return digest
        })
        const source = `import * as ds from "@devicescript/core"
import { GasIndex } from "../src/drivers/shared/gas-index/gas-index.js"
for (let n = 0; n < 4; n++) {
    const index = new GasIndex(n >> 1, (n & 1) === 0 ? 1 : 10)
    let digest = 1
    for (let i = 0; i < ${SAMPLES}; i++) {
        index.process(i < 1500 ? 30000 + ((i * 7919) & 63) : 20000 + ((i * 104729) & 16383))
        digest = (Math.imul(digest, 31) + (index as any).index) | 0
        if ((i & 31) === 0) await ds.sleep(1)
    }
    console.log("DIGEST " + digest)
}
`
        const world = new World()
        const node = world.addNode({ program: compile("devs/gas-index.ts", { source }) })
        const digests: number[] = []
        node.onConsole = line => {
            if (line.startsWith("DIGEST ")) digests.push(Number(line.slice(7)))
        }
        await world.runUntil(() => digests.length === KINDS.length, 600_000)
        expect(digests).toEqual(here)
    })
})
