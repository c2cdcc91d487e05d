/**
 * Unpacks what `pack` made. Every frame is checked by itself and against those
 * before it; what does not fit ends in a PackError that names the frame.
 */
import { FrameError, type DecodedFrame } from "../../../src/core/frame/decoder.js"
import { QUALITY_OK, QUALITY_SKIPPED } from "../../../src/core/quality.js"
import { decodeAnyFrame } from "../../decoder/any-frame.js"
import { RecordError } from "../../decoder/record.js"
import { timeOf } from "./clock-plan.js"
import { cellText } from "./column-plan.js"
import { ContainerReader, type ByteSource, type ContainerRecord } from "./container.js"
import { Interrupted } from "../interrupt.js"
import { PackError } from "./errors.js"
import { isWritable, timeText } from "../csv/exact-time.js"
import { parseLayout, type Layout } from "./layout.js"

/** Where rows go. */
export interface RowWriter {
    /** @param layout of all rows that follow */
    begin(layout: Layout): void
    /** @param cells as text; undefined where there is a gap */
    row(time: string, cells: readonly (string | undefined)[]): void
    /** Resolves when there is room for more. */
    ready(): Promise<void>
}

export interface UnpackCounts {
    readonly frames: number
    readonly rows: number
}

/**
 * @param name of the packed file, for messages
 * @throws PackError; Interrupted
 */
export async function unpack(
    source: ByteSource,
    name: string,
    writer: RowWriter,
    signal: AbortSignal
): Promise<UnpackCounts> {
    const unpacker = new Unpacker(new ContainerReader(source), writer)
    try {
        return await unpacker.run(signal)
    } catch (e) {
        throw located(e, name, unpacker.place)
    }
}

/** Damage found by any layer, as one error that says where. */
function located(e: unknown, name: string, place: string): unknown {
    const at = `${name}${place}`
    if (e instanceof PackError) return new PackError(e.code, `${at}: ${e.code}: ${e.message}`)
    if (e instanceof RecordError) return new PackError("record", `${at}: record: ${e.message}`)
    if (e instanceof FrameError) return new PackError("frame", `${at}: ${e.code}: ${e.message}`)
    return e
}

class Unpacker {
    private layout: Layout | undefined
    private epoch: number | undefined
    private bootId = 0
    private sequence = 0
    private frames = 0
    private rows = 0
    /** Ticks of the row before. */
    private latest = -Infinity
    private isBeyondFrames = false

    constructor(
        private readonly container: ContainerReader,
        private readonly writer: RowWriter
    ) {}

    /** Where the reader stands, for messages. */
    get place(): string {
        if (this.layout === undefined) return ""
        return this.isBeyondFrames ? `, after frame ${this.frames}` : `, frame ${this.frames + 1}`
    }

    async run(signal: AbortSignal): Promise<UnpackCounts> {
        await this.container.open()
        const layout = await this.readLayout()
        this.layout = layout
        this.writer.begin(layout)
        for (;;) {
            const record = await this.container.next()
            if (record.type === "end") return await this.end(record)
            if (record.type === "boot") this.boot(record)
            else if (record.type === "frame") this.frame(record.payload, layout)
            else throw new PackError("order", `a second ${record.type} record`)
            await this.writer.ready()
            if (signal.aborted) throw new Interrupted()
        }
    }

    private async readLayout(): Promise<Layout> {
        const schema = await this.container.next()
        if (schema.type !== "schema") throw new PackError("order", "the schema record is missing")
        const table = await this.container.next()
        if (table.type !== "table") throw new PackError("order", "the table record is missing")
        return parseLayout(schema.payload, table.payload)
    }

    private boot({ bootId, epoch }: ContainerRecord & { type: "boot" }): void {
        this.bootId = bootId
        this.epoch = epoch
        this.sequence = 0
    }

    private frame(bytes: Uint8Array, layout: Layout): void {
        const frame = decodeAnyFrame(bytes)
        this.checkHeader(frame, layout)
        const { columns, restNanos } = layout
        const cells: (string | undefined)[] = []
        for (let row = 0; row < frame.rows; row++) {
            const from = row * frame.channels
            columns.forEach((column, i) => {
                const value = cellValue(frame, from + i, column.min, column.max)
                cells[i] = value === undefined ? undefined : cellText(value, column.step, column)
            })
            const rest =
                restNanos === undefined ? 0 : restOf(frame, from + columns.length, restNanos)
            const ticks = (this.epoch ?? 0) + frame.times[row]
            if (ticks < this.latest) throw new PackError("rows", "a time before the one before it")
            this.latest = ticks
            const { seconds, nanos } = timeOf(ticks, layout.tickMs, rest)
            if (!isWritable(seconds)) throw new PackError("rows", "a time beyond the year 9999")
            const { form, digits } = layout.time
            this.writer.row(timeText(seconds, nanos, form, digits), cells)
        }
        this.frames++
        this.rows += frame.rows
        this.sequence = (this.sequence + 1) & 0xffff
    }

    private checkHeader(frame: DecodedFrame, layout: Layout): void {
        const channels = layout.columns.length + (layout.restNanos === undefined ? 0 : 1)
        if (frame.schemaId !== layout.schemaId || frame.channels !== channels)
            throw new PackError("schema", "the frame was damaged, or belongs to another schema")
        if (frame.unixTime !== (this.epoch === undefined))
            throw new PackError("order", "the record of the boot is missing")
        if (frame.bootId !== this.bootId || frame.sequence !== this.sequence)
            throw new PackError(
                "order",
                `expected frame ${this.sequence} of boot ${this.bootId}, found frame ` +
                    `${frame.sequence} of boot ${frame.bootId}; frames are missing or out of order`
            )
    }

    private async end(record: ContainerRecord & { type: "end" }): Promise<UnpackCounts> {
        this.isBeyondFrames = true
        const { frames, rows } = this
        if (record.frames !== frames || record.rows !== rows)
            throw new PackError(
                "end",
                `expected ${record.frames} frames with ${record.rows} rows, found ${frames} with ${rows}`
            )
        if (!(await this.container.isAtEnd()))
            throw new PackError("end", "something follows the end of the file")
        return { frames, rows }
    }
}

/** @returns undefined where there is a gap */
function cellValue(frame: DecodedFrame, at: number, min: number, max: number): number | undefined {
    const quality = frame.qualities[at]
    if (quality === QUALITY_SKIPPED) return undefined
    const value = frame.values[at]
    if (quality !== QUALITY_OK || value < min || value > max)
        throw new PackError(
            "rows",
            `a value of ${value} with quality ${quality} is not possible here`
        )
    return value
}

/** @returns ns */
function restOf(frame: DecodedFrame, at: number, restNanos: number): number {
    return (cellValue(frame, at, 0, 1_000_000 / restNanos - 1) ?? 0) * restNanos
}
