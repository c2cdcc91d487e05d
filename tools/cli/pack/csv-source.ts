/** Reads the rows of a CSV file one by one: files can be larger than memory. */
import { createReadStream, mkdtempSync, rmSync, statSync, createWriteStream } from "node:fs"
import os from "node:os"
import path from "node:path"
import { pipeline as finished } from "node:stream/promises"
import {
    TraceError,
    checkCellCount,
    checkHeader,
    readError,
    type CsvRow,
} from "../../../sim/traces/csv.js"
import { type Mistakes } from "../csv/mistakes.js"
import { type CsvReading } from "../csv/reading.js"
import { Interrupted } from "./errors.js"

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

export interface RowHandlers {
    header(row: CsvRow): void
    row(row: CsvRow): void
    /** @param bytes of the file that have been read so far */
    progress(bytes: number): void
}

/** Rows between two looks at the clock and at Ctrl-C. */
const ROWS_PER_PAUSE = 1000

/**
 * Calls the handlers for the header and then for each row, with times and numbers as they are
 * in plain CSV files.
 *
 * @param reading how the file is written
 * @param skip names of columns that are left out
 * @param mistakes takes what is wrong with single rows, which the handlers then do not get
 * @returns size of the file, B
 * @throws TraceError naming file, line and column; Interrupted
 */
export async function readCsv(
    source: CsvSource,
    reading: CsvReading,
    skip: readonly string[],
    handlers: RowHandlers,
    mistakes: Mistakes,
    signal: AbortSignal
): Promise<number> {
    const stream = reading.open(source)
    let header = reading.ownHeader(skip)
    if (header !== undefined) handlers.header(header)
    let rows = 0
    try {
        for await (const row of stream.rows) {
            if (header === undefined) {
                header = reading.header(row, skip)
                checkHeader(header, source.name)
                handlers.header(header)
                continue
            }
            rows++
            const known = header
            mistakes.collect(() => {
                checkCellCount(row, known, source.name, reading.extraCells)
                const plain = reading.row(row, known, mistakes)
                if (plain !== undefined) handlers.row(plain)
            })
            if (rows % ROWS_PER_PAUSE !== 0) continue
            handlers.progress(stream.bytesRead())
            if (signal.aborted) throw new Interrupted()
        }
    } catch (e) {
        stream.close()
        const mistake = readError(e, source.name)
        // What was found before is said too.
        if (mistake instanceof TraceError) mistakes.add(mistake)
        else throw mistake
        mistakes.throwAny()
    }
    if (header === undefined) throw new TraceError(`${source.name}: the file is empty`)
    if (rows === 0) throw new TraceError(`${source.name}: there are no rows below the header`)
    mistakes.collect(() => reading.finish())
    return stream.bytesRead()
}
