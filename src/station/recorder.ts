import { FrameEncoder } from "../core/frame/encoder.js"
import { isGap } from "../core/quality.js"
import { randomWord } from "../uplink/random.js"
import { ENTRY_FRAME, Outbox, RamOutbox } from "../uplink/wire/outbox.js"

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

    constructor(private readonly options: RecorderOptions) {
        this.outbox = new RamOutbox(options.outbox)
        this.frame = Buffer.alloc(options.frameBytes)
        this.encoder = new FrameEncoder(this.frame, options.channels, options.schemaId)
        this.boot = randomWord()
        this.coverTicks = options.rowTicks
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
        if (!this.encoder.add(time, values, qualities)) {
            await this.flush()
            this.begin(isUnix)
            if (!this.encoder.add(time, values, qualities))
                throw new RangeError("a row needs a longer frame than " + this.frame.length + " B")
        }
        if (this.encoder.rows === 1) this.firstTime = time
        this.rows++
        for (const quality of qualities)
            if (isGap(quality)) this.gaps++
            else this.readings++
        const covered = time - this.firstTime + this.options.rowTicks
        if (covered < this.coverTicks) return
        // The first row goes out at once, so that whoever sets up a node sees it
        // work; then frames grow to their usual length.
        this.coverTicks = Math.min(2 * this.coverTicks, this.options.reportTicks)
        await this.flush()
    }

    /** Puts the open frame into the outbox. */
    async flush(): Promise<void> {
        if (this.encoder.rows === 0) return
        await this.outbox.push(ENTRY_FRAME, this.frame, this.encoder.finish())
        this.frames++
        if (this.onFrame !== undefined) this.onFrame()
    }

    private begin(isUnix: boolean): void {
        this.isFrameUnix = isUnix
        this.encoder.begin(this.boot, this.frames, isUnix)
    }
}
