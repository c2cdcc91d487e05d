/** The rows of a table, one by one, as they would be in a plain CSV file. */
import {
    TraceError,
    checkCellCount,
    checkHeader,
    readError,
    type CsvRow,
} from "../../../sim/traces/csv.js"
import { Interrupted } from "../interrupt.js"
import { type Mistakes } from "./mistakes.js"
import { type CsvReading } from "./reading.js"
import { type CsvSource } from "./source.js"

export interface RowHandlers {
    header(row: CsvRow): void
    row(row: CsvRow): void
    /** @param bytes of the file that have been read so far */
    progress(bytes: number): void
    /** Now and then: the next row comes when it resolves. */
    pause?(): Promise<void>
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
            await handlers.pause?.()
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
