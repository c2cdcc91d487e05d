/** Loss of power at every awkward moment, and clocks that drift. */
import { describe, expect, it } from "vitest"
import {
    RegisterModel,
    TRANSFER_OK,
    type TransferStatus,
} from "../../src/drivers/shared/register-model.js"
import { compile } from "../program/compile.js"
import { hours, minutes, seconds } from "../time/duration.js"
import { type SimNode } from "./node.js"
import { World } from "./world.js"

/** 256 bytes that stay without power: address, then data; every byte counts as it is clocked in. */
class MemoryModel extends RegisterModel {
    readonly part = "memory"
    readonly channels = []
    readonly cells = new Uint8Array(256)
    readonly history: string[] = []
    private pointer = 0

    constructor() {
        super(0x50)
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        if (bytes.length > 0) this.pointer = bytes[0]
        for (const byte of bytes.subarray(1)) this.cells[this.pointer++ & 255] = byte
        return TRANSFER_OK
    }

    protected onRead(length: number): Uint8Array {
        return this.cells.slice(this.pointer, this.pointer + length)
    }

    protected override onInterruptedWrite(bytes: Uint8Array): void {
        this.history.push(`interrupted after ${bytes.length} B`)
        this.onWrite(bytes)
    }

    override powerLost(unixMs: number): void {
        super.powerLost(unixMs)
        this.history.push("power lost")
    }

    protected powerUp(): void {
        this.pointer = 0
        this.history.push("power up")
    }
}

/** Writes 1…8 to address 16 on, once a second from the third second on; says so before and after. */
const WRITER = compile("devs/test-writer.ts", {
    source: `
import * as ds from "@devicescript/core"
const bus = new ds.I2C("bus")
await ds.sleep(3000)
for (let turn = 0; turn < 3; ++turn) {
    console.log("write " + turn)
    await ds.actionReport(
        bus,
        "transaction",
        async () => await bus.transaction(0x50, 0, Buffer.from([16, 1, 2, 3, 4, 5, 6, 7, 8])),
        () => true
    )
    console.log("written " + turn)
    await ds.sleep(1000)
}
`,
})

const SETTINGS = compile("devs/test-settings.ts", {
    source: `
import { readSetting, writeSetting } from "@devicescript/settings"
import * as ds from "@devicescript/core"
console.log("found " + (await readSetting<number>("n", -1)))
await ds.sleep(1000)
for (let i = 1; i < 4; ++i) {
    await writeSetting("n", i)
    console.log("saved " + i)
    await ds.sleep(1000)
}
`,
})

describe("power cut in the middle of an I2C transfer", () => {
    it.each([0, 1, 2, 5, 9, 99])(
        "after %i bytes: the part has seen these and no more",
        async bytes => {
            const world = new World()
            const memory = new MemoryModel()
            const node = world.addNode({ program: WRITER, sensors: [memory] })
            node.cutPowerDuringTransfer(1, bytes)
            await world.run(seconds(10))
            expect(node.isOn).toBe(false)
            const seen = Math.min(bytes, 9)
            const expected = [1, 2, 3, 4, 5, 6, 7, 8].map(value => (value < seen ? value : 0))
            expect([...memory.cells.subarray(16, 24)]).toEqual(expected)
            expect(memory.history).toEqual([
                "power up",
                `interrupted after ${seen} B`,
                "power lost",
            ])
            expect(node.console.filter(line => line.text.startsWith("written"))).toEqual([])
            node.powerOn()
            await world.run(seconds(10))
            expect(memory.history.at(-1)).toBe("power up")
            expect([...memory.cells.subarray(16, 24)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        }
    )

    it("at the n-th transfer to one part; those to others do not count", async () => {
        const world = new World()
        const memory = new MemoryModel()
        const node = world.addNode({ program: WRITER, sensors: [memory] })
        node.cutPowerDuringTransfer(1, 0, 0x51)
        await world.run(seconds(3.5))
        expect(node.isOn).toBe(true)
        node.cutPowerDuringTransfer(2, 3, 0x50)
        await world.run(seconds(10))
        expect(node.isOn).toBe(false)
        expect(node.console.at(-1)?.text).toBe("write 2")
    })
})

/** What the settings program said last. */
function said(node: SimNode): string | undefined {
    return node.console.filter(line => /^(found|saved)/.test(line.text)).at(-1)?.text
}

/** A node that has started its settings program and is about to write. */
async function settingsNode(): Promise<{ world: World; node: SimNode }> {
    const world = new World()
    const node = world.addNode({ program: SETTINGS })
    await world.runUntil(() => said(node) === "found -1", seconds(10))
    return { world, node }
}

describe("power cut at a chosen moment", () => {
    it("takes RAM, keeps flash, and ends after the time asked for", async () => {
        const { world, node } = await settingsNode()
        await world.runUntil(() => said(node) === "saved 2", seconds(10))
        await world.run(seconds(0.5))
        node.powerCut(30_000)
        const lines = node.console.length
        await world.run(seconds(29.9))
        expect(node.isOn).toBe(false)
        expect(node.console.length).toBe(lines)
        await world.run(seconds(1.5))
        expect(node.isOn).toBe(true)
        expect(said(node)).toBe("found 2")
    })
})

describe("power cut at a write to flash", () => {
    it.each([1, 2])("right after operation %i: it is there at the next boot", async operation => {
        const { world, node } = await settingsNode()
        node.flash.cutAfterOperation(operation)
        await world.run(seconds(10))
        expect(node.isOn).toBe(false)
        expect(said(node)).toBe(`saved ${operation}`)
        node.powerOn()
        await world.runUntil(() => said(node)?.startsWith("found") === true, seconds(10))
        expect(said(node)).toBe(`found ${operation}`)
    })

    it("in the middle of one: the runtime formats its flash and loses everything, the program too", async () => {
        const { world, node } = await settingsNode()
        // The second write begins with its data; the entry that points to them is never written.
        node.flash.cutAfterOperation(2, 1)
        await world.run(seconds(10))
        const lines = node.log.length
        node.powerOn()
        await world.run(seconds(5))
        const log = node.log.slice(lines).map(line => line.text)
        expect(log.some(line => line.includes("formatting now"))).toBe(true)
        expect(said(node), "no program runs any more").toBe("saved 2")
    })

    it("before its first byte: as if it had not been tried", async () => {
        const { world, node } = await settingsNode()
        node.flash.cutAfterOperation(2, 0)
        await world.run(seconds(10))
        node.powerOn()
        await world.runUntil(() => said(node)?.startsWith("found") === true, seconds(10))
        expect(said(node)).toBe("found 1")
    })
})

describe("the node's clock", () => {
    const program = compile("devs/test-drift.ts", {
        source: `import * as ds from "@devicescript/core"
setInterval(async () => { console.log("up " + ds.millis()) }, 10000)`,
    })

    it("changes its rate at any moment without a jump", async () => {
        const world = new World()
        const node = world.addNode({ program, clockPpm: 100 })
        await world.run(hours(1))
        expect(node.uptimeMs - hours(1)).toBeCloseTo(360, 3)
        node.setClockPpm(-100)
        expect(node.uptimeMs - hours(1)).toBeCloseTo(360, 3)
        await world.run(hours(2))
        expect(node.uptimeMs - hours(3)).toBeCloseTo(-360, 3)
        const last = node.console.at(-1)
        const said = Number(last?.text.slice(3))
        expect(Math.abs(said - (last?.at as number) / 1000 + 360)).toBeLessThan(30)
    })

    it("follows a function of time, and starts anew with each boot", async () => {
        const world = new World()
        // +50 ppm for an hour, then −20 ppm.
        const node = world.addNode({ program, clockPpm: ms => (ms < hours(1) ? 50 : -20) })
        await world.run(hours(2))
        expect(node.uptimeMs - hours(2)).toBeCloseTo(180 - 72, 1)
        node.powerCut(0)
        await world.run(minutes(10))
        expect(node.uptimeMs - minutes(10)).toBeCloseTo(-12, 1)
    })
})
