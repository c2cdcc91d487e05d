/** A CSV file that can be read twice, however it comes: files can be larger than memory. */
import { createReadStream, mkdtempSync, rmSync, statSync, createWriteStream } from "node:fs"
import os from "node:os"
import path from "node:path"
import { pipeline as finished } from "node:stream/promises"
import { TraceError, readError } from "../../../sim/traces/csv.js"
import { Interrupted } from "../interrupt.js"

/** A CSV file that can be read twice. */
export interface CsvSource {
    /** As the user calls it. */
    readonly name: string
    readonly file: string
    /** B */
    readonly size: number
    /** When it was changed last, ms. */
    readonly changed: number
    /** Deletes what was put aside. */
    close(): void
}

/**
 * Standard input and pipes can be read only once, so they are put aside in a file.
 *
 * @param file path, or "-" for the input
 * @throws TraceError when it cannot be read; Interrupted
 */
export async function openCsv(
    file: string,
    input: NodeJS.ReadableStream,
    signal: AbortSignal
): Promise<CsvSource> {
    const name = file === "-" ? "standard input" : file
    try {
        if (file === "-") return await putAside(name, input, signal)
        const stat = statSync(file)
        if (!stat.isFile() && !stat.isDirectory())
            return await putAside(name, createReadStream(file), signal)
        return { name, file, size: stat.size, changed: stat.mtimeMs, close: () => undefined }
    } catch (e) {
        throw readError(e, name)
    }
}

async function putAside(
    name: string,
    input: NodeJS.ReadableStream,
    signal: AbortSignal
): Promise<CsvSource> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "suitcase-pack-"))
    const close = () => rmSync(folder, { recursive: true, force: true })
    const file = path.join(folder, "input.csv")
    try {
        await finished(input, createWriteStream(file), { signal })
        const { size, mtimeMs } = statSync(file)
        return { name, file, size, changed: mtimeMs, close }
    } catch (e) {
        close()
        throw signal.aborted ? new Interrupted() : e
    }
}

/** @throws TraceError when the two passes can have seen different rows */
export function checkUnchanged(source: CsvSource): void {
    const { size, mtimeMs } = statSync(source.file)
    if (size === source.size && mtimeMs === source.changed) return
    throw new TraceError(
        `${source.name}: the file changed while it was packed; pack a copy of it, or pipe it in`
    )
}
