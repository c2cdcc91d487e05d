/**
 * The core runs as the same files on the board and in Node. Both encode the
 * same pseudo-random rows and do the same arithmetic here; every byte and
 * number must agree, and Node decodes what the VM encoded.
 */
import { describe, expect, it } from "vitest"
import { decodeFrame } from "../../src/core/frame/decoder.js"
import { compile } from "../../sim/program/compile.js"
import { World } from "../../sim/world/world.js"
import { arithmetic, frame } from "../support/core-workload.js"

const FRAMES = 120
const SUMS = 300

function inNode(): string[] {
    const lines: string[] = []
    for (let i = 0; i < FRAMES; i++) lines.push(frame(60 + (i & 63), 1 + (i & 7), i))
    for (let i = 0; i < SUMS; i++) lines.push(arithmetic())
    return lines
}

async function onTheVm(): Promise<string[]> {
    const source = `
import * as ds from "@devicescript/core"
import { arithmetic, frame } from "../tests/support/core-workload.js"
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
