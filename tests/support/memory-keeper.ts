import { type StoreKeeper } from "../../tools/flash/flash-board.js"

/** Keeps what boards held in memory. */
export class MemoryKeeper implements StoreKeeper {
    readonly copies = new Map<string, Uint8Array>()

    async load(serial: string): Promise<Uint8Array | undefined> {
        return await Promise.resolve(this.copies.get(serial))
    }

    async save(serial: string, banks: Uint8Array): Promise<void> {
        this.copies.set(serial, banks)
        await Promise.resolve()
    }
}
