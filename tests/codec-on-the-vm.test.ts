/**
 * Every recording through the encoder on the VM and in Node: the frames must be
 * the same byte for byte. And what encoding costs there, in opcodes.
 */
import { existsSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"
import { FrameEncoder } from "../src/core/frame/encoder.js"
import { QUALITY_SKIPPED } from "../src/core/quality.js"
import { PROJECT_ROOT, compile } from "../sim/program/compile.js"
import { World } from "../sim/world/world.js"
import { TRACES, loadSeries, type Table } from "../bench/codec/traces.js"
import { opcodesPerReading } from "../bench/codec/opcodes.js"

const SHARED = path.resolve(PROJECT_ROOT, "../shared/traces")
const COPIES = path.join(PROJECT_ROOT, "bench", "codec", "samples")
const FOLDER = existsSync(SHARED) ? SHARED : COPIES
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

function inNode(sample: Sample): string {
    const buffer = new Uint8Array(4000)
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
const buffer = Buffer.alloc(4000)
async function encode(name: string, channels: number, cells: Buffer, gaps: Buffer) {
    const encoder = new FrameEncoder(buffer, channels, 4711)
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
        encoder.add(1700000000 + 60 * r, values, qualities)
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
    const samples = TRACES.filter(spec => existsSync(path.join(FOLDER, `${spec.file}.csv`))).map(
        spec => sampleOf(spec.file, loadSeries(FOLDER, spec).tables[0])
    )

    it("gives the same bytes as in Node for every recording", async () => {
        expect(samples.length).toBeGreaterThan(1)
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

    it("costs at most 1,800 opcodes per reading on average, and no row of 16 channels 100,000", async () => {
        const cost = await opcodesPerReading(FOLDER)
        expect(cost.mean, "opcodes per reading, mean over the recordings").toBeLessThan(1800)
        expect(cost.worstRow, "opcodes for the dearest row").toBeLessThan(100_000)
    })
})
