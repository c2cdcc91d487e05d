/** What runs is made from the row coder that is read: it is what was made last, and does the same. */
import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { formatted } from "../../tools/scripts/codec/formatted.js"
import { ROW_DECODER, ROW_ENCODER, rowCoderModule } from "../../tools/scripts/codec/row-coders.js"
import { RowCoder } from "../../src/core/frame/coder/row-coder.js"
import { MEMORY_BYTES } from "../../src/core/frame/memory-layout.js"
import { RowDecoder } from "../../src/core/frame/row-decoder.js"
import { RowEncoder } from "../../src/core/frame/row-encoder.js"
import { ROW_ADDED, ROW_FULL, ROW_UNFINISHED } from "../../src/core/frame/row-result.js"
import { TABLES } from "../../src/core/frame/tables.js"

interface Row {
    readonly time: number
    readonly values: number[]
    readonly qualities: number[]
}

const int32 = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -200, max: 200 }) },
    { weight: 2, arbitrary: fc.integer({ min: -50, max: 50 }).map(n => n * 10) },
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0)
)
/** A few values at uneven distances, which the memory is for. */
const level = fc.constantFrom(0, 7, 250, -4000, 70_000)
const frame = fc.integer({ min: 1, max: 32 }).chain(channels =>
    fc.record({
        channels: fc.constant(channels),
        limit: fc.integer({ min: 3, max: 1500 }),
        lanes: fc.integer({ min: 1, max: 33 }),
        rows: fc.array(
            fc.record({
                time: fc.oneof(
                    fc.nat({ max: 600 }).map(n => n * 60),
                    fc.integer({ min: 0, max: 2 ** 32 - 1 })
                ),
                values: fc.array(fc.oneof(int32, level), {
                    minLength: channels,
                    maxLength: channels,
                }),
                qualities: fc.array(
                    fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat({ max: 15 })),
                    {
                        minLength: channels,
                        maxLength: channels,
                    }
                ),
            }),
            { minLength: 1, maxLength: 40 }
        ),
    })
)

const memoryOf = (channels: number) => new Uint8Array(channels * MEMORY_BYTES)

/** What each call gave, and the bytes at the end; the rows are left alone. */
function run(
    coder: RowCoder | RowEncoder,
    buffer: Uint8Array,
    rows: readonly Row[],
    lanes: number
) {
    const steps: number[] = []
    // The second frame finds what the first one left behind.
    for (let pass = 0; pass < 2; pass++) {
        coder.begin(0)
        let result = -1
        for (const { time, values, qualities } of rows) {
            const given = [...values]
            do {
                result = coder.code(time, given, qualities, lanes)
                steps.push(result, coder.rows, coder.bytes, coder.settled)
            } while (result === ROW_UNFINISHED)
            expect(given, "values given to an encoder").toEqual(values)
            if (result === ROW_FULL) break
        }
        if (coder.rows > 0) steps.push(coder.finish())
    }
    return { steps, bytes: Buffer.from(buffer).toString("hex") }
}

/** The rows that a decoder reads, at most 40. */
function read(coder: RowCoder | RowDecoder, channels: number, lanes: number) {
    const rows: unknown[] = []
    const values = new Array<number>(channels).fill(0)
    const qualities = new Array<number>(channels).fill(0)
    coder.begin(0)
    for (let row = 0; row < 40 && !coder.bad; row++) {
        let result = -1
        do {
            result = coder.code(1_700_000_000, values, qualities, lanes)
        } while (result === ROW_UNFINISHED)
        if (result !== ROW_ADDED) break
        const { time, isEnd, bytes, settled } = coder
        rows.push({ time, isEnd, bytes, settled, values: [...values], qualities: [...qualities] })
    }
    return { rows, isBad: coder.bad }
}

describe.each([ROW_ENCODER, ROW_DECODER])("$className", kind => {
    it("is what `npm run specialise:codec` makes now", async () => {
        const made = await formatted(kind.file, rowCoderModule(kind))
        expect(made, "run npm run specialise:codec").toBe(readFileSync(kind.file, "utf8"))
    })

    it("has nothing left of the direction, and only the methods that do not run for each reading", () => {
        const code = readFileSync(kind.file, "utf8").replace(/\/\*\*.*?\*\//gs, "")
        expect(code).not.toMatch(/\bdecoding\b|\btrue \?|\bfalse \?|if \((true|false)\)/)
        const methods = [...code.matchAll(/^ {4}(?:private )?(\w+)\(.*\{$/gm)].map(m => m[1])
        const own = kind.isDecoding
            ? ["lastWord", "placeIn", "entryAt", "recalled"]
            : ["carry", "finish"]
        expect(new Set(methods)).toEqual(
            new Set([
                ...["settle", "raw", "gamma", "flag", "first", "commonStep", "stepAt"],
                ...["difference", "refineGrid", "escape", "begin", "code", "irregular"],
                ...["beginMemory", "recall", "remember", "note", "halve", "find", ...own],
            ])
        )
    })
})

describe("the coder that runs", () => {
    it("writes the bytes of the one that is read, for whole rows and parts, and when the frame is full", () => {
        fc.assert(
            fc.property(frame, ({ channels, limit, lanes, rows }) => {
                const ours = new Uint8Array(limit + 8)
                const theirs = new Uint8Array(limit + 8)
                const encoder = new RowEncoder(ours, limit, channels, TABLES, memoryOf(channels))
                const coder = new RowCoder(
                    theirs,
                    limit,
                    channels,
                    TABLES,
                    memoryOf(channels),
                    false
                )
                expect(run(encoder, ours, rows, lanes)).toEqual(run(coder, theirs, rows, lanes))
            }),
            { seed: 23, numRuns: 150 }
        )
    })

    it("reads what the one that is read reads, from rows and from any bytes", () => {
        fc.assert(
            fc.property(
                frame,
                fc.option(fc.uint8Array({ maxLength: 60 })),
                ({ channels, limit, lanes, rows }, noise) => {
                    const bytes = new Uint8Array(limit + 8)
                    run(
                        new RowEncoder(bytes, limit, channels, TABLES, memoryOf(channels)),
                        bytes,
                        rows,
                        lanes
                    )
                    // From some place on, bytes that no encoder wrote.
                    if (noise !== null) bytes.set(noise.slice(0, limit >> 1), limit >> 1)
                    const decoder = new RowDecoder(
                        bytes,
                        limit,
                        channels,
                        TABLES,
                        memoryOf(channels)
                    )
                    const coder = new RowCoder(
                        bytes,
                        limit,
                        channels,
                        TABLES,
                        memoryOf(channels),
                        true
                    )
                    expect(read(decoder, channels, lanes)).toEqual(read(coder, channels, lanes))
                }
            ),
            { seed: 29, numRuns: 150 }
        )
    })
})
