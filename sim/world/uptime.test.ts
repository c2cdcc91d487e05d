import { describe, expect, it } from "vitest"
import { compile } from "../program/compile.js"
import { type Program } from "../program/program.js"
import { seconds } from "../time/duration.js"
import { World } from "./world.js"

const SECONDS = `
import * as ds from "@devicescript/core"
async function count() {
    for (;;) {
        await ds.sleep(1000)
        console.log("up " + ds.millis())
    }
}
await count()
`

/** The wrap of the runtime's clock, at 49.7 days. */
const WRAP_MS = 2 ** 32

function nodeOf(program: Program, uptimeMs: number, runsEveryWake = false) {
    const world = new World({ seed: 1, runsEveryWake })
    const node = world.addNode({ program, uptimeMs })
    const seen = () => node.console.map(({ at, text }) => `${at} ${text}`)
    return { world, node, seen }
}

function upTimes(seen: string[]): number[] {
    return seen.filter(line => line.includes(" up ")).map(line => Number(line.split(" ").at(-1)))
}

describe("a node that has been on for a long time", () => {
    const program = compile("devs/uptime.ts", { source: SECONDS })

    for (const [name, uptimeMs] of [
        ["a day", 86_400_000],
        ["as long as the runtime counts µs in 32 bits", 4_294_967 - 5000],
        ["as long as it counts ms in 31 bits", 2 ** 31 - 5000],
        ["longer than it counts ms in 32 bits", WRAP_MS + 777],
    ] as const)
        it(`knows it, and its timers go on: ${name}`, async () => {
            const { world, node, seen } = nodeOf(program, uptimeMs)
            await world.run(seconds(10.5))
            const times = upTimes(seen())
            expect(times.length).toBe(10)
            expect(times[0]).toBe(uptimeMs + 1010)
            expect(times.every((t, i) => t === times[0] + 1000 * i)).toBe(true)
            expect(node.uptimeMs).toBe(uptimeMs + 10_500)
            node.powerCut(1000)
            await world.run(seconds(5))
            expect(upTimes(seen()).at(-1)).toBeLessThan(4000)
        })

    it("comes across 2³² ms the same way whether idle wake-ups run or not, and goes on", async () => {
        const [left, all] = [false, true].map(every => nodeOf(program, WRAP_MS - 2500, every))
        for (const { world } of [left, all]) await world.run(seconds(4))
        expect(left.seen()).toEqual(all.seen())
        // A sleep that ends after the wrap ends in the last ms before it.
        expect([...new Set(upTimes(left.seen()))]).toEqual([
            WRAP_MS - 1490,
            WRAP_MS - 490,
            WRAP_MS - 1,
            WRAP_MS,
            WRAP_MS + 1000,
        ])
    })

    it("does not hang when a fiber goes to sleep in the last ms before 2³²", async () => {
        const source = `
import * as ds from "@devicescript/core"
async function spin() {
    for (let turns = 1; ; turns++) {
        await ds.sleep(50)
        console.log("turns " + turns + " up " + ds.millis())
    }
}
spin.start()
`
        const { world, seen } = nodeOf(compile("devs/wrap.ts", { source }), WRAP_MS - 1010)
        await world.run(seconds(2))
        const times = upTimes(seen())
        // Every sleep of that ms ends at once; before and after it all is as usual.
        const inLastMs = times.filter(ms => ms === WRAP_MS - 1).length
        expect(inLastMs).toBeGreaterThan(2)
        expect(inLastMs).toBeLessThan(50)
        expect(times.filter(ms => ms < WRAP_MS - 1).length).toBe(19)
        expect(times.filter(ms => ms >= WRAP_MS).length).toBeGreaterThan(18)
    })
})
