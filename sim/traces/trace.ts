/**
 * Reads recorded sensor data from CSV files. The first column is the time, the
 * others are quantities with their unit in the name:
 *
 *     time,temperature_degC,co2_ppm
 *     2024-01-15T00:02:41,23.84,1458
 *
 * Times are ISO 8601 (without offset: local time at the place), Unix seconds or
 * milliseconds (`time_unix_s`, `time_unix_ms`), or seconds since the first
 * sample (`t_s`). An empty cell is a missing value. Recordings have faults:
 * rows whose time does not go forward are left out.
 */
import { readFileSync } from "node:fs"
import { CsvError, parse } from "csv-parse/sync"
import { clockOf, parseTime } from "./trace-time.js"

/** A file can not be used as a trace; the message names the place and what to do. */
export class TraceError extends Error {
    override name = "TraceError"
}

/** One recorded quantity. Times rise strictly. */
export interface TraceColumn {
    /** As in the header: "co2_ppm". */
    readonly name: string
    /** ms: Unix time, or since the first sample when the trace has no clock. */
    readonly times: Float64Array
    readonly values: Float64Array
}

export interface Trace {
    /** File name, for messages. */
    readonly name: string
    /** Whether times are Unix times; otherwise they count from the first sample. */
    readonly hasClock: boolean
    readonly columns: readonly TraceColumn[]
    /** Rows left out because their time did not go forward. */
    readonly skippedRows: number
}

/** @throws TraceError when the file can not be read or is malformed */
export function loadTrace(file: string): Trace {
    let text: string
    try {
        text = readFileSync(file, "utf8")
    } catch (e) {
        throw new TraceError(`${file}: ${readProblem(e)}; give the path of a CSV file`)
    }
    return parseTrace(text, file)
}

interface Row {
    /** Line of the file on which the row ends, from 1. */
    readonly line: number
    readonly cells: readonly string[]
}

/**
 * @param name file name for messages
 * @throws TraceError naming line and column
 */
export function parseTrace(text: string, name: string): Trace {
    const [header, ...rows] = readRows(text, name)
    if (header === undefined) throw new TraceError(`${name}: the file is empty`)
    checkHeader(header, name)
    const timeName = header.cells[0]
    const clock = clockOf(timeName, rows[0]?.cells[0] ?? "")
    const columns = header.cells.slice(1).map(column => ({
        name: column,
        times: [] as number[],
        values: [] as number[],
    }))
    let last = -Infinity
    let skippedRows = 0
    for (const row of rows) {
        if (row.cells.length !== header.cells.length)
            throw new TraceError(
                `${name}, line ${row.line}: ${row.cells.length} cells, but the header has ` +
                    `${header.cells.length}; separate cells with commas and leave missing ones empty`
            )
        const time = parseTime(row.cells[0], clock)
        if (time === undefined)
            throw cellError(name, row, 0, timeName, `is not a time; write ${EXAMPLES[clock]}`)
        if (time <= last) {
            skippedRows++
            continue
        }
        last = time
        columns.forEach((column, i) => {
            const cell = row.cells[i + 1]
            if (cell === "") return
            const value = NUMBER.test(cell) ? Number(cell) : NaN
            if (!Number.isFinite(value))
                throw cellError(
                    name,
                    row,
                    i + 1,
                    column.name,
                    "is not a number; write 21.5, or leave the cell empty for a missing value"
                )
            column.times.push(time)
            column.values.push(value)
        })
    }
    if (rows.length === 0) throw new TraceError(`${name}: there are no rows below the header`)
    if (skippedRows * 2 > rows.length)
        throw new TraceError(
            `${name}: the times of most rows do not go forward; sort the rows by time`
        )
    return {
        name,
        hasClock: clock !== "since-start",
        columns: columns.map(column => ({
            name: column.name,
            times: Float64Array.from(column.times),
            values: Float64Array.from(column.values),
        })),
        skippedRows,
    }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

const EXAMPLES = {
    iso: "2024-01-15T08:30:00",
    "unix-s": "seconds since 1970 such as 1705307400",
    "unix-ms": "milliseconds since 1970 such as 1705307400000",
    "since-start": "seconds since the first sample such as 12.5",
} as const

function checkHeader(header: Row, name: string): void {
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

function readRows(text: string, name: string): Row[] {
    try {
        const records = parse(text, {
            bom: true,
            info: true,
            relax_column_count: true,
            skip_empty_lines: true,
            trim: true,
        }) as unknown as { info: { lines: number }; record: string[] }[]
        return records.map(({ info, record }) => ({ line: info.lines, cells: record }))
    } catch (e) {
        if (!(e instanceof CsvError)) throw e
        const at = e as unknown as { lines?: number; column?: number }
        throw new TraceError(
            `${name}, line ${at.lines ?? 1}, column ${(at.column ?? 0) + 1}: ` +
                "a quotation mark is out of place; quote whole cells or none"
        )
    }
}

function cellError(
    name: string,
    row: Row,
    column: number,
    header: string,
    problem: string
): TraceError {
    const cell = row.cells[column]
    const shown = cell.length > 40 ? `${cell.slice(0, 40)}…` : cell
    return new TraceError(
        `${name}, line ${row.line}, column ${column + 1} (${header}): "${shown}" ${problem}`
    )
}

function readProblem(e: unknown): string {
    const code = (e as NodeJS.ErrnoException).code
    if (code === "ENOENT") return "no such file"
    if (code === "EISDIR") return "this is a folder"
    return `can not be read (${code ?? String(e)})`
}
