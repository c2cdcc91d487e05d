/**
 * What a packed file says about its rows before the first frame: the schema
 * record, as nodes publish it, and the table record, which says how the cells
 * were written. docs/pack.md describes both.
 */
import { CRC16_START, crc16 } from "../../../src/core/crc.js"
import { MAX_CHANNELS } from "../../../src/core/frame/format.js"
import { schemaText, type SchemaChannel } from "../../../src/core/schema.js"
import { MAX_RECORD_BYTES, RecordReader } from "../../decoder/record.js"
import { parseSchema, type Schema } from "../../decoder/schema-record.js"
import { UsageError } from "../errors.js"
import { REST_CHANNEL, restChannel, type ClockPlan, type TimeColumn } from "./clock-plan.js"
import type { ColumnForm, ColumnPlan } from "./column-plan.js"
import { PackError } from "./errors.js"
import { TIME_FORMS } from "../csv/exact-time.js"
import { scaleOf, stepOf, type Step } from "./step.js"

/** What the first pass over a file found out. */
export interface PackPlan {
    readonly clock: ClockPlan
    readonly columns: readonly ColumnPlan[]
}

const TABLE_VERSION = 1
const MAX_NAME_LENGTH = 200
const MAX_DIGITS = 400

/** The schema record. */
export function schemaOf({ clock, columns }: PackPlan): string {
    const names = schemaNames(columns.map(column => column.name))
    const channels = columns.map((column, i): SchemaChannel => {
        const [scaleNumerator, scaleDenominator] = scaleOf(column.step)
        const name = names[i]
        const { min, max } = column
        // A header tells neither; "-" and "ZZ" (mutually defined) say so.
        const unit = { unit: "-", unitCode: "ZZ" }
        return {
            channel: { name, quantity: name, ...unit, scaleNumerator, scaleDenominator, min, max },
            part: "CSV",
        }
    })
    if (clock.restNanos !== undefined) channels.push(restChannel(clock.restNanos))
    return schemaText("pack", clock.tickMs, channels)
}

/** What frames call the schema by. */
export function schemaIdOf(schema: string): number {
    const bytes = Buffer.from(schema)
    return crc16(bytes, 0, bytes.length, CRC16_START)
}

/** Names as channels have them, a–z 0–9 _, all different. */
function schemaNames(names: readonly string[]): string[] {
    const taken = new Set([REST_CHANNEL])
    return names.map(name => {
        const base =
            name
                .toLowerCase()
                .replace(/[^a-z0-9]+/g, "_")
                .replace(/^_|_$/g, "")
                .slice(0, 48) || "column"
        let unique = base
        for (let n = 2; taken.has(unique); n++) unique = `${base}_${n}`
        taken.add(unique)
        return unique
    })
}

/**
 * The table record.
 * @throws UsageError when names are longer than it can hold
 */
export function tableOf({ clock, columns }: PackPlan): string {
    for (const { name } of [clock, ...columns])
        if (name.length > MAX_NAME_LENGTH || /[\u0000-\u001f\u007f-\u009f]/.test(name))
            throw new UsageError(
                `the column name "${name.slice(0, 40)}…" is longer than ${MAX_NAME_LENGTH} ` +
                    "characters or holds control characters; rename it"
            )
    const text = JSON.stringify({
        v: TABLE_VERSION,
        time: clock.name,
        form: clock.form,
        digits: clock.digits,
        columns: columns.map(({ name, digits, width }) => ({ name, digits, width })),
    })
    if (Buffer.byteLength(text) > MAX_RECORD_BYTES)
        throw new UsageError("the names of the columns are too long together; rename them")
    return text
}

/** A column as a packed file describes it. */
export interface PackedColumn extends ColumnForm {
    readonly step: Step
    readonly min: number
    readonly max: number
}

/** What frames of a packed file are to be read with. */
export interface Layout {
    readonly schemaId: number
    readonly tickMs: number
    readonly time: TimeColumn
    readonly restNanos: number | undefined
    readonly columns: readonly PackedColumn[]
}

/**
 * @param schema and table: the records
 * @throws PackError or RecordError naming the field that is wrong
 */
export function parseLayout(schemaRecord: Uint8Array, tableRecord: Uint8Array): Layout {
    const schema = parseSchema(schemaRecord)
    const table = RecordReader.parse(tableRecord, "table record")
    table.integer("v", TABLE_VERSION, TABLE_VERSION)
    const columns = table.list("columns", 1, MAX_CHANNELS)
    const restNanos = restNanosOf(schema, columns.length)
    return {
        schemaId: schema.id,
        tickMs: tickOf(schema),
        time: parseTimeColumn(table),
        restNanos,
        columns: columns.map((column, i) => {
            const { scaleNumerator, scaleDenominator, min, max } = schema.channels[i]
            const step = stepOf(scaleNumerator, scaleDenominator)
            if (step === undefined)
                throw new PackError("schema", `the scale of channel ${i + 1} is not decimal`)
            return { ...parseForm(column), step, min, max }
        }),
    }
}

function restNanosOf(schema: Schema, columns: number): number | undefined {
    const rest = schema.channels.length - columns
    const last = schema.channels[columns]
    if (rest === 0) return undefined
    if (rest !== 1 || last.name !== REST_CHANNEL)
        throw new PackError("schema", "schema and table have different numbers of columns")
    const nanos = [1, 1000].find(unit => last.scaleDenominator === 1_000_000_000 / unit)
    if (nanos === undefined || last.scaleNumerator !== 1 || last.max >= 1_000_000 / nanos)
        throw new PackError("schema", `the channel ${REST_CHANNEL} is no part of a millisecond`)
    return nanos
}

function tickOf({ tickMs }: Schema): number {
    if (1000 % tickMs === 0) return tickMs
    throw new PackError("schema", `a tick of ${tickMs} ms is no part of a second`)
}

function parseTimeColumn(table: RecordReader): TimeColumn {
    const text = table.text("form")
    const form = TIME_FORMS.find(known => known === text)
    if (form === undefined) throw table.error("form", `must be one of ${TIME_FORMS.join(", ")}`)
    return { name: table.message("time"), form, digits: table.integer("digits", 0, MAX_DIGITS) }
}

function parseForm(column: RecordReader): ColumnForm {
    return {
        name: column.message("name"),
        digits: column.integer("digits", 0, MAX_DIGITS),
        width: column.integer("width", 0, MAX_DIGITS),
    }
}
