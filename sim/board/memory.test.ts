import { describe, expect, it, onTestFinished, vi } from "vitest"
import { BoardBench } from "../../tests/support/board-bench.js"
import { seconds } from "../time/duration.js"
import { HeapProbe } from "../vm/heap.js"
import { MOST_JSON_LEVELS } from "./json-stack.js"

describe("the heap of a board", () => {
    const SPIKES = `
import * as ds from "@devicescript/core"
let kept = Buffer.alloc(10_000)
setInterval(async () => {
    const a = Buffer.alloc(9000)
    const b = Buffer.alloc(9000)
    kept[0] = a.length + b.length
}, 700)
`
    it("is read each time a fiber ends its run, where it is lowest, with the largest block beside it", async () => {
        const node = { heapProbeMs: 1000 }
        const bench = await new BoardBench("c3", SPIKES, { node }).run(seconds(60))
        const { leastFreeBytes, largestBlockThen, leastBlockBytes } = bench.board.meters.later
        // Looking at it each second, at times when nothing runs, sees less of it.
        expect(leastFreeBytes).toBeLessThanOrEqual(bench.node.heapLowWater ?? 0)
        expect(leastFreeBytes).toBeLessThan(36_000)
        expect(largestBlockThen).toBeLessThanOrEqual(leastFreeBytes)
        expect(leastBlockBytes).toBeLessThanOrEqual(largestBlockThen)
    })

    it("is found as low with most walks over its blocks left out as with all of them", async () => {
        const source = `${SPIKES}setInterval(async () => { kept[1] = [1, 2].length }, 50)`
        const lows = async () => {
            const bench = await new BoardBench("c3", source).run(seconds(60))
            const { boot, later } = bench.board.meters
            return [boot, later].map(m => [m.leastFreeBytes, m.largestBlockThen, m.leastBlockBytes])
        }
        const read = vi.spyOn(HeapProbe.prototype, "read")
        const few = await lows()
        const walks = read.mock.calls.length
        vi.spyOn(HeapProbe.prototype, "readBelow").mockImplementation(function (
            this: HeapProbe,
            memory
        ) {
            return this.read(memory)
        })
        onTestFinished(() => void vi.restoreAllMocks())
        expect(few).toEqual(await lows())
        expect(walks, "walks").toBeLessThan(0.7 * (read.mock.calls.length - walks))
    })

    it("has 64 KB, and 40 KB on an ESP32-S2", async () => {
        const c3 = await new BoardBench("c3", SPIKES).run(seconds(5))
        const s2 = await new BoardBench("s2", SPIKES).run(seconds(5))
        expect(c3.node.heap()?.size).toBeGreaterThan(65_000)
        expect(s2.node.heap()?.size).toBeGreaterThan(40_800)
        expect(s2.node.heap()?.size).toBeLessThanOrEqual(40_960)
    })

    it("runs out on the smaller one where it does not on others", async () => {
        const source = `
const all: Buffer[] = []
for (let i = 0; i < 7; i++) all.push(Buffer.alloc(6000))
console.log("kept " + all.length)
`
        const c3 = await new BoardBench("c3", source).run(seconds(3))
        const s2 = await new BoardBench("s2", source).run(seconds(3))
        expect(c3.numbers("kept")).toEqual([7])
        expect(s2.node.panics.map(({ code }) => code)).toContain(60004)
    })

    it("lies beside a flash of 256 KB on ESP32 and 128 KB on RP2040", async () => {
        const c3 = await new BoardBench("c3", SPIKES).run(seconds(2))
        const pico = await new BoardBench("picoW", SPIKES).run(seconds(2))
        expect(c3.node.flash.bytes.length).toBe(256 * 1024)
        expect(pico.node.flash.bytes.length).toBe(128 * 1024)
    })
})

describe("the C stack under JSON.parse", () => {
    const source = (levels: number) => `
let text = ""
for (let i = 0; i < ${levels}; i++) text = "[" + text + "]"
console.log("parsed " + (JSON.parse(text) !== undefined))
console.log("parsed " + JSON.parse("{\\"a\\":\\"[[[[\\\\\\"[[[\\"}").a)
`
    it(`bears ${MOST_JSON_LEVELS} levels, and brackets in texts as many as there are`, async () => {
        const bench = await new BoardBench("c3", source(MOST_JSON_LEVELS)).run(seconds(3))
        expect(bench.lines.slice(-2)).toEqual(["parsed true", 'parsed [[[["[[['])
        expect(bench.node.boardResets).toEqual([])
    })

    it("overflows beyond that: the board resets itself, and the program cannot catch it", async () => {
        const bench = await new BoardBench("c3", source(MOST_JSON_LEVELS + 1)).run(seconds(3))
        expect(bench.lines.filter(line => line.startsWith("parsed"))).toEqual([])
        expect(bench.node.boardResets.map(({ text }) => text)).toContain(
            "stack overflow: JSON nested more than 60 deep"
        )
    })
})
