/**
 * How a table that an office has exported is to be read: encoding, what separates cells, how
 * numbers and times are written. What the file itself shows needs no option; what it leaves
 * open is asked for by an error that names the choices. Nothing is ever guessed.
 */
import { createReadStream } from "node:fs"
import { pipeline } from "node:stream"
import { parse, type Parser } from "csv-parse"
import {
    CSV_OPTIONS,
    TraceError,
    cellError,
    readError,
    type CsvRecord,
    type CsvRow,
} from "../../../sim/traces/csv.js"
import { clockOf } from "../../../sim/traces/trace-time.js"
import { UsageError } from "../errors.js"
import { type CsvSource } from "./source.js"
import { Interrupted } from "../interrupt.js"
import { parseExactTime } from "./exact-time.js"
import { type Mistakes } from "./mistakes.js"
import { DateEvidence, isoTime, type DateOrder } from "./dates.js"
import { COMMENT, DELIMITERS, layoutOf, type Layout } from "./layout.js"
import {
    NUMBER_FORMS,
    NumberEvidence,
    plainNumber,
    type DecimalSign,
    type NumberForm,
} from "./numbers.js"
import { beginningOf, decoded, encodingOf, type Encoding } from "./text.js"
import { LocalTimeProblem, Zone, type RepeatedHour } from "./zone.js"

/** What the person says about the file; what is not there the file has to show. */
export interface ReadingFlags {
    readonly encoding?: Encoding
    /** Key of {@link DELIMITERS}. */
    readonly delimiter?: string
    readonly decimal?: DecimalSign
    readonly date?: DateOrder
    /** IANA name of the zone of times that do not say theirs. */
    readonly zone?: string
    readonly repeatedHour?: RepeatedHour
    /** Words for a missing value. */
    readonly null?: readonly string[]
    /** Names of the columns of a file without header. */
    readonly header?: readonly string[]
}

/** How a file was read, for reports; what is as in any plain CSV is left out. */
export interface ReadAs {
    readonly encoding?: Encoding
    readonly delimiter?: string
    readonly decimal?: "comma"
    readonly thousands?: string
    readonly date?: DateOrder
    readonly zone?: string
    readonly header?: "none"
}

/** No row of numbers is as long, but what follows a lone quotation mark is. */
const MAX_ROW_BYTES = 1_000_000
/** What is looked at to find the layout, B. */
const BEGINNING_BYTES = 65_536
/** In a file with commas between cells, numbers of this many rows say how they are written. */
const COMMA_ROWS = 1000

const PLAIN_FORM = NUMBER_FORMS[0]

export interface RowStream {
    readonly rows: AsyncIterable<CsvRow>
    /** B of the file that have been read. */
    bytesRead(): number
    close(): void
}

export class CsvReading {
    private zone: Zone | undefined
    /** Positions of cells that hold numbers; the others are left out. */
    private isKept: readonly boolean[] = []

    constructor(
        private readonly name: string,
        private readonly flags: ReadingFlags,
        private readonly encoding: Encoding,
        private readonly layout: Layout,
        private readonly form: NumberForm,
        /** undefined: ISO 8601 or Unix times. */
        private readonly order: DateOrder | undefined,
        private readonly nulls: ReadonlySet<string>
    ) {}

    get readAs(): ReadAs {
        const { encoding, layout, form, order, flags } = this
        return {
            ...(encoding === "utf-8" ? {} : { encoding }),
            ...(layout.delimiter === "comma" ? {} : { delimiter: layout.delimiter }),
            ...(form.decimal === "." ? {} : { decimal: "comma" as const }),
            ...(form.group === "" ? {} : { thousands: form.group }),
            ...(order === undefined ? {} : { date: order }),
            ...(flags.zone === undefined ? {} : { zone: flags.zone }),
            ...(flags.header === undefined ? {} : { header: "none" as const }),
        }
    }

    /** The rows of the file as they stand in it. */
    open(source: CsvSource): RowStream {
        return openRows(source, this.encoding, this.layout.delimiter)
    }

    /** Cells of a row that become one with another. */
    get extraCells(): number {
        return this.layout.isTimeSplit ? 1 : 0
    }

    /** The header of a file that has none; undefined when it has one. */
    ownHeader(skip: readonly string[]): CsvRow | undefined {
        const { header } = this.flags
        return header && this.header({ line: 1, cells: header }, skip)
    }

    /** Whether cells are as in any plain CSV file already. */
    private get isPlain(): boolean {
        return (
            this.form === PLAIN_FORM &&
            this.order === undefined &&
            this.zone === undefined &&
            this.nulls.size === 0 &&
            !this.layout.isTimeSplit
        )
    }

    /** The names of the columns; {@link row} goes by them. @param skip names of columns that are left out */
    header(row: CsvRow, skip: readonly string[]): CsvRow {
        const { zone, repeatedHour } = this.flags
        this.zone = zone === undefined ? undefined : new Zone(zone, repeatedHour)
        const cells = this.joined(row.cells)
        this.isKept = cells.map((cell, i) => i > 0 && !skip.includes(cell))
        return { line: row.line, cells }
    }

    /**
     * A row with a time in ISO 8601 (or Unix time) and numbers with decimal points, digit for digit.
     *
     * @param mistakes takes cells that are not written as the others are
     * @returns undefined when it has no time
     */
    row(row: CsvRow, header: CsvRow, mistakes: Mistakes): CsvRow | undefined {
        if (this.isPlain) return row
        const joined = { line: row.line, cells: this.joined(row.cells) }
        const cells: string[] = []
        for (const [i, cell] of joined.cells.entries()) {
            const text = mistakes.collect(() => this.cell(cell, i, joined, header))
            if (text === undefined && i === 0) return undefined
            cells.push(text ?? "")
        }
        return { line: row.line, cells }
    }

    private cell(cell: string, column: number, row: CsvRow, header: CsvRow): string {
        if (column === 0) return this.time(cell, row, header)
        if (!this.isKept[column] || cell === "") return cell
        return this.nulls.has(cell) ? "" : this.number(cell, row, header, column)
    }

    /** Called after the last row. @throws TraceError */
    finish(): void {
        try {
            this.zone?.finish()
        } catch (e) {
            throw e instanceof LocalTimeProblem ? new TraceError(`${this.name}: ${e.message}`) : e
        }
    }

    /** Date and time of day in one cell. */
    private joined(cells: readonly string[]): readonly string[] {
        if (!this.layout.isTimeSplit || cells.length < 2) return cells
        return [`${cells[0]} ${cells[1]}`, ...cells.slice(2)]
    }

    private time(cell: string, row: CsvRow, header: CsvRow): string {
        const iso = this.order === undefined ? cell : isoTime(cell, this.order)
        if (iso === undefined)
            throw cellError(
                this.name,
                row,
                0,
                header.cells[0],
                `is not a time with ${WORDS[this.order ?? "ymd"]} as in the other rows`
            )
        if (this.zone === undefined) return iso
        try {
            return this.zone.utc(iso)
        } catch (e) {
            if (!(e instanceof LocalTimeProblem)) throw e
            throw cellError(this.name, row, 0, header.cells[0], e.message)
        }
    }

    private number(cell: string, row: CsvRow, header: CsvRow, column: number): string {
        // The survey says what is wrong with a plain number.
        if (this.form === PLAIN_FORM) return cell
        const plain = plainNumber(cell, this.form)
        if (plain !== undefined) return plain
        const { decimal, group } = this.form
        throw cellError(
            this.name,
            row,
            column,
            header.cells[column],
            `is not a number with a decimal ${decimal === "," ? "comma" : "point"}` +
                (group === "" ? "" : ` and "${group}" between thousands`) +
                " as in the other rows; if it stands for a missing value, add --null " +
                `"${cell.slice(0, 20)}"; if the column holds text, --skip it`
        )
    }
}

const WORDS: Readonly<Record<DateOrder, string>> = {
    dmy: "day, month and year",
    mdy: "month, day and year",
    ymd: "year, month and day",
}

/**
 * Finds out how a file is written.
 *
 * @param skip names of columns that are left out
 * @throws UsageError when the file can be read in more than one way; TraceError; Interrupted
 */
export async function understand(
    source: CsvSource,
    flags: ReadingFlags,
    skip: readonly string[],
    signal: AbortSignal
): Promise<CsvReading> {
    const { name } = source
    const encoding = flags.encoding ?? (await encodingOf(source))
    const layout = layoutOf(beginningText(source, encoding), name, flags.delimiter)
    checkHeaderFlag(layout, source, flags)
    const nulls = new Set(flags.null ?? [])
    const evidence = new Evidence(layout, flags, nulls, skip)
    const stream = openRows(source, encoding, layout.delimiter)
    try {
        for await (const row of stream.rows) {
            evidence.row(row)
            if (evidence.isSettled) break
            if (signal.aborted) throw new Interrupted()
        }
    } catch (e) {
        throw readError(e, name)
    } finally {
        stream.close()
    }
    const form = evidence.form(name)
    return new CsvReading(name, flags, encoding, layout, form, evidence.order(name), nulls)
}

function checkHeaderFlag({ hasHeader }: Layout, source: CsvSource, { header }: ReadingFlags): void {
    if (!hasHeader && header === undefined)
        throw new UsageError(
            `${source.name}: the file has no header, as its first row begins with a time; ` +
                "name its columns with --header, such as --header time,temperature,co2"
        )
    if (hasHeader && header !== undefined)
        throw new UsageError(
            `--header: the first row of ${source.name} does not begin with a time, so it is ` +
                "a header; leave --header out"
        )
}

/** Looks through the rows until they have shown how they are written. */
class Evidence {
    private readonly numbers: NumberEvidence
    private readonly dates = new DateEvidence()
    private isPlainTime: boolean | undefined
    private rows = 0
    private hasCommas = false
    private skipped: readonly boolean[] | undefined

    constructor(
        private readonly layout: Layout,
        private readonly flags: ReadingFlags,
        private readonly nulls: ReadonlySet<string>,
        private readonly skip: readonly string[]
    ) {
        const { decimal } = flags
        this.numbers = new NumberEvidence(
            decimal === undefined
                ? NUMBER_FORMS
                : NUMBER_FORMS.filter(form => form.decimal === decimal)
        )
        if (flags.header !== undefined) this.skipped = flags.header.map(n => skip.includes(n))
    }

    row({ line, cells }: CsvRow): void {
        if (this.skipped === undefined) {
            this.skipped = cells.map(cell => this.skip.includes(cell))
            return
        }
        this.rows++
        const first = this.layout.isTimeSplit ? 2 : 1
        const time = cells.slice(0, first).join(" ")
        this.isPlainTime ??= parseExactTime(time, clockOf("", time)) !== undefined
        if (!this.isPlainTime) this.dates.add(time, line)
        for (let i = first; i < cells.length; i++) {
            const cell = cells[i]
            if (cell === "" || this.nulls.has(cell) || this.skipped[i]) continue
            if (cell.includes(",")) this.hasCommas = true
            this.numbers.add(i, cell, line)
        }
    }

    get isSettled(): boolean {
        if (this.isPlainTime === undefined) return false
        const isDateSettled =
            this.isPlainTime || this.flags.date !== undefined || this.dates.isSettled
        if (!isDateSettled) return false
        return this.hasPlainCells ? this.rows >= COMMA_ROWS : this.numbers.isSettled
    }

    /** With commas between cells there is none within, unless in quotes. */
    private get hasPlainCells(): boolean {
        return this.layout.delimiter === "comma" && !this.hasCommas
    }

    /** @throws UsageError when numbers can be read in more than one way */
    form(name: string): NumberForm {
        const all = this.numbers.result()
        const forms =
            this.hasPlainCells && this.flags.decimal === undefined
                ? all.filter(({ decimal }) => decimal === ".").slice(0, 1)
                : all
        const [first, second] = forms as [NumberForm | undefined, NumberForm | undefined]
        if (first === undefined) {
            if (this.flags.decimal === ",") return NUMBER_FORMS[1]
            return PLAIN_FORM
        }
        if (second === undefined) return first
        const disputed = this.numbers.disputeOf(first, second)
        if (disputed === undefined) return first
        const { line, cell, as } = disputed
        throw new UsageError(
            `${name}, line ${line}: "${cell}" can be ${as[0]} or ${as[1]}, and no other number ` +
                `tells; say --decimal ${wordOf(first.decimal)} or --decimal ${wordOf(second.decimal)}`
        )
    }

    /** @throws UsageError when dates can be read in more than one way */
    order(name: string): DateOrder | undefined {
        const { date } = this.flags
        if (this.isPlainTime !== false) return undefined
        if (date !== undefined) return date
        const orders = this.dates.result()
        if (orders.length < 2) return orders.at(0)
        const { line = 0, cell = "" } = this.dates.dispute ?? {}
        const days = orders.map(order => (isoTime(cell, order) ?? "").slice(0, 10))
        throw new UsageError(
            `${name}, line ${line}: "${cell}" can be ${days.join(" or ")}, and no other date ` +
                `tells; say ${orders.map(order => `--date ${order}`).join(" or ")}`
        )
    }
}

function wordOf(sign: DecimalSign): string {
    return sign === "," ? "comma" : "point"
}

function beginningText(source: CsvSource, encoding: Encoding): string {
    const bytes = beginningOf(source, BEGINNING_BYTES)
    const text = new TextDecoder(encoding).decode(bytes)
    // The last line may be cut.
    return bytes.length < BEGINNING_BYTES ? text : text.slice(0, text.lastIndexOf("\n") + 1)
}

function openRows(source: CsvSource, encoding: Encoding, delimiter: string): RowStream {
    const bytes = createReadStream(source.file, { highWaterMark: 1 << 18 })
    const parser = parse({
        ...CSV_OPTIONS,
        comment: COMMENT,
        comment_no_infix: true,
        delimiter: DELIMITERS[delimiter],
        max_record_size: MAX_ROW_BYTES,
    })
    if (encoding === "utf-8") pipeline(bytes, parser, () => undefined)
    else pipeline(bytes, decoded(encoding), parser, () => undefined)
    return {
        rows: rowsOf(parser),
        bytesRead: () => bytes.bytesRead,
        close: () => bytes.destroy(),
    }
}

async function* rowsOf(parser: Parser): AsyncGenerator<CsvRow> {
    for await (const item of parser) {
        const { info, record } = item as CsvRecord
        yield { line: info.lines, cells: record }
    }
}
