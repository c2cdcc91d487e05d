/**
 * docs/frame-format.md is complete: a decoder written from it alone gives what
 * the project's own gives, and its tables are the project's.
 */
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { slices } from "../../bench/codec/frames.js"
import { TRACES, loadSeries, tracesFolder } from "../../tools/scripts/codec/traces.js"
import { decodeFrame } from "../../src/core/frame/decoder.js"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { TABLES } from "../../src/core/frame/tables.js"
import { QUALITY_SKIPPED } from "../../src/core/quality.js"
import { PROJECT_ROOT } from "../../sim/program/compile.js"
import { decodeByTheDocument } from "./reference-decoder.js"

const VECTORS = path.join(PROJECT_ROOT, "docs", "test-vectors")

/** The tables of tables.json as the bytes they have in src/core/frame/tables.ts. */
function tablesOf(json: string): Record<string, number[]> {
    const { curve = [], steps = [], ...others } = JSON.parse(json) as Record<string, number[]>
    const byte = (word: number, i: number) => Math.floor(word / 256 ** i) % 256
    return {
        ...others,
        curveLow: curve.map(chance => byte(chance, 0)),
        curveHigh: curve.map(chance => byte(chance, 1)),
        steps: steps.flatMap(step => [0, 1, 2, 3].map(i => byte(step, i))),
    }
}

/** Both decoders on one frame, in one form. */
function bothOn(bytes: Uint8Array): [unknown, unknown] {
    const { times, values, qualities, ...head } = decodeFrame(bytes)
    const { rows, ...documented } = decodeByTheDocument(bytes)
    return [
        { ...head, times, values, qualities },
        {
            ...documented,
            rows: rows.length,
            times: rows.map(row => row.time),
            values: rows.flatMap(row => row.values),
            qualities: rows.flatMap(row => row.qualities),
        },
    ]
}

function expectAgreement(bytes: Uint8Array): void {
    const [ours, documented] = bothOn(bytes)
    expect(documented).toEqual(ours)
}

/** A few values at uneven distances, as levels and converted counts are. */
const level = fc.constantFrom(0, 7, 19, 23, 250, -4000, 70_000, 71_234, -(2 ** 31))
const cell = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -40, max: 40 }) },
    { weight: 2, arbitrary: fc.constant(7) },
    fc.integer({ min: -3000, max: 3000 }).map(v => v * 5),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
)
const channelCount = fc.integer({ min: 1, max: 6 })
const rowsOfAny = fc.tuple(channelCount, fc.constantFrom(cell, level)).chain(([channels, value]) =>
    fc.array(
        fc.record({
            gap: fc.oneof({ weight: 6, arbitrary: fc.constant(60) }, fc.nat(100_000)),
            values: fc.array(value, { minLength: channels, maxLength: channels }),
            qualities: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 1, 8, 15), {
                minLength: channels,
                maxLength: channels,
            }),
        }),
        { minLength: 1, maxLength: 60 }
    )
)

describe("a decoder written from docs/frame-format.md", () => {
    it("has the tables of the codec", () => {
        const documented = readFileSync(path.join(VECTORS, "tables.json"), "utf8")
        const tables = Object.entries(TABLES) as [string, number[]][]
        expect(tablesOf(documented)).toEqual(
            Object.fromEntries(tables.map(([name, table]) => [name, Array.from(table)]))
        )
    })

    it("agrees on every test vector", () => {
        const vectors = JSON.parse(
            readFileSync(path.join(VECTORS, "frames.json"), "utf8")
        ) as readonly { hex: string }[]
        expect(vectors.length).toBeGreaterThan(5)
        for (const { hex } of vectors) expectAgreement(Uint8Array.from(Buffer.from(hex, "hex")))
    })

    const buffer = new Uint8Array(40_000)
    const recorded = TRACES.filter(spec =>
        existsSync(path.join(tracesFolder(), `${spec.file}.csv`))
    )
    it.each(recorded)("agrees on frames of the recording $file", spec => {
        let frames = 0
        for (const { table, from, to } of slices(loadSeries(tracesFolder(), spec), 200)) {
            const { channels } = table
            const encoder = new FrameEncoder(buffer, channels, 1)
            encoder.begin(2, frames, true)
            for (let r = from; r < to; r++) {
                const at = r * channels
                const values = Array.from(table.values.subarray(at, at + channels))
                const gaps = Array.from(table.gaps.subarray(at, at + channels))
                const qualities = gaps.map(gap => gap * QUALITY_SKIPPED)
                expect(encoder.add(table.times[r] >>> 0, values, qualities)).toBe(true)
            }
            expectAgreement(buffer.slice(0, encoder.finish()))
            frames++
            if (frames === 4) break
        }
    })

    it("agrees on frames of any rows: repeats, grids, jumps, gaps, irregular times", () => {
        fc.assert(
            fc.property(rowsOfAny, rows => {
                const channels = rows[0]?.values.length ?? 0
                const encoder = new FrameEncoder(buffer, channels, 1)
                encoder.begin(2, 3, false)
                let time = 4_294_900_000
                for (const row of rows) {
                    time = (time + row.gap) % 2 ** 32
                    expect(encoder.add(time, row.values, row.qualities)).toBe(true)
                }
                expectAgreement(buffer.slice(0, encoder.finish()))
            }),
            { seed: 1, numRuns: 150 }
        )
    })

    it("agrees on what any flipped bit makes of a frame: another schema, or none at all", () => {
        const encoder = new FrameEncoder(buffer, 2, 1)
        encoder.begin(2, 3, true)
        for (let r = 0; r < 12; r++) encoder.add(60 * r, [2100 + r * r, -5 * (r & 3)], [0, 0])
        const good = buffer.slice(0, encoder.finish())
        let others = 0
        for (let bit = 0; bit < 8 * good.length; bit++) {
            const bytes = Uint8Array.from(good)
            bytes[bit >> 3] ^= 1 << (bit & 7)
            try {
                decodeFrame(bytes)
            } catch {
                expect(() => decodeByTheDocument(bytes), `bit ${bit}`).toThrow()
                continue
            }
            expectAgreement(bytes)
            expect(decodeByTheDocument(bytes).schemaId, `bit ${bit}`).not.toBe(1)
            others++
        }
        expect(others, "flips that give another schema").toBeGreaterThan(8 * (8 + 2) - 10)
    })

    it("agrees on how rows of steady values end, whatever their number", () => {
        const encoder = new FrameEncoder(buffer, 2, 1)
        for (let rows = 1; rows < 400; rows++) {
            encoder.begin(2, 3, false)
            for (let r = 0; r < rows; r++) encoder.add(60 * r, [2100, -5], [0, 0])
            const bytes = buffer.slice(0, encoder.finish())
            expect(decodeByTheDocument(bytes).rows.length).toBe(rows)
            expect(decodeFrame(bytes).rows).toBe(rows)
        }
    })
})
