/**
 * Every recording through the encoder on the VM and in Node: the frames must be
 * the same byte for byte. And what encoding costs there, in opcodes and memory.
 */
import { existsSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { QUALITY_SKIPPED } from "../../src/core/quality.js"
import { compile } from "../../sim/program/compile.js"
import { SeededRandom } from "../../sim/time/random.js"
import { World } from "../../sim/world/world.js"
import { TRACES, loadSeries, tracesFolder, type Table } from "../../tools/scripts/codec/traces.js"
import { opcodesPerReading } from "../../bench/codec/opcodes.js"

const FOLDER = tracesFolder()
const ROWS = 40

interface Sample {
    readonly name: string
    readonly channels: number
    readonly cells: Buffer
    readonly gaps: Buffer
}

function sampleOf(name: string, table: Table): Sample {
    const cells = Buffer.alloc(ROWS * table.channels * 4)
    const from = Math.max(0, Math.floor(table.rows / 3))
    const start = from * table.channels
    for (let i = 0; i < ROWS * table.channels; i++)
        cells.writeInt32LE(table.values[start + i] ?? 0, 4 * i)
    const gaps = Buffer.alloc(ROWS * table.channels)
    gaps.set(table.gaps.subarray(start, start + gaps.length))
    return { name, channels: table.channels, cells, gaps }
}

/** Made-up rows of many channels: walks, steps of ten, standing values, levels, jumps, gaps. */
function madeUp(channels: number): Sample {
    const random = new SeededRandom(channels)
    const cells = Buffer.alloc(ROWS * channels * 4)
    const gaps = Buffer.alloc(ROWS * channels)
    for (let c = 0; c < channels; c++) {
        let value = random.uint32() % 5000
        for (let r = 0; r < ROWS; r++) {
            if (c % 4 === 0) value += (random.uint32() % 32) - 16
            if (c % 8 === 6) value = (random.uint32() % 5) ** 3 * 17
            if (c % 4 === 1) value += 10 * ((random.uint32() % 5) - 2)
            if (c % 4 === 3) value = random.uint32() | 0
            cells.writeInt32LE(value, 4 * (r * channels + c))
            if (random.float() < 0.02) gaps[r * channels + c] = 1
        }
    }
    return { name: `made-up-${channels}`, channels, cells, gaps }
}

function inNode(sample: Sample): string {
    const buffer = new Uint8Array(9000)
    const encoder = new FrameEncoder(buffer, sample.channels, 4711)
    encoder.begin(99, 5, true)
    for (let r = 0; r < ROWS; r++) {
        const values: number[] = []
        const qualities: number[] = []
        for (let c = 0; c < sample.channels; c++) {
            const at = r * sample.channels + c
            values.push(sample.cells.readInt32LE(4 * at))
            qualities.push((sample.gaps[at] ?? 0) * QUALITY_SKIPPED)
        }
        encoder.add(1_700_000_000 + 60 * r, values, qualities)
    }
    return Buffer.from(buffer.subarray(0, encoder.finish())).toString("hex")
}

/** One program with all samples as byte constants in flash. */
function vmSource(samples: readonly Sample[]): string {
    const jobs = samples.map(
        s =>
            `await encode("${s.name}", ${s.channels}, hex\`${s.cells.toString("hex")}\`, hex\`${s.gaps.toString("hex")}\`)`
    )
    return `import * as ds from "@devicescript/core"
import { FrameEncoder } from "../src/core/frame/encoder.js"
import { MEMORY_BYTES } from "../src/core/frame/memory-layout.js"
import { ROW_UNFINISHED } from "../src/core/frame/row-result.js"
import { TABLES } from "../src/core/frame/tables.js"
const buffer = Buffer.alloc(9000)
async function encode(name: string, channels: number, cells: Buffer, gaps: Buffer) {
    const memory = Buffer.alloc(channels * MEMORY_BYTES)
    const encoder = new FrameEncoder(buffer, channels, 4711, TABLES, 9000, memory)
    encoder.begin(99, 5, true)
    const values: number[] = []
    const qualities: number[] = []
    for (let c = 0; c < channels; c++) {
        values.push(0)
        qualities.push(0)
    }
    for (let r = 0; r < ${ROWS}; r++) {
        for (let c = 0; c < channels; c++) {
            const at = r * channels + c
            values[c] = cells[4 * at] | (cells[4 * at + 1] << 8) | (cells[4 * at + 2] << 16) | (cells[4 * at + 3] << 24)
            qualities[c] = gaps[at] * ${QUALITY_SKIPPED}
        }
        while (encoder.addLanes(1700000000 + 60 * r, values, qualities) === ROW_UNFINISHED) await ds.sleep(0)
        await ds.sleep(1)
    }
    const length = encoder.finish()
    for (let i = 0; i < length; i = i + 100) {
        await ds.sleep(20)
        console.log("=" + name + " " + buffer.slice(i, i + 100 > length ? length : i + 100).toString("hex"))
    }
}
${jobs.join("\n")}
console.log("=end")
`
}

describe("the encoder on the VM", () => {
    const recorded = TRACES.filter(spec => existsSync(path.join(FOLDER, `${spec.file}.csv`))).map(
        spec => sampleOf(spec.file, loadSeries(FOLDER, spec).tables[0])
    )
    const samples = [...recorded, madeUp(1), madeUp(7), madeUp(17), madeUp(32)]

    it("gives the same bytes as in Node for every recording and for up to 32 channels", async () => {
        const world = new World()
        const node = world.addNode({
            program: compile("devs/codec-samples.ts", { source: vmSource(samples) }),
        })
        const got = new Map<string, string>()
        let isDone = false
        node.onConsole = line => {
            if (line === "=end") isDone = true
            const match = /^=(\S+) ([0-9a-f]+)$/.exec(line)
            if (match === null) return
            const [, name, hex] = match as unknown as [string, string, string]
            got.set(name, (got.get(name) ?? "") + hex)
        }
        await world.runUntil(() => isDone, 600_000)
        for (const sample of samples) expect(got.get(sample.name), sample.name).toBe(inNode(sample))
    })

    // The recordings are no part of the project: tools/scripts/codec/traces.ts.
    if (recorded.length > 0)
        it(
            "costs at most 1,400 opcodes per reading on average, and never 13,000 without a pause",
            { timeout: 300_000 },
            async () => {
                const cost = await opcodesPerReading(FOLDER)
                expect(cost.mean, "opcodes per reading, mean over the recordings").toBeLessThan(
                    1400
                )
                expect(cost.mean, "implausibly few").toBeGreaterThan(500)
                for (const part of [cost.firstPart, cost.laterPart]) {
                    expect(part, "opcodes of the dearest part").toBeLessThan(13_000)
                    expect(part, "implausibly few").toBeGreaterThan(5000)
                }
            }
        )

    it("takes at most 5 KB of heap for 8 channels, and none per row", async () => {
        const world = new World()
        const node = world.addNode({ program: compile("devs/heap.ts", { source: HEAP_SOURCE }) })
        const free: number[] = []
        let lines = 0
        node.onConsole = line => {
            if (line.startsWith("=")) lines++
        }
        await world.runUntil(() => lines === 1, 10_000)
        // From here on the heap holds no garbage.
        node.gcStress(true)
        for (let wanted = 2; wanted <= 5; wanted++) {
            await world.runUntil(() => lines === wanted, 60_000)
            await world.run(20)
            free.push(node.heap()?.free ?? NaN)
        }
        const [before, made, afterTen, afterMany] = free as [number, number, number, number]
        expect(before - made, "B of heap for the encoder").toBeLessThanOrEqual(5120)
        expect(before - made, "implausibly few").toBeGreaterThan(3000)
        expect(afterMany, "free heap after 60 more rows").toBe(afterTen)
    })
})

/** Says where it is; the host reads the heap while it sleeps. */
const HEAP_SOURCE = `import * as ds from "@devicescript/core"
import { FrameEncoder } from "../src/core/frame/encoder.js"
import { MEMORY_BYTES } from "../src/core/frame/memory-layout.js"
import { TABLES } from "../src/core/frame/tables.js"
const buffer = Buffer.alloc(1000)
const values: number[] = []
const qualities: number[] = []
for (let c = 0; c < 8; c++) {
    values.push(0)
    qualities.push(0)
}
let encoder: FrameEncoder = undefined
let row = 0
async function add(rows: number) {
    for (let i = 0; i < rows; i++) {
        for (let c = 0; c < 8; c++) values[c] = values[c] + ((row * 7919 + c * 104729) & 63) - 31
        encoder.add(60 * row, values, qualities)
        row++
        await ds.sleep(10)
    }
}
async function say(what: string) {
    await ds.sleep(100)
    console.log("=" + what)
    await ds.sleep(100)
}
await say("started")
await say("before")
encoder = new FrameEncoder(buffer, 8, 1, TABLES, 1000, Buffer.alloc(8 * MEMORY_BYTES))
encoder.begin(1, 1, true)
await say("made")
await add(10)
await say("ten rows")
await add(60)
await say("many rows")
await ds.sleep(1000000)
`
