/** A suitcase that is written board after board: its kit file, its boards' doubles, and who plugs in what when. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { theBoard } from "../../sim/board/profile.js"
import { type EspChip } from "../../sim/bootloader/esp32.js"
import { PicoFlash } from "../../sim/bootloader/rp2040-flash.js"
import { StoreCopies } from "../../tools/cli/flash/copies.js"
import {
    type BoardFinder,
    type OpenBoard,
    type PluggedBoard,
} from "../../tools/cli/flash/kit/finder.js"
import { FlashedFile, fingerprintOf } from "../../tools/cli/flash/kit/flashed-file.js"
import { KitQueue, type NodeJob } from "../../tools/cli/flash/kit/queue.js"
import { flashKit } from "../../tools/cli/flash/kit/run.js"
import { type FlashPlan } from "../../tools/cli/flash/plan.js"
import { type BoardAccess } from "../../tools/flash/board-access.js"
import { EspBoard } from "../../tools/flash/esp/esp-board.js"
import { PicoBoard } from "../../tools/flash/picoboot/pico-board.js"
import { type KitNode } from "../../tools/kit/kit.js"
import { readKit } from "../../tools/kit/read-kit.js"
import { DoubledEspPort } from "./esp-port.js"
import { fakeTerminal } from "./fake-terminal.js"
import { DoubledPicoDevice, flashId } from "./pico-device.js"
import { espRuntime, picoRuntime } from "./runtime-images.js"

const RUNTIME_BYTES = 20_000
const PROGRAM_BYTES = 3000
const LAST_BYTE = 0xff

/** What is plugged in, one step after the other. */
class Steps implements BoardFinder {
    constructor(
        private readonly steps: (readonly PluggedBoard[])[],
        readonly isOrdered: boolean
    ) {}

    async look(): Promise<readonly PluggedBoard[]> {
        return await Promise.resolve(this.steps[0] ?? [])
    }

    async wait(): Promise<boolean> {
        this.steps.shift()
        return await Promise.resolve(this.steps.length > 0)
    }
}

/** A board in the hand: what it holds stays when it is unplugged. */
export interface HandBoard {
    /** 16 hex digits. */
    readonly device: string
    /** Plugs it in. */
    plug(where?: string, says?: string): PluggedBoard
    /** Times that its flash was written to. */
    readonly writes: number
    /** The cable comes out at the N-th block from now. */
    cutAt(block: number): void
    /** The N-th block from now calls this. */
    at(block: number, action: () => void): void
    /** What is written does not stay. */
    break(): void
    readonly restarts: number
}

export function espBoard(chip: EspChip, last: number): HandBoard {
    const mac = [0x24, 0x6f, 0x28, 1, 2, last]
    const flash = new Uint8Array(4 * 1024 * 1024).fill(LAST_BYTE)
    let port = new DoubledEspPort(chip, {}, mac)
    let before = { blocks: 0, restarts: 0 }
    let planned: { block: number; action: () => void } | undefined
    let isBroken = false
    const writes = () => before.blocks + port.board.blocks
    const restarts = () => before.restarts + port.resets.filter(to => to === "run").length
    return {
        device: `fe246f280102${last.toString(16).padStart(2, "0")}ff`,
        plug(where = "/dev/ttyACM0", says = "") {
            return plugged(where, says, signal => {
                before = { blocks: writes(), restarts: restarts() }
                flash.set(port.board.flash)
                const own = new DoubledEspPort(chip, {}, mac)
                own.board.flash.set(flash)
                if (planned !== undefined) own.board.faults = { atBlock: planned }
                if (isBroken) own.board.faults = { badCellAt: 0x10010 }
                planned = undefined
                port = own
                return EspBoard.connect(own, orAborted(own.onLost, signal), { attempts: 1 })
            })
        },
        get writes() {
            return writes()
        },
        get restarts() {
            return restarts()
        },
        cutAt: block => (planned = { block, action: () => port.lose() }),
        at: (block, action) => (planned = { block, action }),
        break: () => (isBroken = true),
    }
}

export function picoBoard(last: number): HandBoard {
    const id = flashId(last)
    const flash = new PicoFlash(id)
    let device: DoubledPicoDevice | undefined
    let restarts = 0
    return {
        device: Buffer.from(id).toString("hex"),
        plug(where = "a Pico on USB", says = "") {
            return plugged(where, says, signal => {
                const own = new DoubledPicoDevice({ flash })
                device = own
                return PicoBoard.connect(own, orAborted(own.onLost, signal)).then(board => {
                    const restart = board.restart.bind(board)
                    board.restart = async () => {
                        restarts++
                        await restart()
                    }
                    return board
                })
            })
        },
        get writes() {
            return flash.operations
        },
        get restarts() {
            return restarts
        },
        cutAt: operation =>
            (flash.faults = {
                atOperation: {
                    operation: flash.operations + operation,
                    action: () => device?.lose(),
                },
            }),
        at: (operation, action) =>
            (flash.faults = {
                atOperation: { operation: flash.operations + operation, action },
            }),
        break: () => (flash.faults = { badCellAt: 0x1010 }),
    }
}

function plugged(
    where: string,
    says: string,
    connect: (signal: AbortSignal) => Promise<BoardAccess>
): PluggedBoard {
    // Each time that it is plugged in it is another one to the system.
    const id = `${where} ${says} ${Math.random()}`
    const open = async (signal: AbortSignal): Promise<OpenBoard> => {
        const board = await connect(signal)
        return { board, release: () => board.close() }
    }
    return { id, where, says, reach: { kind: "boot mode", connect: open } }
}

function orAborted(onLost: (listener: () => void) => void, signal: AbortSignal) {
    return (listener: () => void) => {
        onLost(listener)
        signal.addEventListener("abort", listener, { once: true })
    }
}

export interface RunOptions {
    /** Nodes that are asked for; default all. */
    readonly only?: readonly string[]
    readonly replace?: readonly string[]
    readonly isOrdered?: boolean
    /** Programs of nodes that are others than before. */
    readonly changed?: readonly string[]
    readonly ask?: (jobs: readonly NodeJob[]) => Promise<NodeJob>
    readonly signal?: AbortSignal
    readonly json?: true
}

export class KitFlashBench {
    readonly folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-kit-flash-"))

    /** @param nodes lines of the kit file: "{ name: hall, board: suitcase_xiao_c3 }", without sensors */
    constructor(nodes: readonly string[]) {
        const lines = nodes.map(
            node => `          - ${node.replace(" }", ", sensors: [sht4x] }")} # of the first floor`
        )
        writeFileSync(
            this.file("suitcase.yaml"),
            `version: 1\nsites:\n  - name: townhall\n    kits:\n      - name: suitcase-1\n        nodes:\n${lines.join("\n")}\n`
        )
    }

    close(): void {
        rmSync(this.folder, { recursive: true, force: true })
    }

    file(name: string): string {
        return path.join(this.folder, name)
    }

    read(name: string): string {
        return readFileSync(this.file(name), "utf8")
    }

    /** @param steps what is plugged in, one after the other */
    async run(steps: (readonly PluggedBoard[])[], options: RunOptions = {}) {
        const terminal = fakeTerminal()
        const kit = await readKit(this.file("suitcase.yaml"))
        const warnings: string[] = []
        const file = await FlashedFile.read(this.folder, text => warnings.push(text))
        const { only, replace = [], changed = [] } = options
        const jobs = kit.nodes
            .filter(({ name }) => only?.includes(name) ?? true)
            .map(node => {
                const plan = planFor(node, changed.includes(node.name))
                return { node, plan, fingerprint: fingerprintOf(plan) }
            })
        const queue = new KitQueue(jobs, kit.nodes, file, new Set(replace))
        const code = await flashKit(
            {
                kit,
                queue,
                file,
                finder: new Steps([...steps], options.isOrdered ?? false),
                copies: new StoreCopies(this.file("copies")),
                terminal,
                ...(options.ask === undefined ? {} : { ask: options.ask }),
            },
            { labels: "labels.html", ...(options.json === undefined ? {} : { json: true }) },
            options.signal
        )
        const left = queue.left.map(({ node }) => node.name)
        return { code, out: terminal.out.text, err: terminal.err.text, left, warnings }
    }

    /** Ids of boards that the kit file names, by node. */
    async devices(): Promise<Record<string, string | undefined>> {
        const { nodes } = await readKit(this.file("suitcase.yaml"))
        return Object.fromEntries(nodes.map(({ name, device }) => [name, device]))
    }
}

function planFor(node: KitNode, isChanged: boolean): FlashPlan {
    const profile = theBoard(node.board.id)
    const { architecture } = profile
    const setting = new TextEncoder().encode(JSON.stringify(node.name))
    return {
        profile,
        app: "made-up",
        settings: { node: node.name },
        architecture,
        config: new Uint8Array(64).fill(1),
        program: new Uint8Array(PROGRAM_BYTES).fill(isChanged ? 2 : 1),
        runtime: architecture.startsWith("rp")
            ? picoRuntime(RUNTIME_BYTES)
            : espRuntime(architecture, RUNTIME_BYTES),
        values: new Map([[":node", setting]]),
    }
}
