import { Bytes, putU16, putU32, zigzag } from "../bytes.js"
import { CRC16_START, crc16 } from "../crc.js"
import { QUALITY_OK, isGap } from "../quality.js"
import {
    FLAG_UNIX_TIME,
    FRAME_CRC_BYTES,
    FRAME_HEADER_BYTES,
    FRAME_VERSION,
    MAX_CHANNELS,
    ROW_QUALITIES,
    ROW_TIME_STEP,
} from "./format.js"

/**
 * Writes rows of readings into one frame, row by row, until the next row would
 * not fit. Takes all its memory in the constructor.
 *
 *     encoder.begin(...)
 *     if (!encoder.add(time, values, qualities)) { send(encoder.finish()); begin again }
 */
export class FrameEncoder {
    /** Rows in the open frame. */
    rows = 0

    private at = 0
    private lastTime = 0
    private lastStep = 0
    private readonly lastValues: number[] = []
    private readonly lastQualities: number[] = []

    /**
     * @param buffer where the frame is written; its length is the byte budget
     * @param channels channels per row, 1 … 32
     * @param schemaId 0 … 65,535
     */
    constructor(
        private readonly buffer: Bytes,
        private readonly channels: number,
        private readonly schemaId: number
    ) {
        if (channels < 1 || channels > MAX_CHANNELS)
            throw new RangeError("a frame has 1 to " + MAX_CHANNELS + " channels, got " + channels)
        for (let i = 0; i < channels; i++) {
            this.lastValues.push(0)
            this.lastQualities.push(QUALITY_OK)
        }
    }

    /**
     * Opens a frame; one that was open is given up.
     *
     * @param bootId random number of this boot, 0 … 65,535
     * @param sequence frames sent since boot, modulo 65,536
     * @param unixTime whether row times are Unix time (else since boot)
     */
    begin(bootId: number, sequence: number, unixTime: boolean): void {
        const buffer = this.buffer
        buffer[0] = (FRAME_VERSION << 4) | (unixTime ? FLAG_UNIX_TIME : 0)
        buffer[1] = this.channels - 1
        putU16(buffer, 2, this.schemaId)
        putU16(buffer, 4, bootId)
        putU16(buffer, 6, sequence)
        this.at = FRAME_HEADER_BYTES
        this.rows = 0
        this.lastStep = 0
        for (let i = 0; i < this.channels; i++) {
            this.lastValues[i] = 0
            this.lastQualities[i] = QUALITY_OK
        }
    }

    /**
     * Adds a row.
     *
     * @param time in ticks, 0 … 2³²−1
     * @param values one int32 per channel; ignored where the quality is a gap
     * @param qualities one quality code per channel
     * @returns false when the row does not fit: the frame is as it was before
     */
    add(time: number, values: number[], qualities: number[]): boolean {
        const limit = this.buffer.length - FRAME_CRC_BYTES
        const start = this.at
        if (this.rows === 0) putU32(this.buffer, 8, time)
        const step = this.rows === 0 ? 0 : (time - this.lastTime) | 0

        let flags = step === this.lastStep ? 0 : ROW_TIME_STEP
        for (let i = 0; i < this.channels; i++)
            if (qualities[i] !== this.lastQualities[i]) flags |= ROW_QUALITIES

        if (!this.fits(1, limit)) return this.undo(start)
        this.buffer[this.at] = flags
        this.at++
        if (
            (flags & ROW_TIME_STEP) !== 0 &&
            !this.putVarint(zigzag((step - this.lastStep) | 0), limit)
        )
            return this.undo(start)
        if ((flags & ROW_QUALITIES) !== 0) {
            if (!this.fits(this.channels, limit)) return this.undo(start)
            for (let i = 0; i < this.channels; i++) this.buffer[this.at + i] = qualities[i]
            this.at += this.channels
        }
        for (let i = 0; i < this.channels; i++)
            if (!isGap(qualities[i])) {
                // The difference wraps at 32 bits, as the decoder's sum does.
                if (!this.putVarint(zigzag((values[i] - this.lastValues[i]) | 0), limit))
                    return this.undo(start)
            }

        for (let i = 0; i < this.channels; i++) {
            this.lastQualities[i] = qualities[i]
            if (!isGap(qualities[i])) this.lastValues[i] = values[i]
        }
        this.lastTime = time
        this.lastStep = step
        this.rows++
        return true
    }

    /** Closes the frame; {@link begin} opens the next one. @returns its length in bytes */
    finish(): number {
        this.rows = 0
        const crc = crc16(this.buffer, 0, this.at, CRC16_START)
        putU16(this.buffer, this.at, crc)
        return this.at + FRAME_CRC_BYTES
    }

    private fits(bytes: number, limit: number): boolean {
        return this.at + bytes <= limit
    }

    private undo(start: number): boolean {
        this.at = start
        return false
    }

    private putVarint(value: number, limit: number): boolean {
        let rest = value
        for (;;) {
            if (this.at >= limit) return false
            if (rest < 128) {
                this.buffer[this.at] = rest
                this.at++
                return true
            }
            this.buffer[this.at] = (rest & 127) | 128
            this.at++
            rest = rest >>> 7
        }
    }
}
