/** How the cells of a table stand in its text: what separates them, and where the rows begin. */
import { parse } from "csv-parse/sync"
import { CSV_OPTIONS } from "../../../sim/traces/csv.js"
import { parseExactTime } from "./exact-time.js"
import { clockOf } from "../../../sim/traces/trace-time.js"
import { UsageError } from "../errors.js"
import { DATE_ORDERS, isoTime, timeOfDay } from "./dates.js"

export const DELIMITERS: Readonly<Record<string, string>> = {
    comma: ",",
    semicolon: ";",
    tab: "\t",
    bar: "|",
}

/** A line of text that begins so is not of the table; no time does. */
export const COMMENT = "#"

/** Rows that a guess looks at. */
const ROWS = 50

export interface Layout {
    /** Key of {@link DELIMITERS}. */
    readonly delimiter: string
    /** Whether date and time of day stand in the first two columns. */
    readonly isTimeSplit: boolean
    /** Whether the first row is of names: it does not begin with a time. */
    readonly hasHeader: boolean
}

/**
 * @param text the beginning of the table
 * @param wanted key of {@link DELIMITERS}, if it was said
 * @throws UsageError when it can be read in more than one way
 */
export function layoutOf(text: string, name: string, wanted: string | undefined): Layout {
    const names = wanted === undefined ? Object.keys(DELIMITERS) : [wanted]
    const read = names.map(delimiter => ({ delimiter, rows: rowsOf(text, DELIMITERS[delimiter]) }))
    const tables = read.filter(({ rows }) => isTable(rows))
    if (tables.length > 1) {
        const choices = tables.map(({ delimiter }) => `--delimiter ${delimiter}`).join(" or ")
        throw new UsageError(
            `${name}: cells can be separated by ${tables.map(t => t.delimiter).join(" or by ")}; say ${choices}`
        )
    }
    // What is no table is read with commas, and its mistakes are named.
    const { delimiter, rows } = tables.at(0) ?? read[0]
    const [header, ...body] = rows as [string[] | undefined, ...string[][]]
    const hasHeader = header === undefined || header.length < 2 || !isTime(header[0])
    const isTimeSplit =
        tables.length > 0 &&
        body.length > 0 &&
        body.every(cells => isDateAlone(cells[0]) && timeOfDay(cells[1]) !== undefined) &&
        // "14.30" alone may be a number.
        (body.some(cells => cells[1].includes(":")) || /^(tid|time|klok)/i.test(header?.[1] ?? ""))
    return { delimiter, isTimeSplit, hasHeader }
}

function rowsOf(text: string, delimiter: string): string[][] {
    try {
        return parse(text, {
            ...CSV_OPTIONS,
            info: false,
            comment: COMMENT,
            comment_no_infix: true,
            delimiter,
            to: ROWS,
        })
    } catch {
        return []
    }
}

/** Two cells or more in the first row, as many in most others, and a time in front of those: some may have mistakes. */
function isTable(rows: readonly string[][]): boolean {
    const [header, ...body] = rows as [string[] | undefined, ...string[][]]
    if (header === undefined || header.length < 2) return false
    const fitting = body.filter(cells => cells.length === header.length && isTime(cells[0]))
    return body.length === 0 || 2 * fitting.length >= body.length
}

function isDateAlone(cell: string): boolean {
    return isTime(cell) && /^\d{1,4}([./-])\d{1,2}\1\d{1,4}$/.test(cell)
}

/** Whether a cell is a time in any way of writing. */
export function isTime(cell: string): boolean {
    return (
        parseExactTime(cell, clockOf("", cell)) !== undefined ||
        DATE_ORDERS.some(order => isoTime(cell, order) !== undefined)
    )
}
