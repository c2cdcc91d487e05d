import * as ds from "@devicescript/core"
import { FrameEncoder } from "../core/frame/encoder.js"
import { ROW_ADDED, ROW_FULL, ROW_PART } from "../core/frame/rows.js"
import { isGap } from "../core/quality.js"
import { randomWord } from "../uplink/random.js"
import { Outbox } from "../uplink/wire/outbox.js"

/** How rows become frames. */
export interface RecorderOptions {
    channels: number
    schemaId: number
    /** Longest frame, B. */
    frameBytes: number
    /** RAM for frames that wait for the network. */
    outbox: Buffer
    /** A frame is closed when it covers this many ticks; the first ones after boot are shorter. */
    reportTicks: number
    /** Usual time between two rows, in ticks. */
    rowTicks: number
}

/** Collects rows into frames and frames in the outbox. Counts all that passes. */
export class FrameRecorder {
    /** Since boot: rows, cells with and without a value, closed frames. */
    rows = 0
    readings = 0
    gaps = 0
    frames = 0

    /** Random number of this boot, 0 … 65,535. */
    readonly boot: number
    readonly outbox: Outbox
    /** Called when a frame was put into the outbox. */
    onFrame: () => void = undefined

    private readonly frame: Buffer
    private readonly encoder: FrameEncoder
    private firstTime = 0
    /** Ticks that the open frame is to cover. */
    private coverTicks: number
    private isFrameUnix = false
    private isAdding = false
    private isFlushDue = false

    constructor(private readonly options: RecorderOptions) {
        this.outbox = new Outbox(options.outbox)
        this.frame = Buffer.alloc(options.frameBytes)
        this.encoder = new FrameEncoder(this.frame, options.channels, options.schemaId)
        this.boot = randomWord()
        this.coverTicks = options.rowTicks
    }

    /**
     * Records one row. A long one is coded in parts with a pause between them; the
     * arrays must stay as they are until it is done.
     *
     * @param time in ticks
     * @param isUnix whether that is Unix time (else time since boot)
     * @throws RangeError when one row alone is longer than a frame
     */
    async add(time: number, isUnix: boolean, values: number[], qualities: number[]): Promise<void> {
        // Uptime and Unix time do not mix in one frame.
        if (this.isFrameUnix !== isUnix) this.flush()
        if (this.encoder.rows === 0) this.begin(isUnix)
        this.isAdding = true
        let result = await this.encode(time, values, qualities)
        if (result === ROW_FULL) {
            // A part, the check value and a part again would be too much in one go.
            await ds.sleep(0)
            this.close()
            await ds.sleep(0)
            this.begin(isUnix)
            result = await this.encode(time, values, qualities)
        }
        this.isAdding = false
        const isFlushDue = this.isFlushDue
        this.isFlushDue = false
        if (result !== ROW_ADDED)
            throw new RangeError("a row needs a longer frame than " + this.frame.length + " B")
        if (this.encoder.rows === 1) this.firstTime = time
        this.rows++
        for (const quality of qualities)
            if (isGap(quality)) this.gaps++
            else this.readings++
        const covered = time - this.firstTime + this.options.rowTicks
        if (covered >= this.coverTicks)
            // The first row goes out at once, so that whoever sets up a node sees it
            // work; then frames grow to their usual length.
            this.coverTicks = Math.min(2 * this.coverTicks, this.options.reportTicks)
        else if (!isFlushDue) return
        this.close()
    }

    /** Puts the open frame into the outbox; while a row is being coded, right after it. */
    flush(): void {
        if (this.isAdding) this.isFlushDue = true
        else this.close()
    }

    /** @returns ROW_ADDED or ROW_FULL */
    private async encode(time: number, values: number[], qualities: number[]): Promise<number> {
        for (;;) {
            const result = this.encoder.addPart(time, values, qualities)
            if (result !== ROW_PART) return result
            await ds.sleep(0)
        }
    }

    private close(): void {
        if (this.encoder.rows === 0) return
        this.outbox.push(this.frame, this.encoder.finish())
        this.frames++
        if (this.onFrame !== undefined) this.onFrame()
    }

    private begin(isUnix: boolean): void {
        this.isFrameUnix = isUnix
        this.encoder.begin(this.boot, this.frames, isUnix)
    }
}
