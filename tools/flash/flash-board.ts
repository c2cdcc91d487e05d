/** Makes a board hold what a node needs, writes only what differs, and looks whether it holds it. */
import { BoardError, type BoardAccess } from "./board-access.js"
import { boardImage, type Piece, type PieceName } from "./board-image.js"
import { hex, layoutOf, type Layout } from "./chips.js"
import { ERASED, PAGE_BYTES, PROGRAM_KEY, storeShape } from "./store/format.js"
import { readStore } from "./store/read.js"
import { type Segment } from "./uf2-file.js"

/** Attempts to write a piece that the board then does not hold. */
const ATTEMPTS = 2

export interface FlashJob {
    /** What the node's board has: "esp32c3". */
    readonly architecture: string
    /** The file of a DeviceScript runtime; undefined: the board has one. */
    readonly runtime: Uint8Array | undefined
    /** Board configuration. */
    readonly config: Uint8Array
    readonly program: Uint8Array
    /** Settings by key, which replace those on the board; others on the board are kept. */
    readonly values: ReadonlyMap<string, Uint8Array>
    /** Keys that the node shall not have any more. */
    readonly dropped?: ReadonlySet<string>
}

/** What boards held before they were written, kept where the program runs: a cable pulled out must not cost it. */
export interface StoreKeeper {
    /** @returns what {@link save} got last for this board */
    load(serial: string): Promise<Uint8Array | undefined>
    save(serial: string, banks: Uint8Array): Promise<void>
}

export type FlashEvent =
    | { readonly kind: "board"; readonly chip: string; readonly serial: string }
    /** What is kept of what it held; `from` is where it was read. */
    | {
          readonly kind: "kept"
          readonly keys: readonly string[]
          readonly from: "board" | "copy on this computer"
      }
    /** The store's settings cannot all be read, and there is no copy. */
    | { readonly kind: "torn" }
    | { readonly kind: "same"; readonly piece: Piece }
    | { readonly kind: "writing"; readonly piece: Piece; readonly share: number }
    | { readonly kind: "verified"; readonly piece: Piece }
    | { readonly kind: "again"; readonly piece: Piece }
    | { readonly kind: "restarted" }

export interface FlashResult {
    readonly serial: string
    readonly written: readonly PieceName[]
}

/**
 * Checks board and files, then writes, compares and restarts. Whatever it fails on, a second run goes on
 * where it was: what is right already is not written again.
 *
 * @throws BoardError, ImageError, StoreError; before anything is erased where the board or a file is the
 * wrong one
 */
export async function flashBoard(
    board: BoardAccess,
    job: FlashJob,
    keeper: StoreKeeper,
    onEvent: (event: FlashEvent) => void = () => undefined
): Promise<FlashResult> {
    const layout = layoutOf(job.architecture)
    onEvent({ kind: "board", chip: board.chip, serial: board.serial })
    if (board.chip !== layout.chip)
        throw new BoardError(
            `this board has an ${board.chip}; the node's has an ${layout.chip}: plug the right board in`,
            "other board"
        )
    if (job.runtime === undefined) await expectRuntime(board, layout)
    const { values, bank } = await valuesFor(board, layout, job, keeper, onEvent)
    const pieces = boardImage({ ...job, store: { program: job.program, values } })
    const written: PieceName[] = []
    for (const piece of pieces)
        if (await bring(board, piece, partsOf(piece, bank), onEvent)) written.push(piece.name)
    await board.restart()
    onEvent({ kind: "restarted" })
    return { serial: board.serial, written }
}

/** @throws BoardError when there is no runtime on the board */
async function expectRuntime(board: BoardAccess, layout: Layout): Promise<void> {
    const at = layout.family === "esp32" ? layout.application : layout.runtime
    const start = await board.read(at, 4)
    const isThere =
        layout.family === "esp32" ? start[0] === 0xe9 : start.some(byte => byte !== ERASED)
    if (!isThere)
        throw new BoardError(
            `the board has no DeviceScript runtime at ${hex(at)}: give its file with --runtime`,
            "no runtime"
        )
}

/** The values of the new store: those of the job, and what else the board has; and which bank has them. */
async function valuesFor(
    board: BoardAccess,
    layout: Layout,
    job: FlashJob,
    keeper: StoreKeeper,
    onEvent: (event: FlashEvent) => void
): Promise<{ values: Map<string, Uint8Array>; bank: 0 | 1 | undefined }> {
    const { bankPages } = storeShape(layout.storeBytes)
    const bankBytes = 2 * bankPages * PAGE_BYTES
    const banks = await board.read(layout.store, bankBytes)
    const found = readBanks(layout, banks)
    const copy = found.state === "whole" ? undefined : await keeper.load(board.serial)
    const source = copy === undefined ? found : readBanks(layout, copy)
    if (found.state === "whole") await keeper.save(board.serial, banks)
    else if (found.state === "torn" && copy === undefined) onEvent({ kind: "torn" })
    const kept = new Map(
        [...source.values].filter(
            ([key]) => key !== PROGRAM_KEY && !job.values.has(key) && job.dropped?.has(key) !== true
        )
    )
    if (kept.size > 0)
        onEvent({
            kind: "kept",
            keys: [...kept.keys()],
            from: copy === undefined ? "board" : "copy on this computer",
        })
    return { values: new Map([...kept, ...job.values]), bank: found.bank }
}

function readBanks(layout: Layout, banks: Uint8Array) {
    const store = new Uint8Array(layout.storeBytes).fill(ERASED)
    store.set(banks)
    return readStore(store)
}

/**
 * A piece in the order in which its parts are written. Of the settings, the bank that counts comes last: the
 * other one has older settings, which would count once this one is erased.
 */
function partsOf(piece: Piece, bank: 0 | 1 | undefined): Segment[] {
    if (piece.name !== "settings") return [piece]
    const size = piece.bytes.length / 2
    const banks = [0, size].map(at => ({
        address: piece.address + at,
        bytes: piece.bytes.subarray(at, at + size),
    }))
    return bank === 0 ? banks.reverse() : banks
}

/** @returns whether it was written @throws BoardError when the board does not hold it in the end */
async function bring(
    board: BoardAccess,
    piece: Piece,
    parts: readonly Segment[],
    onEvent: (event: FlashEvent) => void
): Promise<boolean> {
    const { address, bytes, name } = piece
    if (await board.holds(address, bytes)) {
        onEvent({ kind: "same", piece })
        return false
    }
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        if (attempt > 1) onEvent({ kind: "again", piece })
        for (const [i, part] of parts.entries())
            await board.write(part.address, part.bytes, share =>
                onEvent({ kind: "writing", piece, share: (i + share) / parts.length })
            )
        if (await board.holds(address, bytes)) {
            onEvent({ kind: "verified", piece })
            return true
        }
    }
    throw new BoardError(
        `the board does not hold what was written (${name} at ${hex(address)}), after ${ATTEMPTS} attempts: ` +
            "its flash is worn or broken; take another board",
        "differs"
    )
}
