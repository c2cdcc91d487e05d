import { describe, expect, it } from "vitest"
import { OtherPart } from "../../../../sim/parts/other-part.js"
import { RigProgram, type RigScript } from "../../../../sim/parts/rig-program.js"
import { type SimNode } from "../../../../sim/world/node.js"
import { type World } from "../../../../sim/world/world.js"
import { scriptNode } from "../../../../tests/support/driver-program.js"
import { AT24Model } from "../../at24/model.js"
import { MB85RCModel } from "../../mb85rc/model.js"
import { type RegisterModel } from "../register-model.js"
import { type MemoryModel } from "./memory-model.js"

interface Part {
    readonly folder: string
    readonly className: string
    readonly size: number
    readonly make: () => MemoryModel
}

const PARTS: readonly Part[] = [
    {
        folder: "mb85rc",
        className: "MB85RC256V",
        size: 32760,
        make: () => new MB85RCModel(),
    },
    { folder: "mb85rc", className: "MB85RC64", size: 8184, make: () => new MB85RCModel(8192) },
    { folder: "at24", className: "AT24C256", size: 32704, make: () => new AT24Model() },
]

const program = new RigProgram()
const SCRIPTS = new Map(PARTS.map(part => [part, program.script(scriptOf(part))]))

/** Opens the part every second; once it is there, writes and reads back blocks of all kinds. */
function scriptOf({ folder, className }: Part): RigScript {
    const imports = `import { ${className} } from "../src/drivers/${folder}/driver.js"`
    const body = `
const memory = new ${className}(bus)
const source = Buffer.alloc(400)
const target = Buffer.alloc(404)
for (let i = 0; i < source.length; i++) source[i] = (i * 7 + 3) & 0xff

async function block(address: number, from: number, length: number): Promise<void> {
    try {
        await memory.write(address, source, from, length)
        target.fillAt(0, target.length, 0)
        await memory.read(address, target, 2, length)
        let wrong = target[0] + target[1] + target[length + 2]
        for (let i = 0; i < length; i++) if (target[i + 2] !== source[from + i]) wrong++
        console.log("BLOCK " + address + " " + length + " " + wrong)
    } catch (e) {
        console.log("BLOCK " + address + " " + length + " " + (e instanceof Error ? e.message : ""))
    }
}

for (;;) {
    try {
        await memory.open()
        console.log("OPEN " + memory.size + " " + memory.pageBytes)
        for (let length = 1; length < 400; length = length * 2 + 1) {
            await block(0, 0, length)
            await block(61 + 13 * length, 1, length)
            await block(memory.size - length, 2, length)
        }
        console.log("DONE " + memory.errors)
    } catch (e) {
        console.log("OPEN " + (e instanceof Error ? e.name + ": " + e.message : ""))
    }
    await ds.sleep(1000)
}
`
    return { imports, body }
}

function start(part: Part, model: RegisterModel): { world: World; node: SimNode; lines: string[] } {
    const { world, node } = scriptNode(program, SCRIPTS.get(part) ?? 0, [model])
    const lines: string[] = []
    node.onConsole = line => {
        if (/^(OPEN|BLOCK|DONE)/.test(line)) lines.push(line)
    }
    return { world, node, lines }
}

async function run(part: Part, model: RegisterModel, until: RegExp, ms = 20_000) {
    const rig = start(part, model)
    await rig.world.runUntil(() => rig.lines.some(line => until.test(line)), ms)
    return rig
}

describe.each(PARTS)("$className", part => {
    it("keeps blocks of all lengths at all places, without an illegal access", async () => {
        const model = part.make()
        const { lines, node } = await run(part, model, /^DONE/)
        expect(lines[0]).toBe(`OPEN ${part.size} ${part.folder === "at24" ? 64 : 0}`)
        const blocks = lines.filter(line => line.startsWith("BLOCK"))
        expect(blocks).toHaveLength(24)
        for (const line of blocks) expect(line).toMatch(/^BLOCK \d+ \d+ 0$/)
        expect(lines.at(-1)).toBe("DONE 0")
        expect(model.illegalAccesses).toEqual([])
        expect(node.panics).toEqual([])
        // What it wrote is where it belongs, byte for byte.
        for (let i = 0; i < 74; i++) expect(model.content[i]).toBe((i * 7 + 3) & 0xff)
    })

    it("sends at most 130 B and reads at most 128 B in one transfer", async () => {
        const rig = start(part, part.make())
        let longest = 0
        rig.node.bus.onTransfer = ({ write, readLength }) =>
            (longest = Math.max(longest, write.length, readLength + 2))
        await rig.world.runUntil(() => rig.lines.some(line => line.startsWith("DONE")), 20_000)
        expect(longest).toBe(130)
    })

    it("survives one transfer that is not acknowledged, whichever it is", async () => {
        const total = (await run(part, part.make(), /^DONE/)).node.bus.transfers
        for (let n = 1; n <= total; n += Math.ceil(total / 12)) {
            const model = part.make()
            model.faults.nackTransfer = n
            const { lines } = await run(part, model, /^DONE/)
            for (const line of lines.filter(l => l.startsWith("BLOCK")))
                expect(line, `transfer ${n} of ${total}`).toMatch(/ 0$/)
        }
    })

    it("says so when it is absent, and works when it is plugged in", async () => {
        const model = part.make()
        model.faults.unplugged = true
        const rig = await run(part, model, /^OPEN/)
        expect(rig.lines[0]).toMatch(/^OPEN I2CError: I2C error 1/)
        model.faults.unplugged = false
        await rig.world.runUntil(() => rig.lines.some(line => line.startsWith("DONE")), 20_000)
        expect(rig.lines).toContain(`OPEN ${part.size} ${part.folder === "at24" ? 64 : 0}`)
    })

    it("refuses a part that is write-protected", async () => {
        const model = part.make()
        model.writeProtect = true
        const { lines } = await run(part, model, /^OPEN/)
        expect(lines[0]).toMatch(/^OPEN StoreError: .*: does not keep what is written$/)
    })

    it("refuses another part at its address", async () => {
        const { lines } = await run(part, new OtherPart(0x50), /^OPEN/)
        expect(lines[0]).toMatch(/^OPEN StoreError: .*: does not keep what is written$/)
    })

    it("refuses a part of half the size and leaves what that holds", async () => {
        const half = (part.size > 10_000 ? 32768 : 8192) / 2
        const model = part.folder === "at24" ? new AT24Model(1, half) : new MB85RCModel(half)
        for (let i = 0; i < half; i++) model.content[i] = (i * 31) & 0xff
        const before = model.content.slice()
        const { lines } = await run(part, model, /^OPEN/)
        expect(lines[0]).toMatch(/^OPEN StoreError: .*: the part is smaller than \d+ B$/)
        expect(Buffer.compare(model.content, before)).toBe(0)
    })

    it("leaves what the part holds when it opens it", async () => {
        const model = part.make()
        for (let i = 0; i < model.size; i++) model.content[i] = (i * 31) & 0xff
        const before = model.content.slice(0, part.size)
        const rig = start(part, model)
        let opened = false
        rig.node.onConsole = line => (opened ||= line.startsWith("OPEN"))
        rig.node.bus.onTransfer = () => {
            if (!opened)
                expect(Buffer.compare(model.content.subarray(0, part.size), before)).toBe(0)
        }
        await rig.world.runUntil(() => opened, 20_000)
        expect(opened).toBe(true)
    })
})

describe("AT24C256", () => {
    it("gives up on a write cycle that never ends, within 200 ms, and says so", async () => {
        const part = PARTS[2]
        const model = part.make()
        const rig = start(part, model)
        let wrote = 0
        let ended = 0
        rig.node.bus.onTransfer = ({ write }) => {
            if (write.length > 2 && wrote === 0) {
                wrote = rig.world.clock.now
                model.faults.stuckBusy = true
            }
        }
        rig.node.onConsole = line => {
            if (ended === 0 && /its write cycle does not end/.test(line))
                ended = rig.world.clock.now
        }
        await rig.world.runUntil(() => ended > 0, 20_000)
        expect(ended - wrote).toBeGreaterThan(5000)
        expect(ended - wrote).toBeLessThan(200_000)
    })
})
