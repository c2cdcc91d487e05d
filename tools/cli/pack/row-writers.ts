/** The forms in which `suitcase unpack` writes rows. */
import type { Layout } from "./layout.js"
import type { Output } from "./output.js"
import type { RowWriter } from "./unpack.js"

export const UNPACK_FORMATS = ["csv", "ndjson"] as const
export type UnpackFormat = (typeof UNPACK_FORMATS)[number]

/** Gathers the lines of a frame, which go out together. */
abstract class LineGatherer {
    private lines = ""

    constructor(private readonly output: Output) {}

    protected line(text: string): void {
        this.lines += `${text}\n`
    }

    ready(): Promise<void> {
        this.output.text(this.lines)
        this.lines = ""
        return this.output.ready()
    }
}

export function rowWriter(format: UnpackFormat, output: Output): RowWriter {
    return format === "csv" ? new CsvWriter(output) : new NdjsonWriter(output)
}

/** As the file was: header, then rows. */
class CsvWriter extends LineGatherer implements RowWriter {
    begin({ time, columns }: Layout): void {
        const names = [time.name, ...columns.map(column => column.name)]
        this.line(names.map(quoted).join(","))
    }

    row(time: string, cells: readonly (string | undefined)[]): void {
        this.line(`${time},${cells.join(",")}`)
    }
}

/** RFC 4180, section 2; readers trim blanks that are not quoted. */
function quoted(name: string): string {
    return /[",\r\n]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name
}

/** One JSON object per row; numbers with the digits they had, null for gaps. */
class NdjsonWriter extends LineGatherer implements RowWriter {
    private keys: string[] = []
    private timeKey = ""
    private isTextTime = true

    begin({ time, columns }: Layout): void {
        this.timeKey = JSON.stringify(time.name)
        this.keys = columns.map(column => JSON.stringify(column.name))
        this.isTextTime = time.form === "iso" || time.form === "iso-z"
    }

    row(time: string, cells: readonly (string | undefined)[]): void {
        const shownTime = this.isTextTime ? `"${time}"` : time
        const fields = this.keys.map((key, i) => `${key}:${cells[i] ?? "null"}`)
        this.line(`{${this.timeKey}:${shownTime},${fields.join(",")}}`)
    }
}
