/**
 * The first of two passes over a CSV file: it finds the steps of all columns and
 * the tick of the times, and every mistake that there is in the file.
 */
import { MAX_CHANNELS } from "../../../src/core/frame/format.js"
import { cellError, type CsvRow } from "../../../sim/traces/csv.js"
import { TIME_EXAMPLES, clockOf, type TraceClock } from "../../../sim/traces/trace-time.js"
import { type Mistakes } from "../csv/mistakes.js"
import { UsageError } from "../errors.js"
import { planClock } from "./clock-plan.js"
import type { ColumnPlan } from "./column-plan.js"
import { ColumnSurvey, type CellProblem } from "./column-survey.js"
import { parseExactTime, placesOf, type ExactTime } from "../csv/exact-time.js"
import type { PackPlan } from "./layout.js"
import { RepeatedHourWatch } from "./repeated-hour.js"
import { parseSteps } from "./step.js"

export interface SurveyOptions {
    /** As they were typed. */
    readonly steps: readonly string[]
    /** Names of columns that are left out. */
    readonly skip: readonly string[]
    readonly round: boolean
    readonly sort: boolean
}

export interface SurveyResult extends PackPlan {
    readonly timeClock: TraceClock
    /** Where the columns stand in a row. */
    readonly positions: readonly number[]
    readonly rows: number
}

export class Survey {
    private timeName = ""
    private clock: TraceClock | undefined
    private positions: number[] = []
    private columns: ColumnSurvey[] = []
    private rows = 0
    private first: ExactTime | undefined
    private last: ExactTime | undefined
    private previous: ExactTime | undefined
    /** Of the times: digits that they need, and digits that were written. */
    private places = 0
    private written: number | undefined
    private isUniform = true
    private readonly repeatedHour: RepeatedHourWatch
    private hasOffsets: boolean | undefined

    /**
     * @param name of the file, for messages
     * @param mistakes takes what is wrong with single cells
     */
    constructor(
        private readonly name: string,
        private readonly options: SurveyOptions,
        private readonly mistakes: Mistakes
    ) {
        this.repeatedHour = new RepeatedHourWatch(name)
    }

    /** @throws UsageError when options name no column, or too many columns are left */
    header({ cells }: CsvRow): void {
        const { skip, steps, round } = this.options
        this.timeName = cells[0]
        const all = cells.slice(1)
        const unknown = skip.find(name => !all.includes(name))
        if (unknown !== undefined)
            throw new UsageError(
                `--skip ${unknown}: there is no such column; the columns are ${all.join(", ")}`
            )
        const kept = all.filter(name => !skip.includes(name))
        if (kept.length === 0) throw new UsageError("--skip leaves no column to pack")
        this.checkCount(kept.length, 0)
        const choice = parseSteps(steps, kept)
        this.positions = kept.map(name => cells.indexOf(name, 1))
        this.columns = kept.map(
            name => new ColumnSurvey(name, choice.byColumn.get(name) ?? choice.all, round)
        )
    }

    row(row: CsvRow): void {
        this.rows++
        this.mistakes.collect(() => this.time(row))
        this.columns.forEach((column, i) => {
            const position = this.positions[i]
            const cell = row.cells[position]
            const problem = cell === "" ? undefined : column.add(cell, row.line)
            if (problem !== undefined)
                this.mistakes.add(cellError(this.name, row, position, column.name, problem))
        })
    }

    /** Called after the last row. @throws TraceError naming the line and column of each mistake */
    finish(): SurveyResult {
        const columns: ColumnPlan[] = []
        for (const [i, column] of this.columns.entries()) {
            const result = column.finish()
            if ("problem" in result) this.mistakes.add(this.located(result, i, column.name))
            else columns.push(result)
        }
        this.mistakes.collect(() => this.repeatedHour.check())
        this.mistakes.throwAny()
        const form = this.clock === "iso" ? (this.hasOffsets === true ? "iso-z" : "iso") : undefined
        const clock = planClock(
            {
                name: this.timeName,
                form: form ?? (this.clock === "unix-ms" ? "ms" : "s"),
                digits: this.digits(),
            },
            this.places,
            this.first as ExactTime,
            this.last as ExactTime
        )
        if (clock.restNanos !== undefined) this.checkCount(columns.length, 1)
        const timeClock = this.clock as TraceClock
        return { clock, columns, timeClock, positions: this.positions, rows: this.rows }
    }

    private time(row: CsvRow): void {
        const text = row.cells[0]
        this.clock ??= clockOf(this.timeName, text)
        const time = parseExactTime(text, this.clock)
        if (time === undefined)
            throw this.timeError(row, `is not a time; write ${TIME_EXAMPLES[this.clock]}`)
        this.places = Math.max(this.places, placesOf(time.nanos))
        this.written ??= time.written
        if (time.written !== this.written) this.isUniform = false
        this.hasOffsets ??= time.hasOffset
        if (this.clock === "iso" && time.hasOffset !== this.hasOffsets)
            throw this.timeError(
                row,
                time.hasOffset
                    ? "says how far it is from UTC, but rows before do not; say their zone with --zone"
                    : "does not say how far it is from UTC, as rows before do; say its zone with --zone"
            )
        const { previous } = this
        this.previous = time
        if (this.options.sort && this.clock === "iso" && !time.hasOffset)
            this.repeatedHour.look(time.seconds, row.line)
        if (this.first === undefined || isBefore(time, this.first)) this.first = time
        if (this.last === undefined || !isBefore(time, this.last)) this.last = time
        if (previous === undefined || !isBefore(time, previous)) return
        if (!this.options.sort)
            throw this.timeError(
                row,
                "is earlier than the time of the row before; sort the rows by time, or add --sort"
            )
    }

    /** Digits behind the point with which times are written again. */
    private digits(): number {
        if (this.isUniform) return this.written ?? 0
        return Math.max(0, this.places - (this.clock === "unix-ms" ? 3 : 0))
    }

    private checkCount(columns: number, others: number): void {
        if (columns + others <= MAX_CHANNELS) return
        throw new UsageError(
            `${this.name}: a frame holds ${MAX_CHANNELS} columns, but there are ${columns}` +
                `${others === 0 ? "" : " and one for times finer than 1 ms"}; leave some out ` +
                "with --skip and pack them into another file"
        )
    }

    private timeError(row: CsvRow, problem: string): Error {
        return cellError(this.name, row, 0, this.timeName, problem)
    }

    private located({ place, problem }: CellProblem, column: number, name: string): Error {
        const position = this.positions[column]
        const cells: string[] = []
        cells[position] = place.cell
        return cellError(this.name, { line: place.line, cells }, position, name, problem)
    }
}

function isBefore(a: ExactTime, b: ExactTime): boolean {
    return a.seconds === b.seconds ? a.nanos < b.nanos : a.seconds < b.seconds
}
