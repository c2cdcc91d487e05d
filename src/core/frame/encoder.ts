import { Bytes, putU16, putU32 } from "../bytes.js"
import { CRC16_START, crc16 } from "../crc.js"
import {
    FLAG_UNIX_TIME,
    FRAME_CRC_BYTES,
    FRAME_HEADER_BYTES,
    FRAME_VERSION,
    MAX_CELLS,
    MAX_CHANNELS,
    ROW_COUNT_BYTES,
    SEQUENCE_MODULUS,
    TIES_COUNTED,
} from "./format.js"
import { RowCoder } from "./rows.js"
import { CURVE, PRIOR, ROOTS, STEPS } from "./tables.js"

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

    private readonly coder: RowCoder
    private isFull = false
    private sequence = 0

    /**
     * @param buffer where the frame is written; its length is the byte budget, at least 20
     * @param channels channels per row, 1 … 32
     * @param schemaId 0 … 65,535
     * @param prior statistics to start from; decoders know only the default
     */
    constructor(
        private readonly buffer: Bytes,
        private readonly channels: number,
        private readonly schemaId: number,
        prior: Bytes = PRIOR
    ) {
        if (channels < 1 || channels > MAX_CHANNELS)
            throw new RangeError("a frame has 1 to " + MAX_CHANNELS + " channels, got " + channels)
        const limit = buffer.length - FRAME_CRC_BYTES
        this.coder = new RowCoder(buffer, limit, channels, prior, CURVE, ROOTS, STEPS, false)
    }

    /**
     * Opens a frame; one that was open is given up.
     *
     * @param bootId random number of this boot, 0 … 65,535
     * @param sequence frames sent since boot; counts modulo 8,192
     * @param unixTime whether row times are Unix time (else since boot)
     */
    begin(bootId: number, sequence: number, unixTime: boolean): void {
        const buffer = this.buffer
        buffer[0] = (FRAME_VERSION << 6) | (unixTime ? FLAG_UNIX_TIME : 0) | (this.channels - 1)
        putU16(buffer, 1, this.schemaId)
        putU16(buffer, 3, bootId)
        this.sequence = sequence & (SEQUENCE_MODULUS - 1)
        this.rows = 0
        this.isFull = false
        this.coder.begin(FRAME_HEADER_BYTES)
    }

    /**
     * Adds a row.
     *
     * @param time in ticks, 0 … 2³²−1
     * @param values one int32 per channel; ignored where the quality is a gap
     * @param qualities one quality code per channel
     * @returns false when the row does not fit; finish the frame then, it takes no further rows
     */
    add(time: number, values: number[], qualities: number[]): boolean {
        if (this.isFull || (this.rows + 1) * this.channels > MAX_CELLS) return false
        if (this.rows === 0) putU32(this.buffer, 7, time)
        if (this.coder.code(time, values, qualities)) {
            this.rows++
            return true
        }
        this.isFull = true
        return false
    }

    /** Closes the frame; {@link begin} opens the next one. @returns its length in bytes */
    finish(): number {
        const buffer = this.buffer
        const coder = this.coder
        const end = FRAME_HEADER_BYTES + coder.bytesNeeded
        const floor = coder.low & 16777215
        let at = coder.at
        // The shortest number inside the last interval; bytes that are not there read as 0.
        let code = coder.low
        if (floor !== 0 && floor + coder.range > 16777216) code = ((code >> 24) + 1) << 24
        else code = ((code + 65535) >> 16) << 16
        const carry = code >> 24
        if (coder.cache >= 0) {
            buffer[at] = coder.cache + carry
            at++
        }
        for (let i = 0; i < coder.pending; i++) {
            buffer[at] = (255 + carry) & 255
            at++
        }
        if (at < end) buffer[at] = (code >> 16) & 255

        at = end
        const isCounted = this.rows === 0 || coder.ties >= TIES_COUNTED
        putU16(buffer, 5, ((isCounted ? TIES_COUNTED : coder.ties) << 13) | this.sequence)
        if (isCounted) {
            putU16(buffer, at, this.rows)
            at += ROW_COUNT_BYTES
        }
        putU16(buffer, at, crc16(buffer, 0, at, CRC16_START))
        this.rows = 0
        return at + FRAME_CRC_BYTES
    }
}
