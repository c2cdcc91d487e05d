/** Cuts recordings into frames of a fixed number of rows. */
import { FRAME_CRC_BYTES, FRAME_HEADER_BYTES } from "../../src/core/frame/format.js"
import { type Block } from "./peers.js"
import { type Series, type Table } from "../../tools/scripts/codec/traces.js"

/** Envelope every peer is charged per frame: schema, boot, sequence, time, checksum, each by itself. */
export const ENVELOPE_BYTES = 12
/** The same in our frames, which fold the schema into the checksum. */
export const OWN_ENVELOPE_BYTES = FRAME_HEADER_BYTES + FRAME_CRC_BYTES

/** Rows of one frame within a table. */
export interface Slice {
    readonly table: Table
    readonly from: number
    readonly to: number
}

/** All frames of a series; the last one of a table may be shorter. */
export function* slices(series: Series, rows: number): Generator<Slice> {
    for (const table of series.tables)
        for (let from = 0; from < table.rows; from += rows)
            yield { table, from, to: Math.min(table.rows, from + rows) }
}

/**
 * A frame as the peers get it. Gaps cost them a count and 3 bytes per run and
 * channel; with times, the row steps are one more column unless all are equal.
 */
export function blockOf(slice: Slice, withTimes: boolean): Block {
    const { table, from, to } = slice
    const rows = to - from
    const columns: Int32Array[] = []
    let gapBytes = 0
    for (let c = 0; c < table.channels; c++) {
        const column = new Int32Array(rows)
        let last = 0
        let inGap = false
        for (let r = 0; r < rows; r++) {
            const at = (from + r) * table.channels + c
            const gap = table.gaps[at] === 1
            if (gap && !inGap) gapBytes += 3
            inGap = gap
            if (!gap) last = table.values[at]
            column[r] = last
        }
        columns.push(column)
    }
    if (gapBytes > 0) gapBytes++
    if (withTimes && rows > 1) {
        const steps = new Int32Array(rows)
        for (let r = 1; r < rows; r++)
            steps[r] = (table.times[from + r] - table.times[from + r - 1]) | 0
        steps[0] = steps[1]
        if (steps.every(s => s === steps[0])) gapBytes += 2
        else columns.push(steps)
    }
    return { columns, rows, gapBytes }
}
