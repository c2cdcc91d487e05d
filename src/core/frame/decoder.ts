import { Bytes, getU16, getU32 } from "../bytes.js"
import { CRC16_START, crc16 } from "../crc.js"
import {
    FLAG_UNIX_TIME,
    FRAME_CRC_BYTES,
    FRAME_HEADER_BYTES,
    FRAME_VERSION,
    MAX_CELLS,
    MAX_FRAME_BYTES,
    ROW_COUNT_BYTES,
    SEQUENCE_MODULUS,
    TIES_COUNTED,
} from "./format.js"
import { RowCoder } from "./rows.js"
import { CURVE, PRIOR, ROOTS, STEPS } from "./tables.js"

/** Why a frame was refused. */
export type FrameErrorCode = "too-short" | "too-long" | "crc" | "version" | "header" | "rows"

/** Malformed input: never a wrong number, always this error. */
export class FrameError extends Error {
    readonly code: FrameErrorCode

    constructor(code: FrameErrorCode, message: string) {
        super(message)
        this.name = "FrameError"
        this.code = code
    }
}

/** A decoded frame; cells are stored row after row. */
export interface DecodedFrame {
    schemaId: number
    bootId: number
    sequence: number
    /** True: times are Unix time. False: they count from the node's boot. */
    unixTime: boolean
    channels: number
    rows: number
    /** One per row, in ticks of the schema. */
    times: number[]
    /** rows × channels integers; 0 where the quality is a gap. */
    values: number[]
    /** rows × channels quality codes. */
    qualities: number[]
}

/**
 * Decodes one frame, which needs nothing but itself.
 *
 * @throws FrameError naming what is wrong
 */
export function decodeFrame(bytes: Bytes): DecodedFrame {
    let end = checkedEnd(bytes)
    const ties = getU16(bytes, 5) >> 13
    let count = -1
    if (ties === TIES_COUNTED) {
        end -= ROW_COUNT_BYTES
        if (end < FRAME_HEADER_BYTES)
            throw new FrameError("header", "the number of rows is missing")
        count = getU16(bytes, end)
        if (count * ((bytes[0] & 31) + 1) > MAX_CELLS)
            throw new FrameError("header", "a frame has at most " + MAX_CELLS + " cells")
    }
    const frame: DecodedFrame = {
        schemaId: getU16(bytes, 1),
        bootId: getU16(bytes, 3),
        sequence: getU16(bytes, 5) & (SEQUENCE_MODULUS - 1),
        unixTime: (bytes[0] & FLAG_UNIX_TIME) !== 0,
        channels: (bytes[0] & 31) + 1,
        rows: 0,
        times: [],
        values: [],
        qualities: [],
    }
    if (count !== 0) readRows(bytes, end, frame, ties, count)
    else if (end > FRAME_HEADER_BYTES)
        throw new FrameError("rows", "there are bytes behind the last row")
    return frame
}

/** @returns where the check value begins, once everything outside of the rows is in order */
function checkedEnd(bytes: Bytes): number {
    const end = bytes.length - FRAME_CRC_BYTES
    if (end < FRAME_HEADER_BYTES)
        throw new FrameError("too-short", "a frame has at least 13 B, got " + bytes.length + " B")
    if (bytes.length > MAX_FRAME_BYTES)
        throw new FrameError(
            "too-long",
            "a frame has at most " + MAX_FRAME_BYTES + " B, got " + bytes.length + " B"
        )
    if (crc16(bytes, 0, end, CRC16_START) !== getU16(bytes, end))
        throw new FrameError("crc", "the check value does not match: the frame was damaged")
    if (bytes[0] >> 6 !== FRAME_VERSION)
        throw new FrameError(
            "version",
            "frame version " + (bytes[0] >> 6) + " is not known to this decoder"
        )
    return end
}

/**
 * @param ties which one of the rows that give the frame's length is the last, 0 = the first
 * @param count number of rows, or −1 to go by the length
 */
function readRows(
    bytes: Bytes,
    end: number,
    frame: DecodedFrame,
    ties: number,
    count: number
): void {
    const channels = frame.channels
    const coder = new RowCoder(bytes, end, channels, PRIOR, CURVE, ROOTS, STEPS, true)
    coder.begin(FRAME_HEADER_BYTES)
    const firstTime = getU32(bytes, 7)
    const length = end - FRAME_HEADER_BYTES
    const values: number[] = []
    const qualities: number[] = []
    for (let i = 0; i < channels; i++) {
        values.push(0)
        qualities.push(0)
    }
    for (;;) {
        coder.code(firstTime, values, qualities)
        if (coder.bad || coder.bytesNeeded > length)
            throw new FrameError("rows", "the rows do not end with the frame")
        frame.rows++
        frame.times.push(coder.time)
        for (let i = 0; i < channels; i++) {
            frame.values.push(values[i])
            frame.qualities.push(qualities[i])
        }
        const isMatch = coder.bytesNeeded === length
        if (count < 0) {
            if (isMatch && coder.ties === ties) return
            if ((frame.rows + 1) * channels > MAX_CELLS)
                throw new FrameError("rows", "the rows do not end")
        } else if (frame.rows === count) {
            if (isMatch) return
            throw new FrameError("rows", "the rows do not fill the frame")
        }
    }
}
