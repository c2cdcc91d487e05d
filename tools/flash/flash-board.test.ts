import { beforeAll, describe, expect, it } from "vitest"
import { theBoard, type BoardProfile } from "../../sim/board/profile.js"
import { type EspChip } from "../../sim/bootloader/esp32.js"
import { compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import { seconds } from "../../sim/time/duration.js"
import { World } from "../../sim/world/world.js"
import { BOARDS, type BoardName } from "../../tests/support/board-bench.js"
import { DoubledEspPort } from "../../tests/support/esp-port.js"
import { MemoryKeeper } from "../../tests/support/memory-keeper.js"
import { espRuntime } from "../../tests/support/runtime-images.js"
import { BoardError } from "./board-access.js"
import { EspBoard } from "./esp/esp-board.js"
import { flashBoard, type FlashEvent, type FlashJob } from "./flash-board.js"
import { ImageError } from "./image-error.js"

const SOURCE = `
import { readSetting } from "@devicescript/settings"
console.log("node " + (await readSetting<string>("node", "nobody")))
console.log("offset " + (await readSetting<number>("cal.offset", 0)))
`
const STORE_AT = 0x1c0000
const STORE_BYTES = 0x40000

let program: Program
let profile: BoardProfile
let runtime: Uint8Array
beforeAll(() => {
    profile = theBoard(BOARDS.c3)
    const { heapBytes, beatPin } = profile
    program = compile("devs/flashed.ts", { source: SOURCE, target: "board", heapBytes, beatPin })
    runtime = espRuntime("esp32c3", 30_000)
})

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

function job(change: Partial<FlashJob> = {}): FlashJob {
    return {
        architecture: profile.architecture,
        runtime,
        config: profile.config,
        program: program.bytecode,
        values: new Map([[":node", text("hall-2")]]),
        ...change,
    }
}

async function flash(port: DoubledEspPort, keeper: MemoryKeeper, change: Partial<FlashJob> = {}) {
    const events: FlashEvent[] = []
    const board = await EspBoard.connect(port, port.onLost)
    try {
        const result = await flashBoard(board, job(change), keeper, event => events.push(event))
        return { ...result, events }
    } finally {
        await board.close()
    }
}

/** What the program on the board says when its store is put into a virtual machine. */
async function booted(port: DoubledEspPort): Promise<string[]> {
    const flashed = port.board.flash.slice(STORE_AT, STORE_AT + STORE_BYTES)
    const world = new World()
    const node = world.addNode({ program, board: { profile }, flashed })
    await world.run(seconds(3))
    expect(node.log.map(line => line.text).join("\n")).not.toContain("formatting")
    world.close()
    return node.console.slice(2).map(line => line.text)
}

/** A board that gets the same wherever it is. */
function port(chip: EspChip = "ESP32-C3"): DoubledEspPort {
    return new DoubledEspPort(chip)
}

describe("flashing a board", () => {
    it("writes and verifies all, and the program runs with its settings; a second time writes nothing", async () => {
        const board = port()
        const keeper = new MemoryKeeper()
        const first = await flash(board, keeper)
        expect(first.written).toEqual([
            "runtime",
            "runtime",
            "board configuration",
            "program",
            "settings",
        ])
        expect(board.resets.at(-1)).toBe("run")
        expect(await booted(board)).toEqual(["node hall-2", "offset 0"])
        const second = await flash(board, keeper)
        expect(second.written).toEqual([])
        expect(second.events.filter(({ kind }) => kind === "same").length).toBe(5)
    })

    it("keeps what else the node has stored, and drops what it is told to", async () => {
        const board = port()
        const keeper = new MemoryKeeper()
        const values = new Map([
            [":cal.offset", text(7)],
            [":old", text(1)],
        ])
        await flash(board, keeper, { values })
        const { written, events } = await flash(board, keeper, { dropped: new Set([":old"]) })
        expect(written).toEqual(["settings"])
        expect(events).toContainEqual({ kind: "kept", keys: [":cal.offset"], from: "board" })
        expect(await booted(board)).toEqual(["node hall-2", "offset 7"])
    })

    it("cut at any block leaves a board that a second run finishes, with all that it had stored", async () => {
        const keeper = new MemoryKeeper()
        const board = port()
        const older = {
            program: program.bytecode.slice(),
            values: new Map([[":cal.offset", text(7)]]),
        }
        older.program[older.program.length - 1] ^= 1
        await flash(board, keeper, older)
        const before = board.board.flash.slice()
        const blocksBefore = board.board.blocks
        await flash(board, keeper)
        const blocks = board.board.blocks - blocksBefore
        expect(blocks, "blocks of program and settings").toBeGreaterThan(1)
        for (let block = 1; block <= blocks; block++) {
            const cut = port()
            cut.board.flash.set(before)
            cut.board.faults = { atBlock: { block, action: () => cut.lose() } }
            await expect(flash(cut, keeper)).rejects.toThrow("the board is gone")
            const again = port()
            again.board.flash.set(cut.board.flash)
            const { events } = await flash(again, keeper)
            expect(events.find(({ kind }) => kind === "kept")).toMatchObject({
                keys: [":cal.offset"],
            })
            expect(await booted(again)).toEqual(["node hall-2", "offset 7"])
        }
    }, 60_000)

    it("whose settings were erased half-way takes them from the copy on this computer", async () => {
        const keeper = new MemoryKeeper()
        const board = port()
        await flash(board, keeper, { values: new Map([[":cal.offset", text(7)]]) })
        await flash(board, keeper)
        board.board.flash.fill(0xff, STORE_AT, STORE_AT + 4096)
        board.board.flash[STORE_AT + 5000] = 0
        const { events } = await flash(board, keeper)
        expect(events).toContainEqual({
            kind: "kept",
            keys: [":cal.offset"],
            from: "copy on this computer",
        })
        expect(await booted(board)).toEqual(["node hall-2", "offset 7"])
    })

    it("of a board whose store is torn, without a copy, says so and writes anew", async () => {
        const board = port()
        board.board.flash.fill(0x12, STORE_AT, STORE_AT + 100)
        const { events } = await flash(board, new MemoryKeeper())
        expect(events.map(({ kind }) => kind)).toContain("torn")
        expect(await booted(board)).toEqual(["node hall-2", "offset 0"])
    })

    it("refuses the wrong board, a wrong file, and a board without runtime, and has written nothing", async () => {
        const wrong = port("ESP32-S3")
        await expect(flash(wrong, new MemoryKeeper())).rejects.toThrow(
            new BoardError(
                "this board has an ESP32-S3; the node's has an ESP32-C3: plug the right board in"
            )
        )
        const bad = port()
        const other = { runtime: espRuntime("esp32s3", 30_000) }
        await expect(flash(bad, new MemoryKeeper(), other)).rejects.toThrow(ImageError)
        const bare = port()
        await expect(flash(bare, new MemoryKeeper(), { runtime: undefined })).rejects.toThrow(
            "has no DeviceScript runtime at 0x10000: give its file with --runtime"
        )
        for (const { board } of [wrong, bad, bare]) expect(board.written).toEqual([])
    })

    it("gives up on a board that does not hold what is written, after a second attempt", async () => {
        const board = port()
        board.board.faults = { badCellAt: 0x10002 }
        await expect(flash(board, new MemoryKeeper())).rejects.toThrow(
            /does not hold what was written \(runtime at 0x10000\), after 2 attempts/
        )
    })
})

describe.each(["classic", "s2", "s3"] as BoardName[])("flashing a %s", name => {
    it("puts each piece where its runtime looks for it", async () => {
        const { architecture, config } = theBoard(BOARDS[name])
        const chip = { classic: "ESP32", s2: "ESP32-S2", s3: "ESP32-S3" }[name as string] as EspChip
        const board = port(chip)
        const image = espRuntime(architecture, 20_000)
        await flash(board, new MemoryKeeper(), { architecture, config, runtime: image })
        const base = architecture === "esp32" || architecture === "esp32s2" ? 0x1000 : 0
        const { flash: cells } = board.board
        expect(Buffer.compare(cells.subarray(base, 0x9000), image.subarray(0, 0x9000 - base))).toBe(
            0
        )
        expect(Buffer.compare(cells.subarray(0x9000, 0x9000 + config.length), config)).toBe(0)
        expect(cells[STORE_AT]).toBe(0x46)
    })
})
