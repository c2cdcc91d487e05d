import { describe, expect, it } from "vitest"
import { BoardBench } from "../../tests/support/board-bench.js"
import { minutes, seconds } from "../time/duration.js"
import { BOOT_PHASE_MS } from "./board.js"
import { OPCODE_US } from "./costs.js"

/** Works for a number of turns each second, after the first 40 s for more of them. */
const WORK = `
import * as ds from "@devicescript/core"
let x = 0
setInterval(async () => {
    const turns = ds.millis() < 40_000 ? 200 : 2000
    for (let i = 0; i < turns; i++) x = (x * 31 + i) & 0xffff
}, 1000)
`

describe("what a program asks of a board", () => {
    it("is told apart for the first 30 s and for later", async () => {
        const { board } = await new BoardBench("picoW", WORK).run(minutes(2))
        const { boot, later } = board.meters
        expect(BOOT_PHASE_MS).toBe(30_000)
        // 17 opcodes a turn.
        expect(boot.longestRunOpcodes).toBeGreaterThan(200 * 15)
        expect(boot.longestRunOpcodes).toBeLessThan(200 * 20)
        expect(later.longestRunOpcodes).toBeGreaterThan(2000 * 15)
        expect(later.longestRunOpcodes).toBeLessThan(2000 * 20)
        const ms = (later.longestRunOpcodes * OPCODE_US) / 1000
        expect(later.longestBlockMs).toBeGreaterThanOrEqual(ms)
        expect(later.longestBlockMs).toBeLessThan(ms + 5)
        expect(later.longestRunAt).toMatch(/^\w+ \(.+\.ts:\d+\)$/)
    })

    it("holds up what comes meanwhile: a node at work hears of it afterwards", async () => {
        const source = `
import * as ds from "@devicescript/core"
let x = 0
await ds.sleep(2000)
for (let i = 0; i < 6000; i++) x = (x * 31 + i) & 0xffff
console.log("done " + ds.millis())
await ds.sleep(0)
console.log("now " + ds.millis())
`
        const bench = await new BoardBench("c3", source).run(seconds(6))
        // Its clock stands still while it works, and shows afterwards how long that took.
        const [done] = bench.numbers("done")
        const [now] = bench.numbers("now")
        expect(now - done).toBeGreaterThan(300)
        expect(bench.board.meters.boot.longestBlockMs).toBeGreaterThan(now - done)
    })

    it("is 10 ms for every 64 B of log on an ESP32 that writes it to a pin", async () => {
        const source = `
import * as ds from "@devicescript/core"
setInterval(async () => {
    if (ds.millis() > 35_000) console.log("a line of the log that is as long as some of them are")
}, 5000)
`
        const pin = await new BoardBench("seeedC3", source).run(minutes(1))
        const none = await new BoardBench("c3", source).run(minutes(1))
        expect(pin.board.meters.later.longestBlockMs).toBeGreaterThanOrEqual(10)
        expect(pin.board.meters.later.longestBlockMs).toBeLessThan(22)
        expect(none.board.meters.later.longestBlockMs).toBeLessThan(3)
    })

    it("is 45 ms and more for a setting that makes the runtime erase a sector of flash", async () => {
        const source = `
import * as ds from "@devicescript/core"
import { writeSetting } from "@devicescript/settings"
for (let i = 0; ; i++) {
    await writeSetting("n", "x".length + i)
    await ds.sleep(100)
}
`
        const bench = await new BoardBench("picoW", source).run(minutes(1))
        const { later } = bench.board.meters
        expect(bench.node.flash.writes).toBeGreaterThan(300)
        // A bank has two sectors.
        expect(later.longestBlockMs).toBeGreaterThan(90)
        expect(later.longestBlockMs).toBeLessThan(130)
    })
})
