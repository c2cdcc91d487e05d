/** This project's frames for the benchmark: the real encoder, checked by the real decoder. */
import { decodeFrame } from "../../src/core/frame/decoder.js"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { TABLES } from "../../src/core/frame/tables.js"
import { QUALITY_SKIPPED } from "../../src/core/quality.js"
import { type Slice } from "./frames.js"

/** Ticks between two rows: the peers are not charged for times either. */
const STEP = 60

const buffer = new Uint8Array(1 << 18)

/**
 * @param prior statistics to start from; default the shipped ones
 * @returns bytes of the whole frame, envelope included
 * @throws Error when the decoder does not give the rows back
 */
export function frameBytes(slice: Slice, prior?: Uint8Array): number {
    const { table, from, to } = slice
    const encoder = new FrameEncoder(
        buffer,
        table.channels,
        0x1234,
        prior === undefined ? TABLES : { ...TABLES, prior }
    )
    encoder.begin(0x5678, 1, true)
    for (let r = from; r < to; r++) {
        const start = r * table.channels
        const values = Array.from(table.values.subarray(start, start + table.channels))
        const qualities = Array.from(
            table.gaps.subarray(start, start + table.channels),
            gap => gap * QUALITY_SKIPPED
        )
        if (!encoder.add(1_700_000_000 + (r - from) * STEP, values, qualities))
            throw new Error(`row ${r} did not fit`)
    }
    const bytes = buffer.slice(0, encoder.finish())
    if (prior === undefined) check(slice, bytes)
    return bytes.length
}

function check(slice: Slice, bytes: Uint8Array): void {
    const { table, from, to } = slice
    const frame = decodeFrame(bytes)
    if (frame.rows !== to - from)
        throw new Error(`${to - from} rows went in, ${frame.rows} came out`)
    for (let i = 0; i < frame.values.length; i++) {
        const at = from * table.channels + i
        const isGap = table.gaps[at] === 1
        if (isGap !== (frame.qualities[i] === QUALITY_SKIPPED))
            throw new Error(`cell ${i}: gap ${String(isGap)}, quality ${frame.qualities[i]}`)
        if (!isGap && frame.values[i] !== table.values[at])
            throw new Error(`cell ${i}: ${table.values[at]} went in, ${frame.values[i]} came out`)
    }
}
