import {
    ENTRY_BYTES,
    ERASED,
    HEADER_BYTES,
    KEY_BYTES,
    MAGIC_0,
    MAGIC_1,
    NO_OFFSET,
    PAGE_BYTES,
    PROGRAM_HEADER_BYTES,
    PROGRAM_KEY,
    PROGRAM_MAGIC_0,
    PROGRAM_MAGIC_1,
    SCRIPT_PREFIX,
    fnv1a,
    storeShape,
} from "./format.js"

export interface StoreReading {
    /**
     * "empty": nothing was ever written. "whole": as the runtime left it. "torn": the power failed
     * during a write, or it was never a store; the runtime would erase all of it at its next start.
     */
    readonly state: "empty" | "whole" | "torn"
    /** Which of the two banks counts, 0 or 1; undefined when none does. */
    readonly bank: 0 | 1 | undefined
    /** The latest values by key; of a torn store, those that can still be read. */
    readonly values: ReadonlyMap<string, Uint8Array>
    /** Image of the program, padded; undefined when there is none, or one that is damaged. */
    readonly program: Uint8Array | undefined
}

/**
 * What is in a store that was read from a board.
 *
 * @param image all of its bytes, whatever they are
 */
export function readStore(image: Uint8Array): StoreReading {
    const { pages, bankPages } = storeShape(image.length)
    const bankBytes = bankPages * PAGE_BYTES
    const view = new DataView(image.buffer, image.byteOffset, image.length)
    const generations = [0, bankBytes].map(base => {
        const isHeader =
            view.getUint32(base, true) === MAGIC_0 &&
            view.getUint32(base + 4, true) === MAGIC_1 &&
            view.getUint32(base + 12, true) === PAGE_BYTES &&
            view.getUint16(base + 16, true) === pages &&
            view.getUint16(base + 18, true) === bankPages
        return isHeader ? view.getUint32(base + 8, true) : -1
    })
    if (generations[0] < 0 && generations[1] < 0) {
        const isEmpty = image.every(byte => byte === ERASED)
        const state = isEmpty ? "empty" : "torn"
        return { state, bank: undefined, values: new Map(), program: undefined }
    }
    const bank = generations[0] > generations[1] ? 0 : 1
    const base = bank * bankBytes
    return { bank, ...readBank(image, view, base, base + bankBytes) }
}

/** @param base, end of the bank that counts */
function readBank(
    image: Uint8Array,
    view: DataView,
    base: number,
    end: number
): Omit<StoreReading, "bank"> {
    const values = new Map<string, Uint8Array>()
    let program: Uint8Array | undefined
    let lowest = end
    let isTorn = false
    let at = base + HEADER_BYTES
    for (; at + ENTRY_BYTES <= lowest; at += ENTRY_BYTES) {
        const offset = view.getUint32(at + KEY_BYTES, true)
        const size = view.getUint32(at + KEY_BYTES + 4, true)
        if (offset === NO_OFFSET) break
        const key = keyAt(image, at)
        if (key === PROGRAM_KEY) {
            program = size === 0 ? undefined : programAt(image, offset, size)
            continue
        }
        if (key === undefined || offset <= at || offset + size > end) {
            isTorn = true
            continue
        }
        lowest = Math.min(lowest, offset)
        const value = image.slice(offset, offset + size)
        // An empty value deletes.
        if (size === 0) values.delete(key)
        else if (isUnwritten(key, value)) isTorn = true
        else values.set(key, value)
    }
    for (let i = at; i < lowest; i++) if (image[i] !== ERASED) isTorn = true
    return { state: isTorn ? "torn" : "whole", values, program }
}

/**
 * Whether the power failed between a value's entry and the value itself, as when a whole bank is written
 * from its start. What scripts store is text in UTF-8, in which a byte as erased does not occur.
 */
function isUnwritten(key: string, value: Uint8Array): boolean {
    return key.startsWith(SCRIPT_PREFIX)
        ? value.includes(ERASED)
        : value.every(byte => byte === ERASED)
}

function programAt(image: Uint8Array, offset: number, size: number): Uint8Array | undefined {
    if (size < PROGRAM_HEADER_BYTES || offset + size > image.length) return undefined
    const view = new DataView(image.buffer, image.byteOffset + offset, size)
    const program = image.slice(offset + PROGRAM_HEADER_BYTES, offset + size)
    const isWhole =
        view.getUint32(0, true) === PROGRAM_MAGIC_0 &&
        view.getUint32(4, true) === program.length &&
        view.getUint32(8, true) === PROGRAM_MAGIC_1 &&
        view.getUint32(12, true) === fnv1a(program)
    return isWhole ? program : undefined
}

/** @returns undefined for bytes that are no key */
function keyAt(image: Uint8Array, at: number): string | undefined {
    const bytes = image.subarray(at, at + KEY_BYTES)
    const length = bytes.indexOf(0)
    if (length <= 0) return undefined
    const key = String.fromCharCode(...bytes.subarray(0, length))
    return /^[\x20-\x7e]+$/.test(key) ? key : undefined
}
