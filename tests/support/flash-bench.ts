/** Boards on which a whole job of flashing is tested: their doubles, and how a job gets at them. */
import { theBoard, type BoardProfile } from "../../sim/board/profile.js"
import { type EspChip } from "../../sim/bootloader/esp32.js"
import { PicoFlash } from "../../sim/bootloader/rp2040-flash.js"
import { compile } from "../../sim/program/compile.js"
import { type Program } from "../../sim/program/program.js"
import { seconds } from "../../sim/time/duration.js"
import { World } from "../../sim/world/world.js"
import { type BoardAccess } from "../../tools/flash/board-access.js"
import { layoutOf } from "../../tools/flash/chips.js"
import { EspBoard } from "../../tools/flash/esp/esp-board.js"
import {
    flashBoard,
    type FlashEvent,
    type FlashJob,
    type FlashResult,
} from "../../tools/flash/flash-board.js"
import { PicoBoard } from "../../tools/flash/picoboot/pico-board.js"
import { BOARDS, type BoardName } from "./board-bench.js"
import { DoubledEspPort } from "./esp-port.js"
import { type MemoryKeeper } from "./memory-keeper.js"
import { DoubledPicoDevice, flashId } from "./pico-device.js"
import { espRuntime, picoRuntime } from "./runtime-images.js"

const SOURCE = `
import { readSetting } from "@devicescript/settings"
console.log("node " + (await readSetting<string>("node", "nobody")))
console.log("offset " + (await readSetting<number>("cal.offset", 0)))
`
const RUNTIME_BYTES = 30_000

/** A board that is plugged in, in its boot mode. */
export interface PluggedBoard {
    readonly cells: Uint8Array
    /** How often its flash was changed. */
    readonly changes: number
    readonly hasRestarted: boolean
    /** The cable comes out at the N-th change from now. */
    cutAt(change: number): void
    /** Erasures of sectors and programmings of pages so far. */
    readonly operations: number
    /** The power goes in the midst of the N-th of them from now. */
    cutInside(operation: number): void
    /** This byte of flash does not keep what is written. */
    breakCell(offset: number): void
    connect(): Promise<BoardAccess>
}

export interface FlashKind {
    readonly chip: string
    readonly board: BoardName
    readonly runtime: Uint8Array
    /** A runtime for another chip. */
    readonly wrongRuntime: Uint8Array
    /** Pieces that a runtime is written in. */
    readonly runtimePieces: number
    /** First address of flash. */
    readonly flashStart: number
    /** Offset of a byte of the runtime. */
    readonly runtimeCell: number
    /** A whole board, or one whose flash holds something. */
    plug(cells?: Uint8Array): PluggedBoard
}

/** A board of the kit with an ESP32. */
export function espKind(board: BoardName, chip: EspChip): FlashKind {
    const { architecture } = theBoard(BOARDS[board])
    return {
        chip,
        board,
        runtime: espRuntime(architecture, RUNTIME_BYTES),
        wrongRuntime: espRuntime(chip === "ESP32-S3" ? "esp32c3" : "esp32s3", RUNTIME_BYTES),
        runtimePieces: 2,
        flashStart: 0,
        runtimeCell: 0x10002,
        plug(cells) {
            const port = new DoubledEspPort(chip)
            if (cells !== undefined) port.board.flash.set(cells)
            return {
                cells: port.board.flash,
                get changes() {
                    return port.board.blocks
                },
                get hasRestarted() {
                    return port.resets.at(-1) === "run"
                },
                cutAt: change => {
                    const block = port.board.blocks + change
                    port.board.faults = { atBlock: { block, action: () => port.lose() } }
                },
                get operations() {
                    return port.board.operations
                },
                cutInside: from => {
                    const operation = port.board.operations + from
                    port.board.faults = { atOperation: { operation, action: () => port.lose() } }
                },
                breakCell: badCellAt => {
                    port.board.faults = { badCellAt }
                },
                connect: () => EspBoard.connect(port, port.onLost),
            }
        },
    }
}

/** A board of the kit with an RP2040. */
export function picoKind(board: BoardName): FlashKind {
    return {
        chip: "RP2040",
        board,
        runtime: picoRuntime(RUNTIME_BYTES),
        wrongRuntime: espRuntime("esp32c3", RUNTIME_BYTES),
        runtimePieces: 1,
        flashStart: 0x10000000,
        runtimeCell: 0x1002,
        plug(cells) {
            const flash = new PicoFlash(flashId())
            if (cells !== undefined) flash.cells.set(cells)
            // It is another device on USB each time it is plugged in or restarts.
            let device: DoubledPicoDevice | undefined
            return {
                cells: flash.cells,
                get changes() {
                    return flash.operations
                },
                get hasRestarted() {
                    return device?.board.rebooted !== undefined
                },
                cutAt: change => {
                    const operation = flash.operations + change
                    const action = () => device?.lose()
                    flash.faults = { atOperation: { operation, action } }
                },
                get operations() {
                    return flash.operations
                },
                cutInside(operation) {
                    this.cutAt(operation)
                },
                breakCell: badCellAt => {
                    flash.faults = { badCellAt }
                },
                connect: () => {
                    device = new DoubledPicoDevice({ flash })
                    return PicoBoard.connect(device, device.onLost)
                },
            }
        },
    }
}

/** Any value of a script, as it is stored. */
export function settingText(value: unknown): Uint8Array {
    return new TextEncoder().encode(JSON.stringify(value))
}

/** Jobs for one kind of board. */
export class FlashBench {
    readonly profile: BoardProfile
    readonly program: Program
    /** Offset of the store in flash. */
    readonly storeAt: number
    readonly storeBytes: number

    constructor(readonly kind: FlashKind) {
        this.profile = theBoard(BOARDS[kind.board])
        const { architecture, heapBytes, beatPin } = this.profile
        this.program = compile("devs/flashed.ts", {
            source: SOURCE,
            target: "board",
            heapBytes,
            beatPin,
        })
        const layout = layoutOf(architecture)
        this.storeAt = layout.store - kind.flashStart
        this.storeBytes = layout.storeBytes
    }

    /** Runtime, program, and the setting "node". */
    job(change: Partial<FlashJob> = {}): FlashJob {
        return {
            architecture: this.profile.architecture,
            runtime: this.kind.runtime,
            config: this.profile.config,
            program: this.program.bytecode,
            values: new Map([[":node", settingText("hall-2")]]),
            ...change,
        }
    }

    async flash(
        board: PluggedBoard,
        keeper: MemoryKeeper,
        change: Partial<FlashJob> = {}
    ): Promise<FlashResult & { readonly events: readonly FlashEvent[] }> {
        const events: FlashEvent[] = []
        const access = await board.connect()
        try {
            const result = await flashBoard(access, this.job(change), keeper, event =>
                events.push(event)
            )
            return { ...result, events }
        } finally {
            await access.close()
        }
    }

    /** What the program on the board says when its store is put into a virtual machine. */
    async booted(board: PluggedBoard): Promise<{ readonly log: string; readonly said: string[] }> {
        const flashed = board.cells.slice(this.storeAt, this.storeAt + this.storeBytes)
        const world = new World()
        const node = world.addNode({
            program: this.program,
            board: { profile: this.profile },
            flashed,
        })
        await world.run(seconds(3))
        world.close()
        return {
            log: node.log.map(line => line.text).join("\n"),
            said: node.console.slice(2).map(line => line.text),
        }
    }
}
