import { describe, expect, it } from "vitest"
import { AT24Model } from "../../drivers/at24/model.js"
import { MB85RCModel } from "../../drivers/mb85rc/model.js"
import { type MemoryModel } from "../../drivers/shared/memory/memory-model.js"
import { compile } from "../../../sim/program/compile.js"
import { type Program } from "../../../sim/program/program.js"
import { RigProgram } from "../../../sim/parts/rig-program.js"
import { SeededRandom } from "../../../sim/time/random.js"
import { World } from "../../../sim/world/world.js"

/**
 * A node's life in short: at boot it tells what it finds, then it journals rows and
 * pushes frames. Frame n has 300 B, row i of frame n is (n, i).
 */
function life(folder: string, className: string): number {
    return lives.script({
        imports: `import { ${className} } from "../src/drivers/${folder}/driver.js"`,
        body: `
const log = new FrameLog(new ${className}(bus), Buffer.alloc(128), pause)
const outbox = new StoreOutbox(log, { spare: Buffer.alloc(1000), alloc: n => Buffer.alloc(n), millis: () => ds.millis(), pause })
const frame = Buffer.alloc(300)
const row = Buffer.alloc(30)
let rows = 0
let journalled = 0

async function main() {
    await outbox.reach()
    let found = ""
    let newest = 0
    for (let serial = outbox.firstSerial; serial < outbox.nextSerial; serial++) {
        const length = await outbox.lengthOf(serial)
        if (length === 0) continue
        await outbox.read(serial, frame, 0)
        for (let i = 0; i < length; i++) if (frame[i] !== ((frame[0] + i) & 0xff)) found = found + "!"
        newest = frame[0]
        found = found + " " + newest
    }
    await log.journalRows(async (bytes, from, length) => {
        if (length !== 30 || bytes[from + 1] !== rows) found = found + "?"
        journalled = bytes[from]
        rows++
    })
    console.log("FOUND" + found + " ROWS " + journalled + " " + rows + " TORN " + log.torn + " " + outbox.lastError)
    if (rows > 0) newest = journalled - 1
    for (let n = newest + 1; n < 200; n++) {
        for (let i = rows; i < 3; i++) {
            row[0] = n
            row[1] = i
            await outbox.journalRow(row, 30)
            console.log("ROW " + n + " " + i)
        }
        rows = 0
        for (let i = 0; i < frame.length; i++) frame[i] = (n + i) & 0xff
        await outbox.push(0, frame, frame.length)
        console.log("ACK " + n)
        if (n > 4) await outbox.release(outbox.nextSerial - 5)
        await ds.sleep(20)
    }
}
await main()`,
    })
}

const lives = new RigProgram({
    imports: `
import { FrameLog } from "../src/core/outbox/log.js"
import { StoreOutbox } from "../src/core/outbox/store-outbox.js"`,
    declarations: `
async function pause(): Promise<void> {
    await ds.sleep(0)
}`,
})

describe.each([
    ["mb85rc", life("mb85rc", "MB85RC256V"), () => new MB85RCModel()],
    ["at24", life("at24", "AT24C256"), () => new AT24Model(5)],
] as const)("driver, log and outbox in the VM on a model of %s", (folder, script, make) => {
    it("finds after every power cut what was taken before it", async () => {
        const random = new SeededRandom(folder)
        const model: MemoryModel = make()
        const world = new World({ seed: 3 })
        const node = world.addNode({
            program: lives.program,
            deviceId: RigProgram.deviceId({ script }),
            sensors: [model],
        })
        let acknowledged = 0
        let row = [0, -1]
        let found: string | undefined
        let cuts = 0
        node.onConsole = line => {
            const [word, a, b] = line.split(" ")
            if (word === "ACK") {
                acknowledged = Number(a)
                row = [acknowledged + 1, -1]
            } else if (word === "ROW") row = [Number(a), Number(b)]
            else if (word === "FOUND") found = line
        }
        for (let boot = 0; boot < 25; boot++) {
            found = undefined
            await world.runUntil(() => found !== undefined, 30_000)
            const match = /^FOUND([ \d]*) ROWS (\d+) (\d+) TORN \d+ ?$/.exec(found ?? "")
            expect(match, `boot ${boot}: ${found}`).not.toBeNull()
            const [, list, journal, rows] = match as unknown as string[]
            const numbers = list.trim() === "" ? [] : list.trim().split(" ").map(Number)
            const newest = numbers.at(-1) ?? 0
            // In one piece, and the newest is the last one acknowledged, or the one after it.
            numbers.forEach((n, i) => expect(n).toBe(numbers[0] + i))
            expect([acknowledged, acknowledged + 1], `boot ${boot}`).toContain(newest)
            if (acknowledged > 5) expect(numbers.length).toBeGreaterThanOrEqual(4)
            if (newest === acknowledged && row[1] >= 0) {
                expect(Number(journal)).toBe(row[0])
                expect(Number(rows)).toBeGreaterThanOrEqual(row[1] + 1)
            } else if (newest === acknowledged + 1) expect(Number(rows)).toBe(0)
            acknowledged = newest
            let isCut = false
            model.cutPowerAfterBytes(random.uint32() % 1500, () => {
                world.clock.after(0, () => {
                    node.powerOff()
                    isCut = true
                })
            })
            await world.runUntil(() => isCut, 60_000)
            if (isCut) cuts++
            await world.run(50)
            node.powerOn()
        }
        expect(cuts).toBe(25)
        expect(model.illegalAccesses).toEqual([])
        expect(node.panics).toEqual([])
        expect(acknowledged).toBeGreaterThan(10)
    })
})

/** DEVS_MAX_STEPS of the runtime. */
const LIMIT = 131_072

/** Job 0 does nothing, 1 appends 1,000 B, 2 journals a row of 30 B; in RAM, without a pause. */
const PROBE = `import * as ds from "@devicescript/core"
import { FrameLog } from "../src/core/outbox/log.js"

const memory = Buffer.alloc(8192)
const store = {
    size: memory.length,
    pageBytes: 0,
    open: async () => {},
    read: async (address: number, target: Buffer, to: number, length: number) => {
        target.blitAt(to, memory, address, length)
    },
    write: async (address: number, source: Buffer, from: number, length: number) => {
        memory.blitAt(address, source, from, length)
    },
}
let isPausing = true
const log = new FrameLog(store as any, Buffer.alloc(128), async () => {
    if (isPausing) await ds.sleep(0)
})
const id = Buffer.from(ds.deviceIdentifier("self"), "hex")
const job = id[0]
let turns = id[4] * 256 + id[5]
const frame = Buffer.alloc(1000)

async function main() {
    await log.open()
    await log.append(0, frame, 0, 1000, true)
    await log.journalRow(frame, 30)
    await ds.sleep(1)
    isPausing = false
    while (turns > 0) turns--
    if (job === 1) await log.append(0, frame, 0, 1000, true)
    if (job === 2) await log.journalRow(frame, 30)
    if (job === 3) await log.lengthOf(1)
    await ds.sleep(1)
    console.log("=done")
}
await main()
`

async function survives(program: Program, job: number, turns: number): Promise<boolean> {
    const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0")
    const world = new World({ allowPanics: true })
    const node = world.addNode({ program, deviceId: `${hex(job, 2)}000000${hex(turns, 4)}0000` })
    let isDone = false
    node.onConsole = line => (isDone ||= line === "=done")
    await world.runUntil(() => isDone || node.panics.length > 0, 60_000)
    if (!isDone && node.panics[0]?.code !== 60001)
        throw new Error(node.panics[0]?.message ?? "the probe did not end")
    return isDone
}

async function mostTurns(program: Program, job: number): Promise<number> {
    let good = 0
    let bad = 40_000
    while (bad - good > 4) {
        const middle = (good + bad) >> 1
        if (await survives(program, job, middle)) good = middle
        else bad = middle
    }
    return good
}

describe("opcodes of the log on the VM", () => {
    it("stay below 60,000 for a frame of 1,000 B and below 4,000 for a row of 30 B", async () => {
        const program = compile("devs/store-opcodes.ts", { source: PROBE })
        const empty = await mostTurns(program, 0)
        const opcodes = async (job: number) =>
            Math.round(((empty - (await mostTurns(program, job))) * LIMIT) / empty)
        const [append, row, check] = [await opcodes(1), await opcodes(2), await opcodes(3)]
        const measured = `append ${append}, row ${row}, check ${check} opcodes`
        expect(append, measured).toBeLessThan(60_000)
        expect(check, measured).toBeLessThan(60_000)
        expect(row, measured).toBeLessThan(4000)
        expect(row, measured).toBeGreaterThan(500)
    })
})
