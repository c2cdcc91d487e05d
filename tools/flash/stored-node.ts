/** Which node a board was before, by the settings in its store. */
import { type BoardAccess } from "./board-access.js"
import { layoutOf } from "./chips.js"
import { ERASED, PAGE_BYTES, SCRIPT_PREFIX, storeShape } from "./store/format.js"
import { readStore } from "./store/read.js"

export interface StoredNode {
    readonly node: string
    readonly site: string | undefined
}

/**
 * @param architecture "esp32c3"
 * @returns undefined for a board that was none, or whose settings cannot be read
 * @throws BoardError
 */
export async function storedNode(
    board: BoardAccess,
    architecture: string
): Promise<StoredNode | undefined> {
    const { store: address, storeBytes } = layoutOf(architecture)
    const store = new Uint8Array(storeBytes).fill(ERASED)
    store.set(await board.read(address, 2 * storeShape(storeBytes).bankPages * PAGE_BYTES))
    const { state, values } = readStore(store)
    if (state !== "whole") return undefined
    const node = textOf(values.get(`${SCRIPT_PREFIX}node`))
    return node === undefined
        ? undefined
        : { node, site: textOf(values.get(`${SCRIPT_PREFIX}site`)) }
}

function textOf(json: Uint8Array | undefined): string | undefined {
    try {
        const value: unknown = JSON.parse(new TextDecoder().decode(json))
        return typeof value === "string" ? value : undefined
    } catch {
        return undefined
    }
}
