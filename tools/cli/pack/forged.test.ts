/** Packed files whose checksums are right, but which say what cannot be. */
import { writeFileSync } from "node:fs"
import { Readable } from "node:stream"
import { describe, expect, it } from "vitest"
import { FrameEncoder } from "../../../src/core/frame/encoder.js"
import { PackBench } from "../../../tests/support/pack-bench.js"
import { ContainerWriter } from "./container.js"
import { checkUnchanged, openCsv } from "../csv/source.js"
import { schemaIdOf, schemaOf, tableOf, type PackPlan } from "./layout.js"
import { StreamSource } from "./pack-source.js"
import { unpack } from "./unpack.js"

const PLAN: PackPlan = {
    clock: {
        name: "time",
        form: "s",
        digits: 0,
        tickMs: 1000,
        restNanos: undefined,
        isUnix: true,
    },
    columns: [
        { name: "a", digits: 0, width: 0, step: { numerator: 1, places: 0 }, min: -5, max: 5 },
    ],
}

interface Forgery {
    readonly rows?: readonly (readonly [time: number, value: number, quality: number])[]
    readonly schema?: (text: string) => string
    readonly table?: (text: string) => string
}

const OTHER =
    '{"name":"b","quantity":"b","unit":"-","unitCode":"ZZ","scale":[1,1],"min":0,"max":0,"part":"CSV"}'

const same = (text: string) => text

/** The rows that come out of a packed file made of one frame. */
async function rowsOf({ rows = [[9, 1, 0]], schema = same, table = same }: Forgery) {
    const pieces: Uint8Array[] = []
    const container = new ContainerWriter({ write: bytes => pieces.push(Uint8Array.from(bytes)) })
    const schemaRecord = schema(schemaOf(PLAN))
    container.records(schemaRecord, table(tableOf(PLAN)))
    const buffer = new Uint8Array(1000)
    const encoder = new FrameEncoder(buffer, 1, schemaIdOf(schemaRecord))
    encoder.begin(0, 0, true)
    for (const [time, value, quality] of rows) encoder.add(time, [value], [quality])
    container.frame(buffer.subarray(0, encoder.finish()))
    container.end(rows.length)
    const found: string[] = []
    const writer = {
        begin: () => undefined,
        row: (time: string, cells: readonly (string | undefined)[]) => {
            found.push([time, ...cells].join(","))
        },
        ready: () => Promise.resolve(),
    }
    const source = new StreamSource(Readable.from([Buffer.concat(pieces)]))
    await unpack(source, "x.pack", writer, new AbortController().signal)
    return found
}

describe("a forged packed file", () => {
    it("is read when nothing is wrong with it", async () => {
        const rows = [
            [9, -5, 0],
            [9, 5, 0],
            [10, 0, 15],
        ] as const
        expect(await rowsOf({ rows })).toEqual(["9,-5", "9,5", "10,"])
    })

    it.each<[string, Forgery, RegExp]>([
        ["a value above the highest", { rows: [[9, 6, 0]] }, /frame 1: rows: a value of 6/],
        ["a value below the lowest", { rows: [[9, -6, 0]] }, /frame 1: rows: a value of -6/],
        ["a doubtful value", { rows: [[9, 1, 1]] }, /frame 1: rows: .* quality 1/],
        ["a gap with another reason", { rows: [[9, 1, 8]] }, /frame 1: rows: .* quality 8/],
        [
            "time that goes back",
            {
                rows: [
                    [9, 1, 0],
                    [8, 1, 0],
                ],
            },
            /frame 1: rows: a time before/,
        ],
        ["a tick of 7 ms", { schema: t => t.replace('"tick":1000', '"tick":7') }, /tick of 7 ms/],
        ["a tick of 0", { schema: t => t.replace('"tick":1000', '"tick":0') }, /record: .*tick/],
        ["a third as scale", { schema: t => t.replace("[1,1]", "[1,3]") }, /scale of channel 1/],
        ["no scale", { schema: t => t.replace("[1,1]", "[1]") }, /record: .*scale/],
        ["no JSON", { schema: () => "{" }, /record: schema record: not JSON/],
        ["another form of time", { table: t => t.replace('"s"', '"h"') }, /form must be one of/],
        ["digits without end", { table: t => t.replace('"digits":0', '"digits":1e9') }, /digits/],
        ["a later table", { table: t => t.replace('"v":1', '"v":2') }, /record: table record\.v/],
        [
            "a column more than the schema has",
            {
                table: t =>
                    t.replace('"columns":[', '"columns":[{"name":"b","digits":0,"width":0},'),
            },
            /schema and table have different numbers of columns/,
        ],
        [
            "a column fewer than the schema has",
            { schema: t => t.replace(/"channels":\[(.*)\]/, `"channels":[$1,${OTHER}]`) },
            /schema and table have different numbers of columns/,
        ],
    ])("is refused with %s", async (_what, forgery, message) => {
        await expect(rowsOf(forgery)).rejects.toThrow(message)
        await expect(rowsOf(forgery)).rejects.toHaveProperty("name", "PackError")
    })
})

const bench = new PackBench()

describe("a CSV file that someone writes to meanwhile", () => {
    it("is refused: the two passes can have seen different rows", async () => {
        const { csvFile } = bench
        writeFileSync(csvFile, "time,a\n1,1\n")
        const source = await openCsv(csvFile, Readable.from([]), new AbortController().signal)
        expect(() => checkUnchanged(source)).not.toThrow()
        writeFileSync(csvFile, "time,a\n1,1\n2,2\n")
        expect(() => checkUnchanged(source)).toThrow(/the file changed while it was packed; pack a/)
    })
})
