import { Bytes } from "../../bytes.js"
import { MemoryBytes } from "../memory-layout.js"
import { RowTables } from "../row-tables.js"

/** The interval before anything is coded. */
export const TOP = 16777216
/** It is kept at least this large. */
const LEAST_RANGE = 65536
/** Chances are in parts of this. */
export const CHANCE_ONE = 32768

/**
 * "Range coder" in docs/frame-format.md: decisions and plain bits become bytes,
 * and bytes become decisions and plain bits. Everything above it is the same for
 * both directions: what codes a bit takes the encoder's, and gives back the one
 * that is in the frame.
 */
export abstract class RangeCoder {
    /** Decoder: bits no encoder writes were met. @decoder */
    bad = false
    /** Bytes of the rows that nothing to come can change, but for a carry. */
    settled = 0

    /** Next byte to write or to read. */
    protected at = 0
    /**
     * Low end of the interval, in 2⁻²⁴ of the byte before `at`; for the decoder
     * less the code word, so that both move it the same way.
     */
    protected low = 0
    protected range = TOP
    /** Where the rows begin. */
    protected start = 0
    /** The open row has carried into bytes of the rows before. @encoder */
    protected hasCarried = false

    /**
     * @param buffer frame to write or to read
     * @param limit one past the last byte for rows
     * @param channels 1 … 32
     * @param memory MEMORY_BYTES of memory-layout.ts for each channel
     * @param decoding direction
     */
    constructor(
        protected readonly buffer: Bytes,
        protected readonly limit: number,
        protected readonly channels: number,
        protected readonly tables: RowTables,
        protected readonly memory: MemoryBytes,
        protected readonly decoding: boolean
    ) {}

    /** The whole interval, at a byte of the buffer. @inline */
    protected beginBytes(at: number): void {
        if (this.decoding) this.bad = false
        this.at = at
        this.start = at
        this.low = 0
        this.range = TOP
        this.settled = 0
        if (!this.decoding) this.hasCarried = false
        if (this.decoding) for (let i = 0; i < 3; i++) this.readByte()
    }

    /** The part of the interval that stands for a 1. @inline */
    protected boundOf(chance: number): number {
        return ((this.range >> 8) * chance) >> 7
    }

    /** The bit that is in the frame. @inline @decoder */
    protected bitBelow(bound: number): number {
        return this.low + bound > 0 ? 1 : 0
    }

    /** The interval becomes the part of a 1. @inline */
    protected takeOne(bound: number): void {
        this.range = bound
    }

    /** The interval becomes the part of a 0. @inline */
    protected takeZero(bound: number): void {
        this.low += bound
        this.range -= bound
    }

    /** Moves bytes until the interval is large enough again. @inline */
    protected renormalise(): void {
        while (this.range < LEAST_RANGE) {
            this.range = this.range << 8
            if (this.decoding) this.readByte()
            else this.writeByte()
        }
    }

    /** {@link renormalise}, where speed does not matter. */
    protected settle(): void {
        this.renormalise()
    }

    /** Bytes behind the last one are 0. @inline @decoder */
    private readByte(): void {
        this.low = this.low * 256 - (this.at < this.limit ? this.buffer[this.at] : 0)
        this.at++
    }

    /** @inline @encoder */
    private writeByte(): void {
        if (this.low >= TOP) {
            this.carry(this.at)
            this.low -= TOP
        }
        if (this.at < this.limit) this.buffer[this.at] = this.low >> 16
        this.at++
        this.low = (this.low & 65535) << 8
    }

    /** Adds one to the number that the bytes before `at` are. @encoder */
    protected carry(at: number): void {
        // Bytes beyond the limit are not there; the row is lost then anyway.
        if (at > this.limit) return
        const buffer = this.buffer
        let i = at - 1
        while (buffer[i] === 255) {
            buffer[i] = 0
            i--
        }
        buffer[i] = buffer[i] + 1
        if (i < this.start + this.settled) this.hasCarried = true
    }

    /** Up to 8 plain bits, without renormalising. @returns them @inline */
    protected digit(bits: number, value: number): number {
        this.range = this.range >> bits
        if (this.decoding) {
            value = (-this.low / this.range) | 0
            if (value >= 1 << bits) {
                this.bad = true
                value = 0
            }
        }
        this.low += value * this.range
        return value
    }

    /** Up to 8 plain bits. @returns them */
    protected raw(bits: number, value: number): number {
        value = this.digit(bits, value)
        if (this.range < LEAST_RANGE) this.settle()
        return value
    }

    /** A number of 1 … 63, short when it is small. @returns it */
    protected gamma(value: number): number {
        let length = 0
        if (!this.decoding) while (value >> (length + 1) !== 0) length++
        let bits = 0
        while (bits < 5 && this.raw(1, bits < length ? 0 : 1) === 0) bits++
        if (bits === 0) return 1
        return (1 << bits) | this.raw(bits, value & ((1 << bits) - 1))
    }
}
