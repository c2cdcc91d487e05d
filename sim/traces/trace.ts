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
import { parse } from "csv-parse/sync"
import {
    CSV_OPTIONS,
    TraceError,
    cellError,
    checkCellCount,
    checkHeader,
    readError,
    type CsvRecord,
    type CsvRow,
} from "./csv.js"
import { TIME_EXAMPLES, clockOf, parseTime } from "./trace-time.js"

export { TraceError } from "./csv.js"

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

/** @throws TraceError when the file cannot be read or is malformed */
export function loadTrace(file: string): Trace {
    let text: string
    try {
        text = readFileSync(file, "utf8")
    } catch (e) {
        throw readError(e, file)
    }
    return parseTrace(text, file)
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
        checkCellCount(row, header, name)
        const time = parseTime(row.cells[0], clock)
        if (time === undefined)
            throw cellError(name, row, 0, timeName, `is not a time; write ${TIME_EXAMPLES[clock]}`)
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

function readRows(text: string, name: string): CsvRow[] {
    try {
        const records = parse(text, CSV_OPTIONS) as unknown as CsvRecord[]
        return records.map(({ info, record }) => ({ line: info.lines, cells: record }))
    } catch (e) {
        throw readError(e, name)
    }
}
