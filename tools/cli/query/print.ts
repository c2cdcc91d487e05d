/** Prints what a query gave. */
import Table from "cli-table3"
import { csvCell } from "../../receiver/index.js"
import { type Terminal, line } from "../terminal.js"
import { counted } from "../view/format.js"

export const QUERY_FORMATS = ["table", "csv", "ndjson"] as const
export type QueryFormat = (typeof QUERY_FORMATS)[number]

/** Rows that people look at; beyond, they are only counted. */
const MAX_ROWS = 200

export async function printRows(
    columns: readonly string[],
    rows: AsyncIterable<unknown[][]>,
    format: QueryFormat,
    { out }: Terminal
): Promise<void> {
    if (format === "table") {
        const table = new Table({
            head: [...columns],
            style: { head: [], border: [], compact: true },
        })
        let count = 0
        for await (const some of rows)
            for (const row of some) if (++count <= MAX_ROWS) table.push(row.map(shown))
        line(out, table.toString())
        if (count > MAX_ROWS)
            line(out, `… and ${counted(count - MAX_ROWS, "row")} more: --format csv has all`)
        return
    }
    if (format === "csv") await put(out, `${columns.map(name => csvCell(name)).join(",")}\n`)
    for await (const some of rows) {
        const lines = some.map(row =>
            format === "csv"
                ? row.map(value => cell(plain(value))).join(",")
                : JSON.stringify(
                      Object.fromEntries(columns.map((name, i) => [name, plain(row[i])]))
                  )
        )
        await put(out, lines.map(text => `${text}\n`).join(""))
    }
}

/** Values as JSON has them; integers that a double does not hold as text. */
function plain(value: unknown): unknown {
    if (value === undefined) return null
    if (typeof value === "bigint")
        return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
    if (value instanceof Date) return value.toISOString()
    if (Array.isArray(value)) return value.map(plain)
    if (typeof value === "object" && value !== null)
        return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, plain(of)]))
    return value
}

function shown(value: unknown): string {
    const simple = plain(value)
    if (simple === null) return "–"
    return typeof simple === "string" ? simple : JSON.stringify(simple)
}

function cell(value: unknown): string {
    if (value === null) return ""
    if (typeof value === "string") return csvCell(value)
    return typeof value === "object" ? csvCell(JSON.stringify(value)) : JSON.stringify(value)
}

async function put(stream: NodeJS.WritableStream, text: string): Promise<void> {
    if (!stream.write(text)) await new Promise<void>(resolve => stream.once("drain", resolve))
}
