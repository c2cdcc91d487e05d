import { describe, expect, it } from "vitest"
import { Describer } from "./describer.js"

const SECOND = 1000
const HOUR = 3_600_000

function bench(nodes: string[]) {
    const asked: string[] = []
    let now = 0
    const describer = new Describer({
        waiting: () => nodes.map(node => ({ site: "town", node })),
        ask: ({ node }, id) => {
            asked.push(`${node} ${id.split("-")[0]}`)
            return Promise.resolve(true)
        },
        nowMs: () => now,
    })
    const run = async (ms: number, stepMs = 2 * SECOND) => {
        for (const end = now + ms; now < end; now += stepMs) await describer.look()
    }
    return { asked, run, describer }
}

describe("asking for records", () => {
    it("gives what is on its way two seconds, then asks once, and again ever more rarely", async () => {
        const { asked, run } = bench(["n1"])
        await run(2 * SECOND)
        expect(asked).toEqual([])
        await run(2 * SECOND)
        expect(asked).toEqual(["n1 describe"])
        await run(HOUR, 30 * SECOND)
        expect(asked.length, "at 2 s, 1 min, 6 min, 36 min").toBe(4)
        await run(24 * HOUR, 600 * SECOND)
        expect(asked.length, "every six hours").toBe(8)
    })

    it("asks no more than ten nodes at a time", async () => {
        const nodes = Array.from({ length: 100 }, (_, i) => `n${i}`)
        const { asked, run } = bench(nodes)
        await run(4 * SECOND)
        expect(asked.length).toBe(10)
        await run(18 * SECOND)
        expect(new Set(asked).size).toBe(100)
    })

    it("does not ask who waits no more", async () => {
        const nodes = ["n1"]
        const { asked, run } = bench(nodes)
        await run(2 * SECOND)
        nodes.pop()
        await run(HOUR, 10 * SECOND)
        expect(asked).toEqual([])
    })
})
