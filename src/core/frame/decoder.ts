import { Bytes, getU16, getU32, unzigzag } from "../bytes.js"
import { CRC16_START, crc16 } from "../crc.js"
import { QUALITY_OK, QUALITY_SKIPPED, isGap } from "../quality.js"
import {
    FLAG_UNIX_TIME,
    FRAME_CRC_BYTES,
    FRAME_HEADER_BYTES,
    FRAME_VERSION,
    MAX_CHANNELS,
    MAX_FRAME_BYTES,
    ROW_QUALITIES,
    ROW_TIME_STEP,
} from "./format.js"

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
    const end = bytes.length - FRAME_CRC_BYTES
    if (end < FRAME_HEADER_BYTES)
        throw new FrameError("too-short", "a frame has at least 14 B, got " + bytes.length + " B")
    if (bytes.length > MAX_FRAME_BYTES)
        throw new FrameError(
            "too-long",
            "a frame has at most " + MAX_FRAME_BYTES + " B, got " + bytes.length + " B"
        )
    if (crc16(bytes, 0, end, CRC16_START) !== getU16(bytes, end))
        throw new FrameError("crc", "the check value does not match: the frame was damaged")
    if (bytes[0] >> 4 !== FRAME_VERSION)
        throw new FrameError(
            "version",
            "frame version " + (bytes[0] >> 4) + " is not known to this decoder"
        )
    if ((bytes[0] & 15 & ~FLAG_UNIX_TIME) !== 0)
        throw new FrameError("header", "unknown flags " + (bytes[0] & 15))
    if (bytes[1] >= MAX_CHANNELS)
        throw new FrameError("header", "a frame has at most " + MAX_CHANNELS + " channels")
    return new RowReader(bytes, end).read()
}

class RowReader {
    private at = FRAME_HEADER_BYTES
    private readonly frame: DecodedFrame

    constructor(
        private readonly bytes: Bytes,
        private readonly end: number
    ) {
        this.frame = {
            schemaId: getU16(bytes, 2),
            bootId: getU16(bytes, 4),
            sequence: getU16(bytes, 6),
            unixTime: (bytes[0] & FLAG_UNIX_TIME) !== 0,
            channels: bytes[1] + 1,
            rows: 0,
            times: [],
            values: [],
            qualities: [],
        }
    }

    read(): DecodedFrame {
        const frame = this.frame
        const channels = frame.channels
        const lastValues: number[] = []
        const lastQualities: number[] = []
        for (let i = 0; i < channels; i++) {
            lastValues.push(0)
            lastQualities.push(QUALITY_OK)
        }
        let time = getU32(this.bytes, 8)
        let step = 0
        while (this.at < this.end) {
            const flags = this.byte()
            if ((flags & ~(ROW_QUALITIES | ROW_TIME_STEP)) !== 0)
                throw new FrameError("rows", "unknown row flags " + flags)
            if ((flags & ROW_TIME_STEP) !== 0) step = (step + unzigzag(this.varint())) | 0
            if (frame.rows !== 0) time = (time + step) >>> 0
            if ((flags & ROW_QUALITIES) !== 0)
                for (let i = 0; i < channels; i++) {
                    const quality = this.byte()
                    if (quality > QUALITY_SKIPPED)
                        throw new FrameError("rows", "unknown quality " + quality)
                    lastQualities[i] = quality
                }
            for (let i = 0; i < channels; i++) {
                if (isGap(lastQualities[i])) frame.values.push(0)
                else {
                    lastValues[i] = (lastValues[i] + unzigzag(this.varint())) | 0
                    frame.values.push(lastValues[i])
                }
                frame.qualities.push(lastQualities[i])
            }
            frame.times.push(time)
            frame.rows++
        }
        return frame
    }

    private byte(): number {
        if (this.at >= this.end) throw new FrameError("rows", "the last row is cut off")
        return this.bytes[this.at++]
    }

    private varint(): number {
        let value = 0
        for (let shift = 0; shift < 35; shift += 7) {
            const byte = this.byte()
            if (shift === 28 && byte > 15) break
            value = (value | ((byte & 127) << shift)) >>> 0
            if (byte < 128) return value
        }
        throw new FrameError("rows", "a number is longer than 32 bits")
    }
}
