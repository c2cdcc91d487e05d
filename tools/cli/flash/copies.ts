/** What boards held before they were written, in files that only their owner may read: it has secrets. */
import { mkdir, readFile } from "node:fs/promises"
import { homedir } from "node:os"
import path from "node:path"
import { replaceFile } from "../../receiver/journal/durable.js"
import { type StoreKeeper } from "../../flash/flash-board.js"

export function defaultCopiesFolder(): string {
    return path.join(homedir(), ".suitcase", "boards")
}

export class StoreCopies implements StoreKeeper {
    constructor(readonly folder = defaultCopiesFolder()) {}

    async load(serial: string): Promise<Uint8Array | undefined> {
        try {
            return new Uint8Array(await readFile(this.fileOf(serial)))
        } catch (e) {
            if ((e as NodeJS.ErrnoException).code === "ENOENT") return undefined
            throw e
        }
    }

    /** On the disk when it resolves. */
    async save(serial: string, banks: Uint8Array): Promise<void> {
        await mkdir(this.folder, { recursive: true, mode: 0o700 })
        await replaceFile(this.fileOf(serial), [banks])
    }

    private fileOf(serial: string): string {
        return path.join(this.folder, `${serial.replace(/[^0-9A-Za-z]/g, "")}.settings`)
    }
}
