/**
 * Puts rows into frames, as a node does, and begins a new boot where times go
 * further than frames can count.
 */
import { FrameEncoder } from "../../../src/core/frame/encoder.js"
import { MAX_FRAME_BYTES } from "../../../src/core/frame/format.js"
import { UsageError } from "../errors.js"

const MAX_TICKS = 0xffffffff
const DEFAULT_BYTES = 1000

/** When a frame is closed. */
export interface FrameLimits {
    /** Rows of a frame; undefined = as many as fit. */
    readonly rows: number | undefined
    /** Bytes of a frame; undefined = 1,000, or the longest there is when rows are given. */
    readonly bytes: number | undefined
}

/** What the framer hands out, in the order of the file. */
export interface FrameSink {
    /** The frames that follow count their times from here. @param epoch ticks since 1970 */
    boot(bootId: number, epoch: number): void
    /** @param frame only valid during the call */
    frame(frame: Uint8Array): void
}

export class Framer {
    private readonly buffer: Uint8Array
    private readonly encoder: FrameEncoder
    private isOpen = false
    private hasBooted: boolean
    private bootId = 0
    private epoch = 0
    private sequence = 0

    /**
     * @param channels 1 … 32
     * @param isUnix whether ticks count from 1970 in all frames, without boots
     */
    constructor(
        private readonly channels: number,
        schemaId: number,
        private readonly isUnix: boolean,
        private readonly limits: FrameLimits,
        private readonly sink: FrameSink
    ) {
        const bytes = limits.bytes ?? (limits.rows === undefined ? DEFAULT_BYTES : MAX_FRAME_BYTES)
        this.buffer = new Uint8Array(bytes)
        this.encoder = new FrameEncoder(this.buffer, channels, schemaId)
        this.hasBooted = isUnix
    }

    /**
     * @param ticks since 1970; not before the row before
     * @throws UsageError when not even one row fits into a frame
     */
    add(ticks: number, values: number[], qualities: number[]): void {
        if (!this.hasBooted || ticks - this.epoch > MAX_TICKS) this.boot(ticks)
        if (!this.isOpen) this.open()
        if (!this.encoder.add(ticks - this.epoch, values, qualities)) {
            if (this.encoder.rows === 0) throw this.tooSmall()
            this.close()
            this.open()
            if (!this.encoder.add(ticks - this.epoch, values, qualities)) throw this.tooSmall()
        }
        if (this.encoder.rows === this.limits.rows) this.close()
    }

    /** Closes the last frame. */
    end(): void {
        if (this.isOpen) this.close()
    }

    private boot(ticks: number): void {
        if (this.isOpen) this.close()
        this.bootId = this.hasBooted ? (this.bootId + 1) & 0xffff : 0
        this.hasBooted = true
        this.epoch = ticks
        this.sequence = 0
        this.sink.boot(this.bootId, ticks)
    }

    private open(): void {
        this.encoder.begin(this.bootId, this.sequence, this.isUnix)
        this.isOpen = true
    }

    private close(): void {
        this.sink.frame(this.buffer.subarray(0, this.encoder.finish()))
        this.sequence = (this.sequence + 1) & 0xffff
        this.isOpen = false
    }

    private tooSmall(): UsageError {
        return new UsageError(
            `a row of ${this.channels} columns does not fit into a frame of ${this.buffer.length} B; ` +
                "give more room with --bytes, or leave columns out with --skip"
        )
    }
}
