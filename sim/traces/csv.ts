/**
 * What every reader of recorded CSV files shares: how cells are separated, what
 * a header must be, and messages that name file, line, column and what to do.
 */
import { CsvError, type Options } from "csv-parse"

/** A file cannot be used as a trace; the message names the place and what to do. */
export class TraceError extends Error {
    override name = "TraceError"

    constructor(
        message: string,
        /** What is wrong, without the place; others of the same kind have the same. */
        readonly kind = message
    ) {
        super(message)
    }
}

export interface CsvRow {
    /** Line of the file on which the row ends, from 1. */
    readonly line: number
    readonly cells: readonly string[]
}

/** How recordings are read; records come with their place. */
export const CSV_OPTIONS = {
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
} as const satisfies Options

/** A record as the parser gives it with these options. */
export interface CsvRecord {
    readonly info: { readonly lines: number }
    readonly record: readonly string[]
}

/**
 * @param extra cells that a row has more than the header
 * @throws TraceError when a row holds more or fewer cells than the header
 */
export function checkCellCount(row: CsvRow, header: CsvRow, name: string, extra = 0): void {
    const expected = header.cells.length + extra
    if (row.cells.length === expected) return
    throw new TraceError(
        `${name}, line ${row.line}: ${row.cells.length} cells, but the header has ` +
            `${expected}; separate cells with commas and leave missing ones empty`
    )
}

/** @throws TraceError when there are not a time and named quantities */
export function checkHeader(header: CsvRow, name: string): void {
    const { cells, line } = header
    if (cells.length < 2)
        throw new TraceError(
            `${name}, line ${line}: the header has one column; expected a time column and at ` +
                `least one quantity, separated by commas, such as "time,temperature_degC"`
        )
    cells.forEach((cell, i) => {
        if (cell === "")
            throw new TraceError(`${name}, line ${line}, column ${i + 1}: the column has no name`)
        if (cells.indexOf(cell) !== i)
            throw new TraceError(
                `${name}, line ${line}, column ${i + 1}: there are two columns called "${cell}"`
            )
    })
}

/**
 * @param column from 0
 * @param problem what is wrong with the cell and what to do, to follow its text
 */
export function cellError(
    name: string,
    row: CsvRow,
    column: number,
    header: string,
    problem: string
): TraceError {
    const cell = row.cells[column]
    const shown = cell.length > 40 ? `${cell.slice(0, 40)}…` : cell
    return new TraceError(
        `${name}, line ${row.line}, column ${column + 1} (${header}): "${shown}" ${problem}`,
        `${column} ${problem}`
    )
}

/** What was thrown while reading or parsing, as a message for people where it is theirs. */
export function readError(e: unknown, name: string): unknown {
    if (e instanceof CsvError) {
        const at = e as unknown as { lines?: number; column?: number }
        return new TraceError(
            `${name}, line ${at.lines ?? 1}, column ${(at.column ?? 0) + 1}: ` +
                "a quotation mark is out of place; quote whole cells or none"
        )
    }
    if (e instanceof Error && "syscall" in e)
        return new TraceError(`${name}: ${readProblem(e)}; give the path of a CSV file`)
    return e
}

/** "no such file" */
export function readProblem(e: unknown): string {
    const code = (e as NodeJS.ErrnoException).code
    if (code === "ENOENT") return "no such file"
    if (code === "EISDIR") return "this is a folder"
    return `cannot be read (${code ?? String(e)})`
}
