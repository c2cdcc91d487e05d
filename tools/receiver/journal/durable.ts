/** Files that are there as a whole after a power cut, or not at all. */
import { open, rename, rm } from "node:fs/promises"
import path from "node:path"

/** What was created, renamed or deleted in a folder stays so. */
export async function syncFolder(folder: string): Promise<void> {
    // Windows has no handle of a folder to sync, and keeps names by its journal.
    if (process.platform === "win32") return
    const handle = await open(folder, "r")
    try {
        await handle.sync()
    } finally {
        await handle.close()
    }
}

/** Replaces a file by what the pieces make together. */
export async function replaceFile(
    file: string,
    pieces: Iterable<Uint8Array | string>,
    mode = 0o600
): Promise<void> {
    const part = `${file}.part`
    const handle = await open(part, "w", mode)
    try {
        for (const piece of pieces) await handle.writeFile(piece)
        await handle.sync()
    } catch (e) {
        await handle.close()
        await rm(part, { force: true })
        throw e
    }
    await handle.close()
    await rename(part, file)
    await syncFolder(path.dirname(file))
}
