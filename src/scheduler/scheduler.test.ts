import { describe, expect, it } from "vitest"
import { BoardBench, type BoardName } from "../../tests/support/board-bench.js"
import { minutes, seconds } from "../../sim/time/duration.js"

/** The runtime's clock has 32 bits. */
const WRAP_MS = 2 ** 32

const HEAD = `
import * as ds from "@devicescript/core"
import { settings } from "@devicescript/settings"
import { pause, readBeforePausing, sleep, spend, suspend, wakeByAnnouncements } from "../src/scheduler/scheduler.js"
wakeByAnnouncements(settings)
`

async function run(
    board: BoardName,
    source: string,
    ms: number,
    uptimeMs = 0
): Promise<BoardBench> {
    const bench = new BoardBench(board, HEAD + source, {
        strictTick: true,
        node: { uptimeMs },
    })
    await bench.run(ms)
    expect(bench.node.panics).toEqual([])
    expect(bench.node.boardResets).toEqual([])
    return bench
}

/** Five fibers and a timer of the platform's, each with a period of its own; they print how late they were. */
const SLEEPERS = `
async function nap(ms: number) {
    for (let n = 0; ; n++) {
        const due = ds.millis() + ms
        await sleep(ms)
        console.log("late " + (ds.millis() - due) + " after " + ms)
    }
}
for (const ms of [37, 230, 600, 1700, 4000]) nap.start(ms)
setInterval(async () => console.log("timer " + ds.millis()), 1300)
`

describe.each(["c3", "picoW"] as const)("the scheduler on a board, %s", board => {
    it("wakes every fiber, never early, and at most 100 ms late when all are due at once", async () => {
        const bench = await run(board, SLEEPERS, minutes(2))
        const late = bench.numbers("late")
        expect(late.length).toBeGreaterThan(2000)
        expect(Math.min(...late), "ms late").toBeGreaterThanOrEqual(0)
        expect(Math.max(...late), "ms late").toBeLessThanOrEqual(100)
        expect(bench.numbers("timer").length).toBeGreaterThanOrEqual(90)
    })

    it("goes on when the runtime's clock passes 2^32 ms, at most 1.5 s late", async () => {
        const bench = await run(board, SLEEPERS, minutes(2), WRAP_MS - seconds(20))
        const late = bench.numbers("late")
        expect(Math.min(...late), "ms late").toBeGreaterThanOrEqual(0)
        expect(Math.max(...late), "ms late").toBeLessThanOrEqual(1500)
        const timers = bench.numbers("timer").filter(at => at > WRAP_MS + seconds(5))
        expect(timers.length, "of 1.3 s in 95 s").toBeGreaterThanOrEqual(70)
        for (const ms of [37, 230, 600, 1700, 4000]) {
            const after = bench.lines.filter(line => line.endsWith(` after ${ms}`)).length
            expect(after, `naps of ${ms} ms in two minutes`).toBeGreaterThan(
                (0.9 * 118_000) / (ms + 30)
            )
        }
    })

    it("sleeps on when an event that the fiber had waited for before resumes it", async () => {
        const source = `
const sleeper = ds.Fiber.self()
async function poke() {
    for (let n = 0; n < 10; n++) {
        await sleep(60)
        if (sleeper.suspended) sleeper.resume(n)
    }
}
poke.start()
const begin = ds.millis()
await sleep(1000)
console.log("slept " + (ds.millis() - begin))
`
        const [slept] = (await run(board, source, seconds(5))).numbers("slept")
        expect(slept, "ms").toBeGreaterThanOrEqual(1000)
        expect(slept, "ms").toBeLessThanOrEqual(1100)
    })

    it("lets the main loop come round between fibers that work at the same time", async () => {
        const source = `
async function work() {
    let x = 0
    for (;;) {
        await pause()
        for (let i = 0; i < 300; i++) x = (x * 31 + i) & 0xffff
    }
}
await sleep(31000)
for (let i = 0; i < 5; i++) work.start()
`
        const bench = await run(board, source, seconds(60))
        const { longestRunOpcodes, longestBlockMs } = bench.board.meters.later
        // 17 opcodes a turn.
        expect(longestRunOpcodes).toBeGreaterThan(4500)
        expect(longestRunOpcodes).toBeLessThan(7000)
        expect(longestBlockMs, "ms: one of them, not five").toBeLessThan(30)
    })

    it("ends a run whose work was told before it is long", async () => {
        const source = `
let x = 0
await sleep(31000)
for (;;) {
    for (let i = 0; i < 50; i++) x = (x * 31 + i) & 0xffff
    await spend(850)
}
`
        const { later } = (await run(board, source, seconds(60))).board.meters
        expect(later.longestRunOpcodes).toBeGreaterThan(7000)
        expect(later.longestRunOpcodes).toBeLessThan(13_000)
    })

    it("gives what a fiber is resumed with, and undefined when the time is over", async () => {
        const source = `
let waiting: ds.Fiber = undefined
async function wait() {
    for (const ms of [500, 500, undefined]) {
        const begin = ds.millis()
        waiting = ds.Fiber.self()
        const value = await suspend<number>(ms)
        waiting = undefined
        console.log("value " + (value === undefined ? -1 : value) + " after " + (ds.millis() - begin))
    }
}
wait.start()
await sleep(100)
waiting.resume(7)
await sleep(1000)
waiting.resume(8)
`
        const bench = await run(board, source, seconds(5))
        expect(bench.numbers("value")).toEqual([7, -1, 8])
    })

    it("lets the main loop on for who waits in pauses, however much there is to read", async () => {
        const source = `
readBeforePausing([1, 2, 3, 4])
let isReady = false
async function prepare() {
    await sleep(500)
    isReady = true
}
prepare.start()
while (!isReady) await pause()
console.log("ready " + ds.millis())
`
        const bench = await run(board, source, seconds(5))
        expect(bench.numbers("ready").length).toBe(1)
        expect(
            bench.board.meters.boot.longestBlockMs,
            "ms, lines of the log among it"
        ).toBeLessThan(200)
    })

    it("does not mind a fiber that was ended while it waited", async () => {
        const source = `
async function nap() { await sleep(300); console.log("never 1") }
const napping = nap.start()
await sleep(20)
napping.terminate()
await sleep(1000)
console.log("still 1")
`
        const bench = await run(board, source, seconds(5))
        expect(bench.numbers("still")).toEqual([1])
        expect(bench.numbers("never")).toEqual([])
    })
})

describe("an RP2040's tick", () => {
    it("is never at risk after boot, whatever waits", async () => {
        const bench = await run("picoW", SLEEPERS, minutes(10))
        expect(bench.board.meters.later.tickLossRisks).toEqual([])
    })
})
