import { describe, expect, it } from "vitest"
import { compile, CompileError } from "../program/compile.js"
import { VirtualClock } from "../time/clock.js"
import { formatDuration, hours, parseDuration, seconds } from "../time/duration.js"
import { NodePanic } from "./node.js"
import { SeededRandom } from "../time/random.js"
import { World } from "./world.js"

const TICKER = `
import * as ds from "@devicescript/core"
import { randomBuffer } from "@devicescript/crypto"
let turn = 0
console.log("boot " + randomBuffer(4).toString("hex"))
setInterval(async () => {
    turn++
    console.log("turn " + turn)
}, 1000)
`

describe("the virtual clock", () => {
    it("runs events by time, and at one time in the order they were scheduled", () => {
        const clock = new VirtualClock(0)
        const seen: string[] = []
        for (const [delay, name] of [
            [5, "c"],
            [1, "a"],
            [5, "d"],
            [3, "b"],
        ] as const)
            clock.after(delay, () => seen.push(`${name}@${clock.now}`))
        while (clock.step()) continue
        expect(seen).toEqual(["a@1", "b@3", "c@5", "d@5"])
    })

    it("keeps its order through thousands of random events, cancelled ones left out", () => {
        const clock = new VirtualClock(0)
        const random = new SeededRandom(7)
        const seen: number[] = []
        let cancelled = 0
        for (let i = 0; i < 5000; i++) {
            const event = clock.after(random.uint32() & 1023, () => seen.push(clock.now))
            if ((random.uint32() & 3) === 0) {
                clock.cancel(event)
                cancelled++
            }
        }
        while (clock.step()) continue
        expect(seen.length).toBe(5000 - cancelled)
        expect(seen).toEqual([...seen].sort((a, b) => a - b))
    })

    it("refuses delays that are negative or not a number, and jumps over events", () => {
        const clock = new VirtualClock(0)
        expect(() => clock.after(-1, () => undefined)).toThrow(/≥ 0/)
        expect(() => clock.after(NaN, () => undefined)).toThrow(/≥ 0/)
        clock.after(10, () => undefined)
        expect(() => clock.advanceTo(11)).toThrow(/jump/)
    })
})

describe("durations", () => {
    it("are read and written with units", () => {
        expect(["90s", "15m", "24h", "1h30m", "7d", "250ms"].map(parseDuration)).toEqual([
            90_000, 900_000, 86_400_000, 5_400_000, 604_800_000, 250,
        ])
        for (const bad of ["", "24", "h", "0s", "-1h", "1 h", "1h!"])
            expect(parseDuration(bad), bad).toBeUndefined()
        expect(formatDuration(90_000)).toBe("1 min 30 s")
        expect(formatDuration(86_400_000)).toBe("1 d")
    })
})

describe("a simulated node", () => {
    const program = compile("devs/test-ticker.ts", { source: TICKER })

    it("runs real bytecode for exactly the virtual time asked for", async () => {
        const world = new World()
        const node = world.addNode({ program })
        await world.run(hours(1))
        expect(world.clock.now).toBe(3_600_000_000)
        const turns = node.console.filter(line => line.text.startsWith("turn"))
        expect(turns.length).toBe(3599)
        const last = turns.at(-1)
        expect(last?.text).toBe("turn 3599")
        expect(Math.abs((last?.at as number) - 3_599_000_000)).toBeLessThan(100_000)
    })

    it("does the same for the same seed and something else for another", async () => {
        const log = async (seed: number) => {
            const world = new World({ seed })
            const nodes = [world.addNode({ program }), world.addNode({ program })]
            await world.run(seconds(20))
            return nodes.map(node => node.log.map(line => `${line.at} ${line.text}`))
        }
        const first = await log(1)
        expect(await log(1)).toEqual(first)
        expect(first[0]).not.toEqual(first[1])
        expect(await log(2)).not.toEqual(first)
    })

    it("loses RAM and keeps flash when its power is cut", async () => {
        const source = `
import { readSetting, writeSetting } from "@devicescript/settings"
import * as ds from "@devicescript/core"
const boots = (await readSetting<number>("boots", 0)) + 1
await writeSetting("boots", boots)
console.log("boots " + boots)
`
        const world = new World()
        const node = world.addNode({
            program: compile("devs/test-boots.ts", { source }),
        })
        const boots = () => node.console.filter(line => line.text.startsWith("boots")).length
        await world.runUntil(() => boots() === 1, seconds(10))
        await world.run(seconds(1))
        node.powerOff()
        expect(node.isOn).toBe(false)
        const silent = node.log.length
        await world.run(seconds(10))
        expect(node.log.length, "a node without power prints nothing").toBe(silent)
        node.powerOn()
        await world.runUntil(() => boots() === 2, seconds(10))
        expect(node.console.at(-1)?.text).toBe("boots 2")
        expect(node.flash.writes).toBeGreaterThan(0)
    })

    it("an uncaught exception is an error with TypeScript file and line", async () => {
        const source = `import * as ds from "@devicescript/core"
class Tank {
    level(samples: number[]) {
        throw new RangeError("no samples: " + samples.length)
    }
}
setTimeout(async () => {
    new Tank().level([])
}, 500)
`
        const world = new World()
        world.addNode({ program: compile("devs/test-throws.ts", { source }), name: "bridge-7" })
        const error: unknown = await world.run(seconds(2)).then(
            () => undefined,
            (e: unknown) => e
        )
        expect(error).toBeInstanceOf(NodePanic)
        const panic = error as NodePanic
        expect(panic.code).toBe(60005)
        expect(panic.message).toContain("bridge-7: unhandled exception")
        expect(panic.message).toContain("no samples: 0")
        expect(panic.message).toMatch(/at level \(devs\/test-throws\.ts:4:/)
    })

    it("an endless loop is an error too, and names its place", async () => {
        const source = `let x = 1
function spin() {
    while (x !== 0) x = (x * 31 + 7) | 1
}
setTimeout(async () => spin(), 100)
`
        const world = new World()
        world.addNode({ program: compile("devs/test-spins.ts", { source }) })
        await expect(world.run(seconds(2))).rejects.toThrow(
            /131,072 instructions[\s\S]*spin \(devs\/test-spins\.ts:3:/
        )
    })

    it("restarts after a panic when panics are allowed", async () => {
        const source = `console.log("start")\nsetTimeout(async () => { throw new Error("x") }, 1000)`
        const world = new World({ allowPanics: true })
        const node = world.addNode({ program: compile("devs/test-again.ts", { source }) })
        await world.run(seconds(20))
        expect(node.panics.length).toBeGreaterThanOrEqual(2)
        const starts = node.console.filter(line => line.text === "start")
        expect(starts.length).toBeGreaterThanOrEqual(2)
    })

    it("shows free heap and its low-water mark", async () => {
        const source = `
let kept = Buffer.alloc(10)
setTimeout(async () => { kept = Buffer.alloc(20000); kept[0] = 1 }, 5000)
setTimeout(async () => { kept = Buffer.alloc(10) }, 10000)
`
        const world = new World()
        const node = world.addNode({
            program: compile("devs/test-heap.ts", { source }),
            heapProbeMs: 100,
        })
        await world.run(seconds(2))
        const before = node.heap()?.free as number
        expect(node.heap()?.size).toBe(65_532)
        await world.run(seconds(5))
        const during = node.heap()?.free as number
        expect(before - during).toBeGreaterThan(19_900)
        expect(before - during).toBeLessThan(21_000)
        node.gcStress(true)
        await world.run(seconds(10))
        expect(node.heapLowWater).toBeLessThanOrEqual(during)
        expect(node.heap()?.free).toBeGreaterThan(during)
    })

    it("a clock that is 100 ppm fast counts 360 ms more in an hour", async () => {
        const source = `import * as ds from "@devicescript/core"
setInterval(async () => { console.log("up " + ds.millis()) }, 60000)`
        const world = new World()
        const fast = compile("devs/test-drift.ts", { source })
        const node = world.addNode({ program: fast, clockPpm: 100 })
        await world.run(hours(1) + 1000)
        const line = node.console.at(-1)
        const uptime = Number(line?.text.slice(3))
        const real = (line?.at as number) / 1000
        expect(uptime - real).toBeGreaterThan(330)
        expect(uptime - real).toBeLessThan(380)
    })
})

describe("the compiler", () => {
    it("shows its own diagnostics with file and line", () => {
        const source = `let x: number = "text"\nconsole.log(x)\n`
        expect(() => compile("devs/test-wrong.ts", { source })).toThrow(CompileError)
        expect(() => compile("devs/test-wrong.ts", { source })).toThrow(
            /devs\/test-wrong\.ts[\s\S]*1[\s\S]*not assignable/
        )
    })

    it("gives the same bytecode again", () => {
        const one = compile("devs/test-ticker.ts", { source: TICKER })
        const two = compile("devs/test-ticker.ts", { source: `${TICKER}\n`, name: "test-ticker" })
        expect(Buffer.from(two.bytecode).equals(Buffer.from(one.bytecode))).toBe(true)
    })
})
