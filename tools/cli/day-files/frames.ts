/**
 * Frames made of rows of day files, so that whatever takes the frames of nodes takes these
 * as well. The scale of a channel follows from its values and integers, and it is checked that it
 * gives each value exactly.
 */
import { toUnit, type Channel } from "../../../src/core/channel.js"
import { INT32_MAX, INT32_MIN } from "../../../src/core/fixed.js"
import { FIRST_GAP } from "../../../src/core/quality.js"
import { qualityName } from "../../../src/core/quality-names.js"
import { type ResolvedFrame, type Schema, type SchemaChannel } from "../../decoder/index.js"
import { UsageError } from "../errors.js"
import { UNITS, quantityOf } from "../quantities.js"
import { type Row } from "./row.js"

/** Quality codes by their names. */
const CODES = new Map(Array.from({ length: 256 }, (_, code) => [qualityName(code), code]))
/** Largest denominator of a scale that is looked for, beside powers of ten. */
const MAX_DENOMINATOR = 10_000
/** Schemas that are remembered. */
const MAX_SCHEMAS = 10_000
const NO_BYTES = new Uint8Array()

export class FrameMaker {
    private rows: Row[] = []
    /** By what their channels are. */
    private readonly schemas = new Map<string, Schema>()
    private readonly scales = new Map<string, Scale>()

    /** Takes the next row. @returns frames that are complete now */
    add(row: Row): ResolvedFrame[] {
        const [first] = this.rows
        const isSame =
            first === undefined ||
            (row.sequence === first.sequence &&
                row.boot === first.boot &&
                row.node === first.node &&
                row.site === first.site)
        const frames = isSame ? [] : this.flush()
        this.rows.push(row)
        return frames
    }

    /** Frames of what was taken so far. */
    flush(): ResolvedFrame[] {
        const frames: ResolvedFrame[] = []
        const { rows } = this
        this.rows = []
        for (let from = 0; from < rows.length;) {
            const width = widthAt(rows, from)
            let to = from + width
            while (isLike(rows, from, to, width)) to += width
            frames.push(this.frameOf(rows.slice(from, to), width))
            from = to
        }
        return frames
    }

    private frameOf(rows: readonly Row[], width: number): ResolvedFrame {
        const [{ site, node, boot, sequence }] = rows
        const schema = this.schemaOf(rows, width)
        const times = rows.filter((_, i) => i % width === 0)
        return {
            site,
            node,
            payload: NO_BYTES,
            schema,
            moments: times.map(({ time, timeUncertaintyMs }) => ({
                unixMs: time,
                uncertaintyMs: timeUncertaintyMs ?? undefined,
            })),
            frame: {
                schemaId: schema.id,
                bootId: boot,
                sequence,
                unixTime: true,
                channels: width,
                rows: times.length,
                times: times.map(({ time }) => time),
                values: rows.map(({ integer }) => integer ?? 0),
                qualities: rows.map(({ quality, value }) => codeOf(quality, value)),
            },
        }
    }

    private schemaOf(rows: readonly Row[], width: number): Schema {
        const channels = rows.slice(0, width).map((row, i): SchemaChannel => {
            const { channel, unit } = row
            const [scaleNumerator, scaleDenominator] = this.scaleOf(
                rows.filter((_, cell) => cell % width === i)
            )
            return {
                name: channel,
                quantity: row.quantity ?? quantityOf(channel) ?? channel,
                unit,
                unitCode: row.unitCode ?? UNITS[unit]?.code ?? "C62",
                scaleNumerator,
                scaleDenominator,
                min: INT32_MIN,
                max: INT32_MAX,
                part: "",
                calibration: row.calibration ?? 0,
            }
        })
        const text = JSON.stringify(channels)
        let schema = this.schemas.get(text)
        if (schema === undefined) {
            schema = { id: 0, app: "", tickMs: 1, channels, text }
            if (this.schemas.size >= MAX_SCHEMAS) this.schemas.clear()
            this.schemas.set(text, schema)
        }
        return schema
    }

    private scaleOf(cells: readonly Row[]): Scale {
        const [{ site, node, channel, unit }] = cells
        const key = `${site}/${node}/${channel}/${unit}`
        const known = this.scales.get(key)
        if (known !== undefined && fits(known, cells)) return known
        const scale = findScale(cells)
        if (scale === undefined)
            throw new UsageError(
                `${site}/${node}, channel ${channel}: value and integer do not belong together at ` +
                    new Date(cells[0].time).toISOString()
            )
        this.scales.set(key, scale)
        return scale
    }
}

type Scale = readonly [numerator: number, denominator: number]

function findScale(cells: readonly Row[]): Scale | undefined {
    for (let power = 1; power <= 1e9; power *= 10) {
        if (fits([1, power], cells)) return [1, power]
        if (fits([power, 1], cells)) return [power, 1]
    }
    const sample = cells.find(({ value, integer }) => value !== null && (integer ?? 0) !== 0)
    const { value, integer } = sample ?? {}
    for (let denominator = 1; denominator <= MAX_DENOMINATOR; denominator++) {
        const numerator = Math.round(((value ?? 0) * denominator) / (integer ?? 1))
        if (numerator > 0 && fits([numerator, denominator], cells)) return [numerator, denominator]
    }
    return undefined
}

function fits([scaleNumerator, scaleDenominator]: Scale, cells: readonly Row[]): boolean {
    const channel = { scaleNumerator, scaleDenominator } as Channel
    return cells.every(
        ({ value, integer }) => value === null || toUnit(channel, integer ?? NaN) === value
    )
}

/** How many cells there are until the first channel comes again, or the time changes. */
function widthAt(rows: readonly Row[], from: number): number {
    const { channel, time } = rows[from]
    let to = from + 1
    while (to < rows.length && rows[to].channel !== channel && rows[to].time === time) to++
    return to - from
}

/** Whether another row of the same channels follows. */
function isLike(rows: readonly Row[], first: number, from: number, width: number): boolean {
    if (from + width > rows.length) return false
    const { time, timeUncertaintyMs } = rows[from]
    for (let i = 0; i < width; i++) {
        const cell = rows[from + i]
        const model = rows[first + i]
        if (cell.channel !== model.channel || cell.unit !== model.unit) return false
        if (cell.calibration !== model.calibration) return false
        if (cell.time !== time || cell.timeUncertaintyMs !== timeUncertaintyMs) return false
    }
    return true
}

/** A quality that this version does not know is a gap when there is no value. */
function codeOf(quality: string, value: number | null): number {
    const code = CODES.get(quality)
    if (code !== undefined && code >= FIRST_GAP === (value === null)) return code
    throw new UsageError(`the quality "${quality}" is not known, or does not fit its value`)
}
