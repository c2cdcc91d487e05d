/**
 * Opcodes that the encoder takes on the VM, exact to a dozen or so.
 *
 * The VM has no counter, but it stops a program that runs 131,072 opcodes
 * without a pause. A loop of n turns runs before the rows are encoded; the
 * largest n that survives tells how many opcodes the rows took, measured in
 * turns, and the same without rows tells what a turn is worth. n reaches the
 * program through the node's device id, so that it is compiled only once.
 */
import { existsSync } from "node:fs"
import path from "node:path"
import { compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import { World } from "../../sim/world/world.js"
import { TRACES, loadSeries } from "../../tools/scripts/codec/traces.js"

/** DEVS_MAX_STEPS of the runtime. */
const LIMIT = 131_072
const MOST_TURNS = 40_000
/** Rows coded before, so that the model has settled. */
const WARM_ROWS = 60
/** Readings encoded in one go. */
const READINGS = 36

export interface OpcodeCost {
    /** Opcodes per reading by recording. */
    readonly perReading: ReadonlyMap<string, number>
    /** Mean over the recordings. */
    readonly mean: number
    /**
     * The dearest run without a pause: the first part of a row of 32 channels, with
     * values all over int32 and steps that make the greatest common divisor slow.
     * In the first row of a frame with new qualities, and in the third.
     */
    readonly firstPart: number
    readonly laterPart: number
}

interface Job {
    readonly name: string
    readonly channels: number
    readonly warm: number
    readonly rows: number
    readonly cells: Buffer
    /** Only the first part of one row is measured. */
    readonly isPart?: boolean
}

/** @param folder the recordings; those that are not there are left out */
export async function opcodesPerReading(folder: string): Promise<OpcodeCost> {
    const jobs = TRACES.filter(spec => existsSync(path.join(folder, `${spec.file}.csv`))).map(
        spec => {
            const table = loadSeries(folder, spec).tables[0]
            if (table === undefined) throw new Error(`${spec.file} has no rows`)
            const rows = Math.max(4, Math.floor(READINGS / table.channels))
            const from = Math.floor(table.rows / 3) * table.channels
            const count = (WARM_ROWS + rows) * table.channels
            const cells = Buffer.alloc(4 * count)
            for (let i = 0; i < count; i++) cells.writeInt32LE(table.values[from + i] ?? 0, 4 * i)
            return { name: spec.file, channels: table.channels, warm: WARM_ROWS, rows, cells }
        }
    )
    const wild = { name: "wild", channels: 32, rows: 1, cells: wildCells(), isPart: true }
    const all = [...jobs, { ...wild, warm: 0 }, { ...wild, warm: 2 }]
    const program = compile("devs/opcode-probe.ts", { source: sourceOf(all) })
    const turnsOf = async (job: number, isEncoding: boolean) =>
        mostTurns(turns => survives(program, job, isEncoding, turns))
    const empty = await turnsOf(0, false)
    const perTurn = LIMIT / empty
    const opcodes = async (job: number) => (empty - (await turnsOf(job, true))) * perTurn

    const perReading = new Map<string, number>()
    for (const [i, job] of jobs.entries())
        perReading.set(job.name, (await opcodes(i)) / (job.rows * job.channels))
    const mean = [...perReading.values()].reduce((a, b) => a + b, 0) / perReading.size
    return {
        perReading,
        mean,
        firstPart: await opcodes(jobs.length),
        laterPart: await opcodes(jobs.length + 1),
    }
}

/** Largest number of turns with which the program survives, by bisection. */
async function mostTurns(isFine: (turns: number) => Promise<boolean>): Promise<number> {
    let good = 0
    let bad = MOST_TURNS
    while (bad - good > 4) {
        const middle = (good + bad) >> 1
        if (await isFine(middle)) good = middle
        else bad = middle
    }
    return good
}

async function survives(
    program: Program,
    job: number,
    isEncoding: boolean,
    turns: number
): Promise<boolean> {
    const world = new World({ allowPanics: true })
    const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0")
    const node = world.addNode({
        program,
        deviceId: `${hex(job, 2)}${isEncoding ? "01" : "00"}0000${hex(turns, 4)}0000`,
    })
    let isDone = false
    node.onConsole = line => (isDone ||= line === "=done")
    await world.runUntil(() => isDone || node.panics.length > 0, 60_000)
    if (!isDone && node.panics[0]?.code !== 60001)
        throw new Error(node.panics[0]?.message ?? "the opcode probe did not end")
    return isDone
}

/**
 * Three rows of 32 channels: values all over int32, then steps of two neighbouring
 * Fibonacci numbers, with which Euclid's algorithm takes longest.
 */
function wildCells(): Buffer {
    const cells = Buffer.alloc(4 * 3 * 32)
    let state = 1
    for (let c = 0; c < 32; c++) {
        state = (Math.imul(state, 1103515245) + 12345) | 0
        ;[state, (state + 1_134_903_170) | 0, (state - 701_408_733) | 0].forEach((value, row) =>
            cells.writeInt32LE(value, 4 * (32 * row + c))
        )
    }
    return cells
}

function sourceOf(jobs: readonly Job[]): string {
    const calls = jobs.map(
        (job, i) =>
            `    if (job === ${i}) await run(${job.channels}, ${job.warm}, ${job.rows}, ${String(job.isPart === true)}, hex\`${job.cells.toString("hex")}\`)`
    )
    return `import * as ds from "@devicescript/core"
import { FrameEncoder } from "../src/core/frame/encoder.js"
import { MEMORY_BYTES } from "../src/core/frame/memory-layout.js"
import { TABLES } from "../src/core/frame/tables.js"

const id = Buffer.from(ds.deviceIdentifier("self"), "hex")
const job = id[0]
const isEncoding = id[1] === 1
let turns = id[4] * 256 + id[5]

async function run(channels: number, warm: number, rows: number, isPart: boolean, cells: Buffer) {
    const memory = Buffer.alloc(channels * MEMORY_BYTES)
    const encoder = new FrameEncoder(Buffer.alloc(4000), channels, 1, TABLES, 4000, memory)
    encoder.begin(1, 1, true)
    const values: number[][] = []
    const qualities: number[] = []
    // The dearest first row has new qualities.
    for (let c = 0; c < channels; c++) qualities.push(isPart && warm === 0 ? 1 : 0)
    for (let r = 0; r < warm + rows; r++) {
        const row: number[] = []
        for (let c = 0; c < channels; c++) {
            const at = 4 * (r * channels + c)
            row.push(cells[at] | (cells[at + 1] << 8) | (cells[at + 2] << 16) | (cells[at + 3] << 24))
        }
        await ds.sleep(1)
        if (r < warm) encoder.add(1000 + r * 60, row, qualities)
        else values.push(row)
    }
    await ds.sleep(1)
    while (turns > 0) turns--
    if (isEncoding && isPart) encoder.addLanes(1000 + warm * 61, values[0], qualities)
    else if (isEncoding) for (let r = 0; r < rows; r++) encoder.add(1000 + (warm + r) * 60, values[r], qualities)
    await ds.sleep(1)
}

async function main() {
${calls.join("\n")}
    console.log("=done")
}
await main()
`
}
