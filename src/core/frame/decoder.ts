import { Bytes, getU16, getU32 } from "../bytes.js"
import { CRC16_START, crc16 } from "../crc.js"
import {
    FLAG_UNIX_TIME,
    FRAME_CRC_BYTES,
    FRAME_HEADER_BYTES,
    FRAME_VERSION,
    MAX_CELLS,
    MAX_CHANNELS,
    MAX_FRAME_BYTES,
} from "./format.js"
import { RowDecoder } from "./row-decoder.js"
import { ROW_ADDED } from "./row-result.js"
import { TABLES } from "./tables.js"

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
    const end = checkedEnd(bytes)
    const frame: DecodedFrame = {
        schemaId: getU16(bytes, 2),
        bootId: getU16(bytes, 4),
        sequence: (bytes[0] & 31) * 256 + bytes[1],
        unixTime: (bytes[0] & FLAG_UNIX_TIME) !== 0,
        channels: channelsAt(bytes, end),
        rows: 0,
        times: [],
        values: [],
        qualities: [],
    }
    readRows(bytes, end, frame)
    return frame
}

/** @returns where the checksum begins, once everything outside of the rows is in order */
function checkedEnd(bytes: Bytes): number {
    const end = bytes.length - FRAME_CRC_BYTES
    if (end <= FRAME_HEADER_BYTES)
        throw new FrameError("too-short", "a frame has at least 13 B, got " + bytes.length + " B")
    if (bytes.length > MAX_FRAME_BYTES)
        throw new FrameError(
            "too-long",
            "a frame has at most " + MAX_FRAME_BYTES + " B, got " + bytes.length + " B"
        )
    if (crc16(bytes, 0, end, CRC16_START) !== getU16(bytes, end))
        throw new FrameError("crc", "the checksum does not match: the frame was damaged")
    if (bytes[0] >> 6 !== FRAME_VERSION)
        throw new FrameError(
            "version",
            "frame version " + (bytes[0] >> 6) + " is not known to this decoder"
        )
    return end
}

/** The number of channels: an Elias gamma code in the first bits of the rows. */
function channelsAt(bytes: Bytes, end: number): number {
    const second = FRAME_HEADER_BYTES + 1
    const word = bytes[FRAME_HEADER_BYTES] * 256 + (second < end ? bytes[second] : 0)
    let zeros = 0
    while (zeros < 5 && ((word << zeros) & 32768) === 0) zeros++
    // After five zeros the one that ends them is left out.
    const taken = zeros < 5 ? 2 * zeros + 1 : 10
    const channels = (1 << zeros) | ((word >> (16 - taken)) & ((1 << zeros) - 1))
    if (channels > MAX_CHANNELS)
        throw new FrameError(
            "header",
            "a frame has at most " + MAX_CHANNELS + " channels, got " + channels
        )
    return channels
}

function readRows(bytes: Bytes, end: number, frame: DecodedFrame): void {
    const channels = frame.channels
    const coder = new RowDecoder(bytes, end, channels, TABLES)
    coder.begin(FRAME_HEADER_BYTES)
    const firstTime = getU32(bytes, 6)
    const length = end - FRAME_HEADER_BYTES
    const values: number[] = []
    const qualities: number[] = []
    for (let i = 0; i < channels; i++) {
        values.push(0)
        qualities.push(0)
    }
    while (!coder.isEnd || coder.bytes !== length) {
        if ((frame.rows + 1) * channels > MAX_CELLS)
            throw new FrameError("rows", "the rows do not end")
        const result = coder.code(firstTime, values, qualities, MAX_CHANNELS + 1)
        if (result !== ROW_ADDED || coder.bad || coder.settled >= length)
            throw new FrameError("rows", "the rows do not end with the frame")
        frame.rows++
        frame.times.push(coder.time)
        for (let i = 0; i < channels; i++) {
            frame.values.push(values[i])
            frame.qualities.push(qualities[i])
        }
    }
}
