import { Bytes, putU16, putU32 } from "../bytes.js"
import { CRC16_START, crc16 } from "../crc.js"
import { filled } from "../list.js"
import {
    FLAG_UNIX_TIME,
    FRAME_CRC_BYTES,
    FRAME_HEADER_BYTES,
    FRAME_VERSION,
    MAX_CELLS,
    MAX_CHANNELS,
    SEQUENCE_MODULUS,
} from "./format.js"
import { MEMORY_BYTES, MemoryBytes } from "./memory-layout.js"
import { RowEncoder } from "./row-encoder.js"
import { ROW_ADDED, ROW_FULL } from "./row-result.js"
import { RowTables } from "./row-tables.js"
import { TABLES } from "./tables.js"

/** Lanes that {@link FrameEncoder.addLanes} codes in one go: at most 13,000 opcodes of the VM. */
const PART_LANES = 2
/** Bytes that {@link FrameEncoder.finishStep} checks in one go: 8,000 opcodes. */
const PART_BYTES = 256

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

    private readonly coder: RowEncoder
    private isFull = false
    /** The closed frame's length without its CRC, how far the CRC is calculated, and the CRC. */
    private end = 0
    private checked = 0
    private crc = 0

    /**
     * @param buffer where the frame is written
     * @param channels channels per row, 1 … 32
     * @param schemaId 0 … 65,535
     * @param tables statistics to start from; decoders know only the default
     * @param budget longest frame, B: at least 20, and at most the buffer's length
     * @param memory {@link MEMORY_BYTES} for each channel; boards give a buffer, which takes
     *   an eighth of the list
     * @throws RangeError for channels out of range
     */
    constructor(
        private readonly buffer: Bytes,
        private readonly channels: number,
        /** Of the frames to come; not while one is open. */
        public schemaId: number,
        tables: RowTables = TABLES,
        budget: number = buffer.length,
        memory: MemoryBytes = filled(channels * MEMORY_BYTES, 0)
    ) {
        if (channels < 1 || channels > MAX_CHANNELS)
            throw new RangeError("a frame has 1 to " + MAX_CHANNELS + " channels, got " + channels)
        const limit = budget - FRAME_CRC_BYTES
        this.coder = new RowEncoder(buffer, limit, channels, tables, memory)
    }

    /**
     * Opens a frame; one that was open is dropped.
     *
     * @param bootId random number of this boot, 0 … 65,535
     * @param sequence frames sent since boot; counts modulo 8,192
     * @param unixTime whether row times are Unix time (else since boot)
     */
    begin(bootId: number, sequence: number, unixTime: boolean): void {
        const buffer = this.buffer
        const number = sequence & (SEQUENCE_MODULUS - 1)
        buffer[0] = (FRAME_VERSION << 6) | (unixTime ? FLAG_UNIX_TIME : 0) | (number >> 8)
        buffer[1] = number & 255
        putU16(buffer, 2, bootId)
        this.rows = 0
        this.isFull = false
        this.checked = 0
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
        return this.code(time, values, qualities, MAX_CHANNELS + 1) === ROW_ADDED
    }

    /**
     * Adds a row in parts that a board can code without a pause. Call it again with
     * the same arguments, after a pause, as long as it returns ROW_UNFINISHED.
     *
     * @returns ROW_ADDED, ROW_UNFINISHED, or ROW_FULL when the row does not fit
     */
    addLanes(time: number, values: number[], qualities: number[]): number {
        return this.code(time, values, qualities, PART_LANES)
    }

    /**
     * Closes the frame; {@link begin} opens the next one. A row of which only parts
     * were added is not in it.
     *
     * @returns its length in bytes
     * @throws RangeError when it has no row
     */
    finish(): number {
        let length = 0
        while (length === 0) length = this.finishStep()
        return length
    }

    /**
     * Closes the frame in parts that a board can do without a pause. Call it again,
     * after a pause, as long as it returns 0.
     *
     * @returns the frame's length in bytes
     * @throws RangeError when it has no row
     */
    finishStep(): number {
        const buffer = this.buffer
        if (this.checked === 0) {
            if (this.rows === 0) throw new RangeError("a frame has at least one row")
            this.end = this.coder.finish()
            this.crc = CRC16_START
            this.rows = 0
        }
        const from = this.checked
        this.checked = from + PART_BYTES < this.end ? from + PART_BYTES : this.end
        this.crc = crc16(buffer, from, this.checked, this.crc)
        if (this.checked < this.end) return 0
        this.checked = 0
        putU16(buffer, this.end, this.crc ^ this.schemaId)
        return this.end + FRAME_CRC_BYTES
    }

    private code(time: number, values: number[], qualities: number[], most: number): number {
        if (this.isFull || (this.rows + 1) * this.channels > MAX_CELLS) return ROW_FULL
        if (this.rows === 0) putU32(this.buffer, 4, time)
        const result = this.coder.code(time, values, qualities, most)
        if (result === ROW_ADDED) this.rows++
        else if (result === ROW_FULL) this.isFull = true
        return result
    }
}
