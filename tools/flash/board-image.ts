/** Everything that a board's flash shall hold, in pieces that are written and compared one by one. */
import { layoutOf } from "./chips.js"
import { ImageError } from "./image-error.js"
import { runtimeSegments } from "./runtime-image.js"
import { ERASED, PAGE_BYTES, aligned, storeShape } from "./store/format.js"
import { storeImage, type StoreContent } from "./store/write.js"
import { uf2File, type Segment } from "./uf2-file.js"

export type PieceName = "runtime" | "board configuration" | "program" | "settings"

export interface Piece extends Segment {
    readonly name: PieceName
}

export interface BoardContent {
    /** "esp32c3" */
    readonly architecture: string
    /** The file of a DeviceScript runtime; undefined leaves the one that is on the board. */
    readonly runtime: Uint8Array | undefined
    /** Board configuration, as the runtime reads it. */
    readonly config: Uint8Array
    readonly store: StoreContent
}

/**
 * @returns pieces in the order in which they are to be written. The settings come last: until then a board
 * whose writing ended half-way has those that it had. Pages of the store behind the program are left as they
 * are; the runtime erases them before it writes there.
 * @throws ImageError, StoreError
 */
export function boardImage(content: BoardContent): Piece[] {
    const layout = layoutOf(content.architecture)
    if (content.config.length > layout.configBytes)
        throw new ImageError(
            `the board's configuration has ${content.config.length} B; ${layout.configBytes} B fit`
        )
    const config = new Uint8Array(layout.configBytes).fill(0xff)
    config.set(content.config)
    const store = storeImage(layout.storeBytes, content.store)
    const banksBytes = 2 * storeShape(layout.storeBytes).bankPages * PAGE_BYTES
    const runtime = content.runtime === undefined ? [] : runtimeSegments(layout, content.runtime)
    const pieces: Piece[] = [
        ...runtime.map(segment => ({ name: "runtime" as const, ...segment })),
        { name: "board configuration", address: layout.config, bytes: config },
        {
            name: "program",
            address: layout.store + banksBytes,
            bytes: store.subarray(banksBytes, aligned(usedBytes(store), PAGE_BYTES)),
        },
        { name: "settings", address: layout.store, bytes: store.subarray(0, banksBytes) },
    ]
    return pieces.filter(({ bytes }) => bytes.length > 0)
}

/** Bytes up to the last that is not as erased. */
function usedBytes(store: Uint8Array): number {
    let end = store.length
    while (end > 0 && store[end - 1] === ERASED) end--
    return end
}

/**
 * All pieces in one file for tools of others: .uf2 for RP2040, .bin for ESP32, to be written at the
 * runtime's offset.
 */
export function bundleFile(
    architecture: string,
    pieces: readonly Piece[]
): { readonly extension: "bin" | "uf2"; readonly offset: number; readonly bytes: Uint8Array } {
    const layout = layoutOf(architecture)
    const first = Math.min(...pieces.map(({ address }) => address))
    if (first !== layout.runtime)
        throw new ImageError(
            "one file for everything holds the board's DeviceScript runtime as well: give its file with --runtime",
            "no runtime"
        )
    if (layout.family === "rp2040")
        return { extension: "uf2", offset: layout.runtime, bytes: uf2File(pieces) }
    const end = layout.store + layout.storeBytes
    const whole = new Uint8Array(end - first).fill(0xff)
    for (const { address, bytes } of pieces) whole.set(bytes, address - first)
    return { extension: "bin", offset: first, bytes: whole }
}
