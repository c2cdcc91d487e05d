/** `suitcase try --port`: one driver on a real board over USB, with what goes over its bus. */
import { setTimeout as sleep } from "node:timers/promises"
import { kitBoards } from "../../boards/kit-boards.js"
import { boardOn } from "../../flash/usb/ask.js"
import { UsbLink, type BoardPort } from "../../flash/usb/usb-link.js"
import { boardProfile, theBoard } from "../../../sim/board/profile.js"
import { BusLines, type RecordedTransfer } from "../../../sim/parts/bus-lines.js"
import { type CataloguedPart } from "../../../sim/parts/catalogue.js"
import { RigLines, type RigSample } from "../../../sim/parts/driver-rig.js"
import { driverAt } from "../../../sim/parts/part-program.js"
import { RigProgram } from "../../../sim/parts/rig-program.js"
import { UsageError } from "../errors.js"
import { ConnectedNode } from "../settings/connected-node.js"

export interface BoardTry {
    readonly part: CataloguedPart
    readonly address: number
    readonly everyMs: number
    readonly options: string | undefined
    /** How long to watch, ms. */
    readonly forMs: number
    /** Ctrl-C. */
    readonly signal: AbortSignal
    readonly onStep: (text: string) => void
    readonly onTransfer: (transfer: RecordedTransfer) => void
    readonly onSample: (sample: RigSample, lines: RigLines) => void
}

export interface BoardTried {
    /** Kind of the board; "" = nobody here knows it. */
    readonly board: string
    /** Transfers of which not all arrived. */
    readonly lost: number
}

/** What the platform writes before a line of a program, by its level. */
const LEVEL = /^[>?*!] /

/**
 * Replaces the board's program by one that runs only this driver.
 *
 * @throws BoardError when the board is not there or refuses the program, UsageError when it cannot be read over USB
 */
export async function tryOnBoard(port: BoardPort, run: BoardTry): Promise<BoardTried> {
    const lines = new RigLines()
    const bus = new BusLines(run.onTransfer)
    let began = 0
    const link = await UsbLink.open(port, {
        onLine: text => {
            if (began === 0 || !LEVEL.test(text)) return
            const words = text.replace(LEVEL, "")
            if (bus.read(words)) return
            const sample = lines.read(words, (performance.now() - began) * 1000)
            if (sample !== undefined) run.onSample(sample, lines)
        },
        onNote: text => run.onStep(text),
    })
    try {
        const { device } = await boardOn(link, run.signal)
        const node = await ConnectedNode.open(link, device, run.signal)
        const board = await node.board()
        const card = kitBoards().find(({ id }) => id === board?.id)?.card
        if (card?.readsOverUsb === false)
            throw new UsageError(
                `a ${board?.name ?? "board"} prints nothing over its connector: try the part on another board of the suitcase`
            )
        const { id, heapBytes, beatPin } = boardProfile(board?.id ?? "") ?? theBoard()
        run.onStep(`compiling for ${board?.name ?? `a board that is not known here, as ${id}`} …`)
        const rig = new RigProgram(
            {},
            { plan: { drivers: [0], everyMs: run.everyMs }, records: true }
        )
        rig.driver(driverAt(run.part, run.address, run.options))
        const { bytecode } = rig.programFor({ target: "board", heapBytes, beatPin })
        run.onStep(`sending it to ${device} …`)
        began = performance.now()
        await node.deploy(bytecode)
        run.onStep("the board runs it; Ctrl-C ends this")
        await sleep(run.forMs, undefined, { signal: run.signal }).catch(() => undefined)
        bus.end()
        return { board: board?.id ?? "", lost: bus.lost }
    } finally {
        await link.close()
    }
}
