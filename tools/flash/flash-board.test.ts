import { beforeAll, describe, expect, it } from "vitest"
import {
    FlashBench,
    espKind,
    picoKind,
    settingText,
    type PluggedBoard,
} from "../../tests/support/flash-bench.js"
import { IS_WHOLE } from "../../tests/runner/whole.js"
import { MemoryKeeper } from "../../tests/support/memory-keeper.js"
import { BoardError } from "./board-access.js"
import { type FlashJob } from "./flash-board.js"
import { ImageError } from "./image-error.js"
import {
    ENTRY_BYTES,
    HEADER_BYTES,
    KEY_BYTES,
    NO_OFFSET,
    PAGE_BYTES,
    storeShape,
} from "./store/format.js"
import { storeImage } from "./store/write.js"

/** The quickest to write: what is the same for all boards is tested on it. */
const PICO_W = picoKind("picoW")

let bench: FlashBench
const flash = (board: PluggedBoard, keeper: MemoryKeeper, change: Partial<FlashJob> = {}) =>
    bench.flash(board, keeper, change)

async function expectSaid(board: PluggedBoard, said: readonly string[]): Promise<void> {
    const booted = await bench.booted(board)
    expect(booted.log).not.toContain("formatting")
    expect(booted.said).toEqual(said)
}

describe.each([espKind("c3", "ESP32-C3"), PICO_W])("flashing a board with an $chip", kind => {
    beforeAll(() => {
        bench = new FlashBench(kind)
    })

    it("writes and verifies all, and the program runs with its settings; a second time writes nothing", async () => {
        const board = kind.plug()
        const keeper = new MemoryKeeper()
        const first = await flash(board, keeper)
        const runtime = Array.from({ length: kind.runtimePieces }, () => "runtime")
        expect(first.written).toEqual([...runtime, "board configuration", "program", "settings"])
        expect(board.hasRestarted).toBe(true)
        await expectSaid(board, ["node hall-2", "offset 0"])
        const { changes } = board
        const second = await flash(board, keeper)
        expect(second.written).toEqual([])
        expect(board.changes).toBe(changes)
        expect(second.events.filter(({ kind: event }) => event === "same").length).toBe(
            kind.runtimePieces + 3
        )
    })

    it("cut at any change of flash leaves a board that a second run finishes, with all that it had stored", async () => {
        const keeper = new MemoryKeeper()
        const board = kind.plug()
        const older = {
            program: bench.program.bytecode.slice(),
            values: new Map([[":cal.offset", settingText(7)]]),
        }
        older.program[older.program.length - 1] ^= 1
        await flash(board, keeper, older)
        const before = board.cells.slice()
        const changesBefore = board.changes
        await flash(board, keeper)
        await expectSaid(board, ["node hall-2", "offset 7"])
        const changes = board.changes - changesBefore
        expect(changes, "changes for program and settings").toBeGreaterThan(1)
        for (let change = 1; change <= changes; change++) {
            const cut = kind.plug(before)
            cut.cutAt(change)
            await expect(flash(cut, keeper)).rejects.toThrow("the board is gone")
            const again = kind.plug(cut.cells)
            const { events } = await flash(again, keeper)
            expect(events.find(event => event.kind === "kept")).toMatchObject({
                keys: [":cal.offset"],
            })
            expect(
                Buffer.compare(again.cells, board.cells),
                `flash as without the cut at change ${change}`
            ).toBe(0)
        }
    }, 60_000)

    it("refuses the wrong board, a wrong file, and a board without runtime, and has written nothing", async () => {
        const wrong = espKind("s3", "ESP32-S3").plug()
        await expect(flash(wrong, new MemoryKeeper())).rejects.toThrow(
            new BoardError(
                `this board has an ESP32-S3; the node's has an ${kind.chip}: plug the right board in`,
                "other board"
            )
        )
        const bad = kind.plug()
        const other = { runtime: kind.wrongRuntime }
        await expect(flash(bad, new MemoryKeeper(), other)).rejects.toThrow(ImageError)
        const bare = kind.plug()
        await expect(flash(bare, new MemoryKeeper(), { runtime: undefined })).rejects.toThrow(
            /has no DeviceScript runtime at 0x10+: give its file with --runtime/
        )
        for (const { changes } of [wrong, bad, bare]) expect(changes).toBe(0)
    })
})

describe("flashing a board with an ESP32-C3", () => {
    it("goes on after a power cut in the midst of a compressed block: half an erasure, half a page", async () => {
        const kind = espKind("c3", "ESP32-C3")
        bench = new FlashBench(kind)
        const keeper = new MemoryKeeper()
        const board = kind.plug()
        const older = {
            program: bench.program.bytecode.slice(),
            values: new Map([[":cal.offset", settingText(7)]]),
        }
        older.program[older.program.length - 1] ^= 1
        await flash(board, keeper, older)
        const before = board.cells.slice()
        const [blocksBefore, operationsBefore] = [board.changes, board.operations]
        await flash(board, keeper)
        const operations = board.operations - operationsBefore
        expect(operations, "erasures and programmings").toBeGreaterThan(
            10 * (board.changes - blocksBefore)
        )
        // From the first erasure to the last page, at strides that meet all parts of a sector.
        const cuts = IS_WHOLE ? 40 : 5
        for (let i = 0; i < cuts; i++) {
            const operation = 1 + Math.round((i * (operations - 1)) / (cuts - 1))
            const cut = kind.plug(before)
            cut.cutInside(operation)
            await expect(flash(cut, keeper)).rejects.toThrow("the board is gone")
            const again = kind.plug(cut.cells)
            const { events } = await flash(again, keeper)
            expect(events.find(event => event.kind === "kept")).toMatchObject({
                keys: [":cal.offset"],
            })
            expect(
                Buffer.compare(again.cells, board.cells),
                `flash as without the cut at operation ${operation} of ${operations}`
            ).toBe(0)
        }
    }, 300_000)
})

describe.each([espKind("classic", "ESP32"), espKind("s2", "ESP32-S2"), espKind("s3", "ESP32-S3")])(
    "flashing an $chip",
    kind => {
        it("puts each piece where its runtime looks for it", async () => {
            const { architecture, config } = new FlashBench(kind).profile
            const board = kind.plug()
            const { runtime: image } = kind
            await flash(board, new MemoryKeeper(), { architecture, config, runtime: image })
            const base = architecture === "esp32" || architecture === "esp32s2" ? 0x1000 : 0
            const { cells } = board
            expect(
                Buffer.compare(cells.subarray(base, 0x9000), image.subarray(0, 0x9000 - base))
            ).toBe(0)
            expect(Buffer.compare(cells.subarray(0x9000, 0x9000 + config.length), config)).toBe(0)
            expect(cells[0x1c0000]).toBe(0x46)
        })
    }
)

describe("flashing a board with an RP2040", () => {
    it("puts each piece where its runtime looks for it, and touches nothing else", async () => {
        const kind = picoKind("pico")
        const own = new FlashBench(kind)
        const board = kind.plug(new Uint8Array(2 * 1024 * 1024).fill(0x5a))
        await own.flash(board, new MemoryKeeper())
        const { cells } = board
        const { config, architecture } = own.profile
        expect(architecture).toBe("rp2040")
        expect(Buffer.compare(cells.subarray(0xdc000, 0xdc000 + config.length), config)).toBe(0)
        expect(cells[0xe0000]).toBe(0x46)
        const gaps = [cells.subarray(0x8000, 0xdc000), cells.subarray(0xdd000, 0xe0000)]
        for (const gap of [...gaps, cells.subarray(0x100000)])
            expect(gap.every(byte => byte === 0x5a)).toBe(true)
        expect((await own.booted(board)).said).toEqual(["node hall-2", "offset 0"])
    })
})

describe("flashing any board", () => {
    const kind = PICO_W
    beforeAll(() => {
        bench = new FlashBench(kind)
    })

    it("keeps what else the node has stored, and drops what it is told to", async () => {
        const board = kind.plug()
        const keeper = new MemoryKeeper()
        const values = new Map([
            [":cal.offset", settingText(7)],
            [":old", settingText(1)],
        ])
        await flash(board, keeper, { values })
        const { written, events } = await flash(board, keeper, { dropped: new Set([":old"]) })
        expect(written).toEqual(["settings"])
        expect(events).toContainEqual({ kind: "kept", keys: [":cal.offset"], from: "board" })
        await expectSaid(board, ["node hall-2", "offset 7"])
    })

    it("whose settings were erased half-way takes them from the copy on this computer", async () => {
        const keeper = new MemoryKeeper()
        const board = kind.plug()
        await flash(board, keeper, { values: new Map([[":cal.offset", settingText(7)]]) })
        await flash(board, keeper)
        board.cells.fill(0xff, bench.storeAt, bench.storeAt + 4096)
        board.cells[bench.storeAt + 5000] = 0
        const { events } = await flash(board, keeper)
        expect(events).toContainEqual({
            kind: "kept",
            keys: [":cal.offset"],
            from: "copy on this computer",
        })
        await expectSaid(board, ["node hall-2", "offset 7"])
    })

    it("of a board whose store is torn, without a copy, says so and writes anew", async () => {
        const board = kind.plug()
        board.cells.fill(0x12, bench.storeAt, bench.storeAt + 100)
        const { events } = await flash(board, new MemoryKeeper())
        expect(events.map(event => event.kind)).toContain("torn")
        await expectSaid(board, ["node hall-2", "offset 0"])
    })

    it.each([0, 1] as const)(
        "whose older settings are still in the other bank, cut at any change with bank %i in use, never gets those back",
        async bank => {
            const keeper = new MemoryKeeper()
            const board = kind.plug()
            await flash(board, keeper, { values: new Map([[":cal.offset", settingText(7)]]) })
            putOlderSettings(board.cells, bank)
            const before = board.cells.slice()
            const changesBefore = board.changes
            await flash(board, keeper)
            await expectSaid(board, ["node hall-2", "offset 7"])
            const changes = board.changes - changesBefore
            for (let change = 1; change <= changes; change++) {
                const cut = kind.plug(before)
                cut.cutAt(change)
                await expect(flash(cut, keeper)).rejects.toThrow("the board is gone")
                const again = kind.plug(cut.cells)
                await flash(again, keeper)
                expect(Buffer.compare(again.cells, board.cells), `change ${change}`).toBe(0)
            }
        }
    )

    it("gives up on a board that does not hold what is written, after a second attempt", async () => {
        const board = kind.plug()
        board.breakCell(kind.runtimeCell)
        await expect(flash(board, new MemoryKeeper())).rejects.toThrow(
            /does not hold what was written \(runtime at 0x10+\), after 2 attempts/
        )
    })
})

/** Makes a board's settings look as after the runtime has cleaned up: the other bank has an older offset. */
function putOlderSettings(cells: Uint8Array, bank: 0 | 1): void {
    const { storeBytes, storeAt } = bench
    const bankBytes = storeShape(storeBytes).bankPages * PAGE_BYTES
    const older = new Map([[":cal.offset", settingText(5)]])
    const content = { program: bench.program.bytecode, values: older }
    const stale = storeImage(storeBytes, content).subarray(0, bankBytes)
    const store = cells.subarray(storeAt, storeAt + storeBytes)
    const current = store.slice(0, bankBytes)
    const place = (image: Uint8Array, at: number, generation: number) => {
        const view = new DataView(image.buffer, image.byteOffset, image.length)
        view.setUint32(8, generation, true)
        for (let entry = HEADER_BYTES; ; entry += ENTRY_BYTES) {
            const offset = view.getUint32(entry + KEY_BYTES, true)
            if (offset === NO_OFFSET) break
            // The program lies behind both banks.
            if (offset < bankBytes) view.setUint32(entry + KEY_BYTES, offset + at, true)
        }
        store.set(image, at)
    }
    place(current, bank * bankBytes, 3)
    place(stale, (1 - bank) * bankBytes, 2)
}
