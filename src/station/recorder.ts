import { FrameEncoder } from "../core/frame/encoder.js"
import { MEMORY_BYTES } from "../core/frame/memory-layout.js"
import {
    PLAIN_ROW_MOST_BYTES,
    PlainRow,
    getPlainRow,
    putPlainRow,
} from "../core/frame/plain-row.js"
import { ROW_ADDED, ROW_UNFINISHED } from "../core/frame/row-result.js"
import { TABLES } from "../core/frame/tables.js"
import { isGap } from "../core/quality.js"
import { randomWord } from "../uplink/random.js"
import { FrameSealer } from "../uplink/seal.js"
import { ENTRY_FRAME, ENTRY_SEALED, Outbox } from "../core/outbox/outbox.js"
import { SEAL_OVERHEAD_BYTES } from "../core/protocol/seal-format.js"
import { StationStore } from "./station-store.js"
import { pause } from "../scheduler/scheduler.js"

/** How rows become frames. */
export interface RecorderOptions {
    channels: number
    schemaId: number
    /** Longest frame, B. */
    frameBytes: number
    outbox: Outbox
    /** Keeps the rows of the open frame; undefined: a power cut takes them. */
    store: StationStore
    /** undefined: frames go out as they are. */
    sealer: FrameSealer
    /** A frame is closed when it covers this many ticks; the first ones after boot are shorter. */
    reportTicks: number
    /** Usual time between two rows, in ticks. */
    rowTicks: number
}

/**
 * Collects rows into frames and frames in the outbox. Counts all that passes.
 * Only one fiber may call the asynchronous methods: the station's.
 */
export class FrameRecorder {
    /** Since boot: rows, cells with and without a value, closed frames. */
    rows = 0
    readings = 0
    gaps = 0
    frames = 0

    /** Random number of this boot, 0 … 65,535. */
    boot: number
    /** Called when a frame was put into the outbox. */
    onFrame: () => void

    private readonly frame: Buffer
    private readonly encoder: FrameEncoder
    private readonly plain: PlainRow
    private readonly plainBytes: Buffer
    private firstTime = 0
    /** Ticks that the open frame is to cover. */
    private coverTicks: number
    private isFrameUnix = false

    constructor(readonly options: RecorderOptions) {
        const overhead = options.sealer === undefined ? 0 : SEAL_OVERHEAD_BYTES
        this.frame = Buffer.alloc(options.frameBytes + overhead)
        if (options.store !== undefined) {
            this.plain = new PlainRow()
            this.plainBytes = Buffer.alloc(PLAIN_ROW_MOST_BYTES)
        }
        this.encoder = newEncoder(this.frame, options, options.channels, options.schemaId)
        this.boot = randomWord()
        this.coverTicks = options.rowTicks
    }

    /** Rows from now on are of another schema, of as many channels. No frame may be open. */
    setSchema(id: number): void {
        this.options.schemaId = id
        this.encoder.schemaId = id
    }

    /** Usual time between two rows from now on, ticks. */
    setRowTicks(ticks: number): void {
        this.options.rowTicks = ticks
    }

    /**
     * Records one row.
     *
     * @param time in ticks
     * @param isUnix whether that is Unix time (else time since boot)
     * @throws RangeError when one row alone is longer than a frame
     */
    async add(time: number, isUnix: boolean, values: number[], qualities: number[]): Promise<void> {
        // Uptime and Unix time do not mix in one frame.
        if (this.isFrameUnix !== isUnix) await this.flush()
        if (this.encoder.rows === 0) this.begin(isUnix)
        if (!(await this.encode(this.encoder, time, values, qualities))) {
            // A part, the checksum and a part again would be too much in one go.
            await pause()
            await this.flush()
            await pause()
            this.begin(isUnix)
            if (!(await this.encode(this.encoder, time, values, qualities)))
                throw new RangeError(
                    "a row needs a longer frame than " + this.options.frameBytes + " B"
                )
        }
        if (this.encoder.rows === 1) this.firstTime = time
        this.rows++
        for (const quality of qualities)
            if (isGap(quality)) this.gaps++
            else this.readings++
        const covered = time - this.firstTime + this.options.rowTicks
        if (covered < this.coverTicks) {
            await this.keep(time, values, qualities)
            return
        }
        // The first row goes out at once, so that whoever sets up a node sees it
        // work; then frames grow to their usual length.
        this.coverTicks = Math.min(2 * this.coverTicks, this.options.reportTicks)
        await this.flush()
    }

    /** Puts the open frame into the outbox. */
    async flush(): Promise<void> {
        if (this.encoder.rows === 0) return
        const length = await finish(this.encoder)
        const outbox = this.options.outbox
        if (this.frames === 0) outbox.ownSerial = outbox.nextSerial
        this.frames++
        await this.put(this.frame, length, false)
    }

    /**
     * Puts what a power cut had left of the frame that was open then into the outbox. Rows
     * that do not fit, because frames were longer then, go into a further one: its number
     * is free, for the boot ended with that frame.
     */
    async recover(): Promise<void> {
        const self = this
        const row = new PlainRow()
        let encoder: FrameEncoder = undefined
        let parts = 0
        await this.options.store.journalRows(async (bytes, from, length) => {
            // A full journal has more rows than the VM encodes without a suspend.
            await pause()
            if (!getPlainRow(bytes, from, length, row)) return
            if (encoder === undefined) {
                encoder = self.encoderOf(row)
                encoder.begin(row.bootId, row.sequence, row.unixTime)
            }
            if (await self.encode(encoder, row.time, row.values, row.qualities)) return
            parts++
            // A cut from here on gives the rows once more, and with them the same frames.
            await self.put(self.frame, await finish(encoder), true)
            encoder.begin(row.bootId, row.sequence + parts, row.unixTime)
            await self.encode(encoder, row.time, row.values, row.qualities)
        })
        if (encoder !== undefined && encoder.rows > 0)
            await this.put(this.frame, await finish(encoder), false)
    }

    /** The firmware may be another one than that which kept the row. */
    private encoderOf(row: PlainRow): FrameEncoder {
        const { options } = this
        if (row.channels === options.channels && row.schemaId === options.schemaId)
            return this.encoder
        return newEncoder(this.frame, options, row.channels, row.schemaId)
    }

    /** Adds a row; with pauses when it has many channels. @returns false when it does not fit */
    private async encode(
        encoder: FrameEncoder,
        time: number,
        values: number[],
        qualities: number[]
    ): Promise<boolean> {
        let result = encoder.addLanes(time, values, qualities)
        while (result === ROW_UNFINISHED) {
            await pause()
            result = encoder.addLanes(time, values, qualities)
        }
        return result === ROW_ADDED
    }

    private begin(isUnix: boolean): void {
        this.isFrameUnix = isUnix
        this.encoder.begin(this.boot, this.frames, isUnix)
    }

    /** @param keepsRows see {@link Outbox.push} */
    private async put(frame: Buffer, length: number, keepsRows: boolean): Promise<void> {
        const { outbox, sealer } = this.options
        if (sealer === undefined) await outbox.push(ENTRY_FRAME, frame, length, keepsRows)
        else await outbox.push(ENTRY_SEALED, frame, sealer.seal(frame, length), keepsRows)
        if (this.onFrame !== undefined) this.onFrame()
    }

    /** Makes a row of the open frame survive a power cut. */
    private async keep(time: number, values: number[], qualities: number[]): Promise<void> {
        const store = this.options.store
        if (store === undefined) return
        const plain = this.plain
        plain.unixTime = this.isFrameUnix
        plain.schemaId = this.options.schemaId
        plain.bootId = this.boot
        plain.sequence = this.frames
        plain.channels = this.options.channels
        const length = putPlainRow(this.plainBytes, plain, time, values, qualities)
        const isKept = await store.outbox.journalRow(this.plainBytes, length)
        // No room for more rows: the frame has to do with those it has.
        if (!isKept && store.outbox.isAttached) await this.flush()
    }
}

/** Closes a frame; with pauses when it is long. @returns its length, B */
async function finish(encoder: FrameEncoder): Promise<number> {
    let length = encoder.finishStep()
    while (length === 0) {
        await pause()
        length = encoder.finishStep()
    }
    return length
}

function newEncoder(
    frame: Buffer,
    options: RecorderOptions,
    channels: number,
    schemaId: number
): FrameEncoder {
    const memory = Buffer.alloc(channels * MEMORY_BYTES)
    return new FrameEncoder(frame, channels, schemaId, TABLES, options.frameBytes, memory)
}
