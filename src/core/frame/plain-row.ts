import { Bytes, getU16, getU32, putU16, putU32, unzigzag, zigzag } from "../bytes.js"
import { isGap } from "../quality.js"
import { MAX_CHANNELS } from "./format.js"

/**
 * One row as plain bytes, for the journal of the open frame: what a node needs
 * to close that frame after a power cut. Self-contained, without checksum
 * (the journal has one), as short as it gets without a model.
 *
 *     0      bit 0 Unix time, bits 1–5 channels − 1
 *     1–2    schema id        3–4  boot id       5–6  sequence number
 *     7–10   time in ticks
 *     11 …   one quality per channel, two to a byte, low half first
 *     then   per channel with a value: zigzag, 7 bits per byte, low ones first
 */
export const PLAIN_ROW_MOST_BYTES = 187

const HEAD_BYTES = 11

/** A row and the frame it belongs to. */
export class PlainRow {
    unixTime = false
    schemaId = 0
    bootId = 0
    sequence = 0
    /** Ticks. */
    time = 0
    channels = 0
    readonly values: number[] = []
    readonly qualities: number[] = []

    constructor() {
        for (let i = 0; i < MAX_CHANNELS; i++) {
            this.values.push(0)
            this.qualities.push(0)
        }
    }
}

/**
 * @param bytes takes the row from index 0 on; {@link PLAIN_ROW_MOST_BYTES} always suffice
 * @returns how many bytes that are
 */
export function putPlainRow(
    bytes: Bytes,
    frame: PlainRow,
    time: number,
    values: number[],
    qualities: number[]
): number {
    const channels = frame.channels
    bytes[0] = (frame.unixTime ? 1 : 0) | ((channels - 1) << 1)
    putU16(bytes, 1, frame.schemaId)
    putU16(bytes, 3, frame.bootId)
    putU16(bytes, 5, frame.sequence)
    putU32(bytes, 7, time)
    let at = HEAD_BYTES
    for (let i = 0; i < channels; i += 2) {
        const second = i + 1 < channels ? qualities[i + 1] : 0
        bytes[at] = qualities[i] | (second << 4)
        at++
    }
    for (let i = 0; i < channels; i++) {
        if (isGap(qualities[i])) continue
        let code = zigzag(values[i])
        while (code > 127) {
            bytes[at] = (code & 127) | 128
            code = code >>> 7
            at++
        }
        bytes[at] = code
        at++
    }
    return at
}

/**
 * Reads a row.
 * @param from index of its first byte
 * @returns false when the bytes are none
 */
export function getPlainRow(bytes: Bytes, from: number, length: number, row: PlainRow): boolean {
    if (length < HEAD_BYTES) return false
    const channels = (bytes[from] >> 1) + 1
    if (channels > MAX_CHANNELS) return false
    row.unixTime = (bytes[from] & 1) !== 0
    row.channels = channels
    row.schemaId = getU16(bytes, from + 1)
    row.bootId = getU16(bytes, from + 3)
    row.sequence = getU16(bytes, from + 5)
    row.time = getU32(bytes, from + 7)
    const end = from + length
    const qualitiesAt = from + HEAD_BYTES
    let at = qualitiesAt + ((channels + 1) >> 1)
    if (at > end) return false
    for (let i = 0; i < channels; i++) {
        const quality = (bytes[qualitiesAt + (i >> 1)] >> ((i & 1) * 4)) & 15
        row.qualities[i] = quality
        row.values[i] = 0
        if (isGap(quality)) continue
        let code = 0
        let shift = 0
        for (;;) {
            if (at >= end || shift > 28) return false
            const byte = bytes[at]
            at++
            code = code | ((byte & 127) << shift)
            if (byte < 128) break
            shift += 7
        }
        row.values[i] = unzigzag(code >>> 0)
    }
    return at === end
}
