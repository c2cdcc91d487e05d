import { describe, expect, it } from "vitest"
import { MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { SHT4xModel } from "../../src/drivers/sht4x/model.js"
import { BoardBench, type BoardName } from "../../tests/support/board-bench.js"
import { seconds } from "../time/duration.js"
import { OPCODE_US } from "./costs.js"

/**
 * Reads a part in groups of transfers without a pause, with a sleep between the groups.
 * How many and how long comes with the device id, so that it is compiled only once.
 */
const TRANSFERS = `
import * as ds from "@devicescript/core"
import { i2c } from "@devicescript/i2c"
const id = Buffer.from(ds.deviceIdentifier("self"), "hex")
const each = id[1] * 256 + id[2]
let good = 0
let bad = 0
await ds.sleep(500)
console.log("begin " + ds.millis())
for (let g = 0; g < id[0]; g++) {
    for (let i = 0; i < each; i++) {
        try { await i2c.readBuf(0x44, 1); good++ } catch (e) { bad++ }
    }
    await ds.sleep(id[4] * 256 + id[5])
}
console.log("bad " + bad)
console.log("end " + ds.millis())
`

interface Plan {
    readonly groups: number
    readonly each: number
    /** Sleep after each group, ms. */
    readonly sleep?: number
    readonly isStuck?: boolean
}

/** Transfers to a part that is not there. */
function transfers(
    board: BoardName,
    { groups, each, sleep = 1, isStuck = false }: Plan
): BoardBench {
    const id = [groups, each >> 8, each & 0xff, 0, sleep >> 8, sleep & 0xff, 0, 1]
    const deviceId = Buffer.from(id).toString("hex")
    const bench = new BoardBench(board, TRANSFERS, { node: { deviceId } })
    bench.node.bus.isStuck = isStuck
    return bench
}

describe("the bus of a board", () => {
    it("is the board's own for the program: no simulator, and the pins are there", async () => {
        const source = `
import * as ds from "@devicescript/core"
import { i2c } from "@devicescript/i2c"
import { pins } from "@dsboard/suitcase_pico_w"
console.log("simulator " + ds.isSimulator() + ", pin " + pins.GP15.gpio)
await i2c.writeBuf(0x44, hex\`fd\`)
await ds.sleep(10)
console.log("read " + (await i2c.readBuf(0x44, 6)).toString("hex"))
`
        const sensor = new SHT4xModel().feed("temperature", 20).feed("humidity", 50)
        const bench = new BoardBench("picoW", source, { node: { sensors: [sensor] } })
        await bench.run(seconds(3))
        expect(bench.lines).toContain("simulator false, pin 15")
        const read = Buffer.from(bench.lines.at(-1)?.replace("read ", "") ?? "", "hex")
        expect((read.readUInt16BE(0) * 175) / 65535 - 45).toBeCloseTo(20, 1)
    })

    it("does not suspend the program: transfers in a row run into the limit of opcodes", async () => {
        const bench = await transfers("c3", { groups: 1, each: 2000 }).run(seconds(4))
        expect(bench.node.panics.map(({ code }) => code)).toEqual([60001])
        expect(bench.board.meters.boot.longestRunOpcodes).toBe(131_072)
        expect(bench.board.meters.boot.longestRunAt).toMatch(/^main \(devs\/board-test\.ts/)
    })

    it("is not reached through the station's bus, however many transfers there are in a row", async () => {
        const source = `
import * as ds from "@devicescript/core"
import { MB85RC256V } from "../src/drivers/mb85rc/driver.js"
import { openBus } from "../src/station/bus.js"
const each = Buffer.from(ds.deviceIdentifier("self"), "hex")[0] * 5
const memory = new MB85RC256V(openBus())
await memory.open()
const target = Buffer.alloc(16)
await ds.sleep(10)
for (let i = 0; i < each; i++) await memory.read(16 * i, target, 0, 16)
await ds.sleep(10)
console.log("read " + each)
`
        const reads = (deviceId: string) =>
            new BoardBench("c3", source, {
                node: { deviceId, sensors: [new MB85RCModel()] },
            }).run(seconds(10))
        const few = await reads("2800000000000001")
        expect(few.numbers("read")).toEqual([200])
        const many = await reads("ff00000000000001")
        expect(many.numbers("read")).toEqual([1275])
        for (const { node, board } of [few, many]) {
            expect(node.panics).toEqual([])
            expect(board.meters.boot.longestRunOpcodes).toBeLessThan(16_000)
        }
    })

    it("takes its time, and the opcodes between its transfers take theirs", async () => {
        const bench = await transfers("picoW", { groups: 1, each: 50 }).run(seconds(4))
        expect(bench.numbers("bad")).toEqual([50])
        const { longestRunOpcodes, longestBlockMs } = bench.board.meters.boot
        // A transfer that nobody acknowledges: start, 9 clocks, stop at 100 kHz.
        const expected = (50 * 110 + longestRunOpcodes * OPCODE_US) / 1000
        expect(longestRunOpcodes).toBeGreaterThan(50 * 60)
        expect(longestRunOpcodes).toBeLessThan(50 * 100)
        // Lines of the log and collections of garbage come on top.
        expect(longestBlockMs).toBeGreaterThan(expected)
        expect(longestBlockMs).toBeLessThan(expected + 10)
    })

    it("goes on after a suspend, which begins a new count", async () => {
        const bench = await transfers("c3", { groups: 20, each: 200 }).run(seconds(8))
        expect(bench.node.panics).toEqual([])
        expect(bench.numbers("bad")).toEqual([4000])
    })

    it("tells the script which half of a transfer failed, and does nothing for an empty one", async () => {
        const source = `
import { i2c } from "@devicescript/i2c"
async function attempt(name: string, write: Buffer, read: number) {
    try { await i2c.xfer(0x44, write, read); console.log(name + " 0") }
    catch (e) { console.log(name + " " + (e as any).status) }
}
await attempt("write", hex\`fd\`, 0)
await attempt("both", hex\`fd\`, 6)
await attempt("read", hex\`\`, 6)
await attempt("empty", hex\`\`, 0)
`
        const bench = await new BoardBench("c3", source).run(seconds(3))
        expect(bench.numbers("write")).toEqual([-1])
        expect(bench.numbers("both")).toEqual([-1])
        expect(bench.numbers("read")).toEqual([-2])
        expect(bench.numbers("empty")).toEqual([0])
        expect(bench.node.bus.transfers).toBe(3)
    })

    it("refuses addresses beyond 7 bits and things that are no buffers, as the runtime does", async () => {
        const source = `
import { i2c } from "@devicescript/i2c"
async function attempt(address: number, write: any) {
    try { await i2c.xfer(address, write, 0); console.log("went") }
    catch (e) { console.log((e as any).name + ": " + (e as any).message) }
}
await attempt(128, hex\`00\`)
await attempt(0x44, 7)
`
        const bench = await new BoardBench("c3", source).run(seconds(3))
        expect(bench.lines.slice(-2)).toEqual([
            "TypeError: invalid I2C address: 128",
            "TypeError: expecting Buffer",
        ])
        expect(bench.node.bus.transfers).toBe(0)
    })

    it("fails on a board whose configuration has no pins for it, unless the program sets them", async () => {
        const source = (configure: string) => `
import { configureHardware } from "@devicescript/servers"
import { i2c } from "@devicescript/i2c"
${configure}
try { await i2c.writeBuf(0x44, hex\`fd\`); console.log("went 1") } catch (e) { console.log("went 0") }
`
        const node = { sensors: [new SHT4xModel()] }
        const without = await new BoardBench("s3", source(""), { node }).run(seconds(3))
        expect(without.numbers("went")).toEqual([0])
        const pins = "configureHardware({ i2c: { pinSDA: 8, pinSCL: 9, kHz: 400 } as any })"
        const set = await new BoardBench("s3", source(pins), { node }).run(seconds(3))
        expect(set.numbers("went")).toEqual([1])
        expect(set.node.bus.kHz).toBe(400)
    })
})

describe("a bus that is stuck", () => {
    it("costs an ESP32 1 s per transfer: four in one pass of the main loop are borne", async () => {
        const plan = { groups: 1, each: 4, isStuck: true }
        const bench = await transfers("c3", plan).run(seconds(9))
        expect(bench.numbers("end").length).toBe(1)
        expect(bench.board.meters.boot.longestBlockMs).toBeGreaterThan(4000)
        expect(bench.node.boardResets).toEqual([])
    })

    it("resets an ESP32 by its watchdog after 5 s, again and again: a boot loop", async () => {
        const plan = { groups: 1, each: 6, isStuck: true }
        const bench = await transfers("c3", plan).run(seconds(30))
        expect(bench.numbers("end")).toEqual([])
        expect(bench.numbers("begin").length).toBeGreaterThan(2)
        expect(bench.node.boardResets.map(({ text }) => text)).toContain("watchdog")
        expect(bench.board.meters.boot.roundsWithoutFeed).toBeGreaterThan(2)
    })

    it("is not helped by sleep(0), which does not come back to the main loop", async () => {
        const plan = { groups: 6, each: 1, sleep: 0, isStuck: true }
        const bench = await transfers("c3", plan).run(seconds(12))
        expect(bench.numbers("end")).toEqual([])
        expect(bench.node.boardResets.length).toBeGreaterThan(0)
    })

    // A sleep is reckoned from the begin of the run, before the transfer took its second: it
    // is over when the runtime looks next, and its announcements, due by then, keep it looking.
    for (const sleep of [1, 50, 900])
        it(`nor by sleep(${sleep}), which is over by the time the transfer is`, async () => {
            const plan = { groups: 12, each: 1, sleep, isStuck: true }
            const bench = await transfers("c3", plan).run(seconds(12))
            expect(bench.node.boardResets.length).toBeGreaterThan(0)
        })

    it("is borne with a pause longer than the transfer took", async () => {
        const plan = { groups: 12, each: 1, sleep: 1200, isStuck: true }
        const bench = await transfers("c3", plan).run(seconds(30))
        expect(bench.numbers("end").length).toBe(1)
        expect(bench.node.boardResets).toEqual([])
    })

    it("hangs an RP2040 forever, which ends the run", async () => {
        const plan = { groups: 1, each: 1, isStuck: true }
        const bench = await transfers("picoW", plan).run(seconds(60))
        expect(bench.node.panics.map(({ message }) => message)).toEqual([
            expect.stringContaining("bus hung"),
        ])
        expect(bench.node.isOn).toBe(false)
    })
})
