/**
 * What a board had stored beside the node's own settings, such as calibrations, kept in the browser while the board
 * is written: a cable pulled out in the middle must not cost it. Secrets are left out.
 */
import { DECIDED_KEYS } from "../../../cli/flash/store-values.js"
import { type StoreKeeper } from "../../../flash/flash-board.js"
import { ERASED, PAGE_BYTES, PROGRAM_KEY, storeShape } from "../../../flash/store/format.js"
import { readStore } from "../../../flash/store/read.js"
import { storeImage } from "../../../flash/store/write.js"

/** What is used of localStorage. */
export interface TextStore {
    getItem(key: string): string | null
    setItem(key: string, value: string): void
    removeItem(key: string): void
}

const PREFIX = "suitcase.board."

export class KeptSettings implements StoreKeeper {
    /** @param storeBytes of the board's store */
    constructor(
        private readonly store: TextStore,
        private readonly storeBytes: number
    ) {}

    async load(serial: string): Promise<Uint8Array | undefined> {
        await Promise.resolve()
        const text = this.store.getItem(PREFIX + serial)
        if (text === null) return undefined
        try {
            return Uint8Array.from(atob(text), character => character.charCodeAt(0))
        } catch {
            return undefined
        }
    }

    async save(serial: string, banks: Uint8Array): Promise<void> {
        await Promise.resolve()
        const whole = new Uint8Array(this.storeBytes).fill(ERASED)
        whole.set(banks)
        const kept = [...readStore(whole).values].filter(
            ([key]) => key !== PROGRAM_KEY && !DECIDED_KEYS.has(key)
        )
        if (kept.length === 0) {
            this.forget(serial)
            return
        }
        const image = storeImage(this.storeBytes, { program: undefined, values: new Map(kept) })
        const bankBytes = 2 * storeShape(this.storeBytes).bankPages * PAGE_BYTES
        this.store.setItem(PREFIX + serial, base64(image.subarray(0, bankBytes)))
    }

    /** The board holds everything itself. */
    forget(serial: string): void {
        this.store.removeItem(PREFIX + serial)
    }
}

function base64(bytes: Uint8Array): string {
    const step = 0x8000
    let text = ""
    for (let at = 0; at < bytes.length; at += step)
        text += String.fromCharCode(...bytes.subarray(at, at + step))
    return btoa(text)
}
