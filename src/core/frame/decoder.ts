import { Bytes, getU16, getU32 } from "../bytes.js"
import { CRC16_START, crc16 } from "../crc.js"
import { filled } from "../list.js"
import {
    FLAG_UNIX_TIME,
    FRAME_CRC_BYTES,
    FRAME_HEADER_BYTES,
    FRAME_VERSION,
    MAX_CELLS,
    MAX_CHANNELS,
    MAX_FRAME_BYTES,
} from "./format.js"
import { MEMORY_BYTES } from "./memory-layout.js"
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
    /**
     * What the checksum makes of the bytes: of a damaged frame, an id that its node has no
     * schema of. Nothing else of the frame counts before the id is known to be one of the node's.
     */
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

/** The part of a row decoder that reading a frame takes. */
interface FrameRows {
    readonly bad: boolean
    readonly isEnd: boolean
    readonly bytes: number
    readonly settled: number
    readonly time: number
    begin(at: number): void
    code(time: number, values: number[], qualities: number[], most: number): number
}

/** What the versions of the format do not share. */
export interface FrameVersion {
    readonly number: number
    /** Bytes before the rows; the last six are the boot id and the time of the first row. */
    readonly headerBytes: number
    /**
     * @param end where the checksum begins
     * @throws FrameError "crc" when the frame tells by itself that it was damaged
     */
    readonly schemaIdOf: (bytes: Bytes, end: number) => number
    /** @param end where the checksum begins */
    readonly coderOf: (bytes: Bytes, end: number, channels: number) => FrameRows
}

const VERSION_2: FrameVersion = {
    number: FRAME_VERSION,
    headerBytes: FRAME_HEADER_BYTES,
    schemaIdOf: (bytes, end) => crc16(bytes, 0, end, CRC16_START) ^ getU16(bytes, end),
    coderOf: (bytes, end, channels) =>
        new RowDecoder(bytes, end, channels, TABLES, filled(channels * MEMORY_BYTES, 0)),
}

/**
 * Decodes one frame, which needs nothing but itself; whether it is as it was sent, its
 * {@link DecodedFrame.schemaId} tells.
 *
 * @throws FrameError naming what is wrong
 */
export function decodeFrame(bytes: Bytes): DecodedFrame {
    return decodeFrameOf(VERSION_2, bytes)
}

/** Decodes a frame of a certain version. @throws FrameError naming what is wrong */
export function decodeFrameOf(version: FrameVersion, bytes: Bytes): DecodedFrame {
    const start = version.headerBytes
    const end = checkedEnd(bytes, version)
    const schemaId = version.schemaIdOf(bytes, end)
    const channels = channelsAt(bytes, start, end)
    const frame: DecodedFrame = {
        schemaId,
        bootId: getU16(bytes, start - 6),
        sequence: (bytes[0] & 31) * 256 + bytes[1],
        unixTime: (bytes[0] & FLAG_UNIX_TIME) !== 0,
        channels,
        rows: 0,
        times: [],
        values: [],
        qualities: [],
    }
    const coder = version.coderOf(bytes, end, channels)
    coder.begin(start)
    readRows(coder, getU32(bytes, start - 4), end - start, frame)
    return frame
}

/** @returns where the checksum begins, once length and version are in order */
function checkedEnd(bytes: Bytes, version: FrameVersion): number {
    const end = bytes.length - FRAME_CRC_BYTES
    const least = version.headerBytes + 1 + FRAME_CRC_BYTES
    if (bytes.length < least)
        throw new FrameError(
            "too-short",
            "a frame has at least " + least + " B, got " + bytes.length + " B"
        )
    if (bytes.length > MAX_FRAME_BYTES)
        throw new FrameError(
            "too-long",
            "a frame has at most " + MAX_FRAME_BYTES + " B, got " + bytes.length + " B"
        )
    if (bytes[0] >> 6 !== version.number)
        throw new FrameError(
            "version",
            "the frame was damaged, or its version " +
                (bytes[0] >> 6) +
                " is not known to this decoder"
        )
    return end
}

/** The number of channels: an Elias gamma code in the first bits of the rows. */
function channelsAt(bytes: Bytes, start: number, end: number): number {
    const second = start + 1
    const word = bytes[start] * 256 + (second < end ? bytes[second] : 0)
    let zeros = 0
    while (zeros < 5 && ((word << zeros) & 32768) === 0) zeros++
    // After five zeros the one that ends them is left out.
    const taken = zeros < 5 ? 2 * zeros + 1 : 10
    const channels = (1 << zeros) | ((word >> (16 - taken)) & ((1 << zeros) - 1))
    if (channels > MAX_CHANNELS)
        throw new FrameError(
            "header",
            "the frame was damaged: it has " + channels + " channels, at most 32 are possible"
        )
    return channels
}

/** @param length of the rows, B */
function readRows(coder: FrameRows, firstTime: number, length: number, frame: DecodedFrame): void {
    const channels = frame.channels
    const values = filled(channels, 0)
    const qualities = filled(channels, 0)
    while (!coder.isEnd || coder.bytes !== length) {
        if ((frame.rows + 1) * channels > MAX_CELLS)
            throw new FrameError("rows", "the frame was damaged: its rows do not end")
        const result = coder.code(firstTime, values, qualities, MAX_CHANNELS + 1)
        if (result !== ROW_ADDED || coder.bad || coder.settled >= length)
            throw new FrameError("rows", "the frame was damaged: its rows do not end with it")
        frame.rows++
        frame.times.push(coder.time)
        for (let i = 0; i < channels; i++) {
            frame.values.push(values[i])
            frame.qualities.push(qualities[i])
        }
    }
}
