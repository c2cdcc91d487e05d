import {
    ENTRY_BYTES,
    ERASED,
    HEADER_BYTES,
    KEY_BYTES,
    MAGIC_0,
    MAGIC_1,
    PAGE_BYTES,
    PROGRAM_ALIGNMENT,
    PROGRAM_HEADER_BYTES,
    PROGRAM_KEY,
    PROGRAM_MAGIC_0,
    PROGRAM_MAGIC_1,
    VALUE_ALIGNMENT,
    aligned,
    fnv1a,
    storeShape,
} from "./format.js"

/** What shall be in a store does not fit there, or the runtime could not read it. */
export class StoreError extends Error {
    override name = "StoreError"
}

/**
 * Room that stays free in a bank of settings, B. With less, each further write of the node would
 * erase and copy a whole bank.
 */
const SPARE_BYTES = 512

export interface StoreContent {
    /** Bytecode as the compiler or linker made it. */
    readonly program: Uint8Array | undefined
    /** Values by key, in the order in which they are written; ":node" for a script's "node". */
    readonly values: ReadonlyMap<string, Uint8Array>
}

/**
 * The whole store of a board that has just got these values and this program, byte for byte as the
 * runtime itself would write it into erased flash.
 *
 * @param bytes of the store
 * @throws StoreError
 */
export function storeImage(bytes: number, { program, values }: StoreContent): Uint8Array {
    const { pages, bankPages } = storeShape(bytes)
    const bankBytes = bankPages * PAGE_BYTES
    const image = new Uint8Array(bytes).fill(ERASED)
    const view = new DataView(image.buffer)
    view.setUint32(0, MAGIC_0, true)
    view.setUint32(4, MAGIC_1, true)
    view.setUint32(8, 1, true)
    view.setUint32(12, PAGE_BYTES, true)
    view.setUint16(16, pages, true)
    view.setUint16(18, bankPages, true)
    view.setUint32(20, 0, true)
    let entry = HEADER_BYTES
    let valuesFrom = bankBytes

    const addEntry = (key: string, offset: number, size: number) => {
        putKey(image, entry, key)
        view.setUint32(entry + KEY_BYTES, offset, true)
        view.setUint32(entry + KEY_BYTES + 4, size, true)
        entry += ENTRY_BYTES
    }

    if (program !== undefined) {
        const whole = programBlock(program)
        const from = 2 * bankBytes
        // The runtime's allocator never takes the last page.
        const room = (pages - 2 * bankPages - 1) * PAGE_BYTES
        if (whole.length > room)
            throw new StoreError(
                `the program has ${program.length} B; the board's store takes ${room - PROGRAM_HEADER_BYTES} B`
            )
        addEntry(PROGRAM_KEY, from, whole.length)
        image.set(whole, from)
    }
    for (const [key, value] of values) {
        valuesFrom -= Math.max(aligned(value.length, VALUE_ALIGNMENT), VALUE_ALIGNMENT)
        if (valuesFrom < entry + 2 * ENTRY_BYTES + SPARE_BYTES)
            throw new StoreError(
                `the settings do not fit into the ${bankBytes} B that the board has for them`
            )
        addEntry(key, valuesFrom, value.length)
        image.set(value, valuesFrom)
    }
    return image
}

/** A program as it lies in the store: lengths, hash, image. */
function programBlock(program: Uint8Array): Uint8Array {
    const size = aligned(program.length, PROGRAM_ALIGNMENT)
    const whole = new Uint8Array(PROGRAM_HEADER_BYTES + size)
    whole.set(program, PROGRAM_HEADER_BYTES)
    const view = new DataView(whole.buffer)
    view.setUint32(0, PROGRAM_MAGIC_0, true)
    view.setUint32(4, size, true)
    view.setUint32(8, PROGRAM_MAGIC_1, true)
    view.setUint32(12, fnv1a(whole.subarray(PROGRAM_HEADER_BYTES)), true)
    return whole
}

function putKey(image: Uint8Array, at: number, key: string): void {
    if (!/^[\x20-\x7e]{1,15}$/.test(key) || (key.startsWith("*") && key !== PROGRAM_KEY))
        throw new StoreError(`"${key}" is no key that a board's store takes`)
    image.fill(0, at, at + KEY_BYTES)
    for (let i = 0; i < key.length; i++) image[at + i] = key.charCodeAt(i)
}
