/**
 * The core runs as the same files on the board and in Node. Both encode the
 * same pseudo-random rows and do the same arithmetic here; every byte and
 * number must agree, and Node decodes what the VM encoded.
 */
import { describe, expect, it } from "vitest"
import { CRC16_START, crc16, crc8 } from "../src/core/crc.js"
import { divRound, medianInPlace, mulDiv } from "../src/core/fixed.js"
import { decodeFrame } from "../src/core/frame/decoder.js"
import { FrameEncoder } from "../src/core/frame/encoder.js"
import { Sampler } from "../src/core/sampler.js"
import { compile } from "../sim/program/compile.js"
import { World } from "../sim/world/world.js"

/** Shared by both sides as text, so that neither compiler can fold anything. */
const WORKLOAD = `
let state = 12345
function next(): number {
    state = (Math.imul(state, 1103515245) + 12345) | 0
    return (state >> 8) & 0xffff
}
function int32(): number {
    const kind = next() & 7
    if (kind < 5) return (next() & 1023) - 512
    if (kind === 5) return -2147483648
    if (kind === 6) return 2147483647
    return (next() << 16) | next()
}
const QUALITIES = [0, 0, 0, 0, 1, 3, 8, 15]

/** One frame of rows of \`channels\` channels; as many as fit. */
function frame(budget: number, channels: number, sequence: number): string {
    const buffer = Buffer.alloc(budget)
    const encoder = new FrameEncoder(buffer, channels, 4711)
    encoder.begin(next(), sequence, (sequence & 1) !== 0)
    const values: number[] = []
    const qualities: number[] = []
    for (let i = 0; i < channels; i++) {
        values.push(0)
        qualities.push(0)
    }
    let time = 1700000000 + next()
    for (let row = 0; row < 12; row++) {
        time = time + ((next() & 3) === 0 ? next() : 60)
        for (let i = 0; i < channels; i++) {
            values[i] = int32()
            qualities[i] = QUALITIES[next() & 7]
        }
        if (!encoder.add(time, values, qualities)) break
    }
    const length = encoder.finish()
    const used = Buffer.alloc(length)
    for (let i = 0; i < length; i++) used[i] = buffer[i]
    return used.toString("hex")
}

/** Arithmetic at the limits, as text. */
function arithmetic(): string {
    const a = int32()
    const numerator = next() - 32768
    const denominator = next() + 1
    const bytes = Buffer.from([next() & 255, next() & 255, next() & 255])
    const median = [int32(), int32(), int32(), int32(), int32()]
    const sampler = new Sampler("mean", 3)
    for (let i = 0; i < 3; i++) sampler.add(int32(), QUALITIES[next() & 7])
    sampler.close()
    return (
        divRound(a, denominator) + " " + mulDiv(a, numerator, denominator) + " " +
        crc16(bytes, 0, 3, CRC16_START) + " " + crc8(bytes, 0, 3) + " " +
        medianInPlace(median, 5) + " " + sampler.value + " " + sampler.quality
    )
}
`

const FRAMES = 120
const SUMS = 300

/** The workload in this process. */
function inNode(): string[] {
    const body = WORKLOAD.replace(/: (number|string)(\[\])?/g, "")
    const lines: string[] = []
    const run = new Function(
        "lines",
        "FrameEncoder",
        "Sampler",
        "divRound",
        "mulDiv",
        "crc16",
        "crc8",
        "CRC16_START",
        "medianInPlace",
        `${body}
        for (let i = 0; i < ${FRAMES}; i++) lines.push(frame(60 + (i & 63), 1 + (i & 7), i))
        for (let i = 0; i < ${SUMS}; i++) lines.push(arithmetic())`
    )
    run(lines, FrameEncoder, Sampler, divRound, mulDiv, crc16, crc8, CRC16_START, medianInPlace)
    return lines
}

/** The workload on the VM. */
async function onTheVm(): Promise<string[]> {
    const source = `
import * as ds from "@devicescript/core"
import { FrameEncoder } from "../src/core/frame/encoder.js"
import { Sampler } from "../src/core/sampler.js"
import { divRound, mulDiv, medianInPlace } from "../src/core/fixed.js"
import { crc16, crc8, CRC16_START } from "../src/core/crc.js"
${WORKLOAD}
for (let i = 0; i < ${FRAMES}; i++) {
    console.log("=" + frame(60 + (i & 63), 1 + (i & 7), i))
    await ds.sleep(10)
}
for (let i = 0; i < ${SUMS}; i++) {
    console.log("=" + arithmetic())
    await ds.sleep(10)
}
`
    const world = new World()
    const node = world.addNode({ program: compile("devs/core-workload.ts", { source }) })
    const lines: string[] = []
    node.onConsole = line => {
        if (line.startsWith("=")) lines.push(line.slice(1))
    }
    await world.runUntil(() => lines.length === FRAMES + SUMS, 600_000)
    return lines
}

describe("the core on the VM and in Node", () => {
    it("gives the same frames, byte for byte, and the same arithmetic", async () => {
        const node = inNode()
        const vm = await onTheVm()
        expect(node.length).toBe(FRAMES + SUMS)
        expect(vm).toEqual(node)
        for (const hex of vm.slice(0, FRAMES)) {
            const decoded = decodeFrame(Buffer.from(hex, "hex"))
            expect(decoded.schemaId).toBe(4711)
            expect(decoded.values.length).toBe(decoded.rows * decoded.channels)
        }
    })
})
