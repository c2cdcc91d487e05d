/**
 * Parquet files in a folder for each day (UTC) on which readings arrived, and a further one after
 * a million readings: readings-2026-11-30.parquet, readings-2026-11-30.2.parquet.
 *
 * A Parquet file cannot grow. What comes is spooled as in the journal, in a folder of its own of which
 * nothing counts but what the last commit has; when a part is full, a commit says so, and after it the part
 * becomes a file, as often as kills make it necessary. When the listener ends, a file
 * is made of what the spool has, which the next run replaces.
 */
import { mkdir, open, readdir, rm, stat, type FileHandle } from "node:fs/promises"
import path from "node:path"
import { type DeliveredFrame, type Sink } from "../sink.js"
import { ByteWriter } from "../journal/bytes.js"
import { syncFolder } from "../journal/durable.js"
import {
    putArrival,
    putFrame,
    putSchema,
    readEntry,
    type SegmentSchemas,
} from "../journal/entry.js"
import { SegmentReader, recordOf, segmentFile, segmentsIn } from "../journal/segment.js"
import { FolderError } from "./files.js"
import { ParquetFile } from "./parquet-file.js"

/** Readings of a file at most. */
const MAX_READINGS = 1_000_000
const SPOOL = ".spool"

/** What becomes one file. */
interface Part {
    /** "2026-11-30" */
    readonly day: string
    /** Which one of the day, from 1 on. */
    readonly part: number
    /** Of the spool. */
    readonly segment: number
    /** Of the segment, B. */
    readonly length: number
    readonly readings: number
}

interface Committed {
    /** They do not grow any more, and may be files already. */
    readonly full: readonly Part[]
    /** Undefined while nothing came. */
    readonly growing?: Part
}

export class ParquetSink implements Sink {
    readonly id: string
    readonly description: string
    private readonly folder: string
    private readonly spool: string
    private full: Part[] = []
    /** Those of {@link full} of which the last commit says so. */
    private settled: readonly Part[] = []
    private growing: Part | undefined
    private file: FileHandle | undefined
    /** Numbers of the schemas in the segment, by their text. */
    private schemas = new Map<string, number>()
    private readonly writer = new ByteWriter()
    private gathered: Buffer[] = []

    /** @param maxReadings of a file; the frame with which they are reached is in it still */
    constructor(
        folder: string,
        private readonly maxReadings = MAX_READINGS
    ) {
        this.folder = path.resolve(folder)
        this.spool = path.join(this.folder, SPOOL)
        this.id = `parquet:${this.folder}`
        this.description = folder
    }

    async open(committed: unknown): Promise<void> {
        await mkdir(this.spool, { recursive: true })
        const { full, growing } = (committed ?? { full: [] }) as Committed
        const files = (await readdir(this.folder)).filter(name => placeOf(name) !== undefined)
        if (committed === undefined && files.length > 0)
            throw new FolderError(
                `has ${files[0]} already, which another listener or state wrote; ` +
                    "choose an empty folder"
            )
        for (const name of await readdir(this.folder))
            if (name.endsWith(".parquet.part")) await rm(path.join(this.folder, name))
        // Made when the last run ended, or of what was not committed.
        for (const name of files)
            if (growing === undefined ? !full.some(isFile(name)) : !isBefore(name, growing))
                await rm(path.join(this.folder, name))
        const kept = new Set([...full, ...(growing === undefined ? [] : [growing])])
        for (const segment of await segmentsIn(this.spool))
            if (![...kept].some(part => part.segment === segment))
                await rm(segmentFile(this.spool, segment))
        this.full = [...full]
        this.settled = full
        this.growing = growing
        this.gathered = []
        this.schemas = new Map()
        if (growing !== undefined) await this.reopen(growing)
    }

    async write(frames: readonly DeliveredFrame[]): Promise<void> {
        await this.makeFiles()
        for (const frame of frames) {
            const part = await this.partFor(frame.arrivedMs)
            this.spoolFrame(frame)
            const cells = frame.frame.rows * frame.schema.channels.length
            this.growing = { ...part, readings: part.readings + cells }
        }
        await this.append()
    }

    async commit(): Promise<Committed> {
        await this.file?.datasync()
        await this.makeFiles()
        this.settled = [...this.full]
        const { full, growing } = this
        return growing === undefined ? { full } : { full: [...full], growing }
    }

    async close(): Promise<void> {
        try {
            // Whether the last commit is remembered is not known here, so the spool stays.
            const parts = [...this.full, ...(this.growing === undefined ? [] : [this.growing])]
            for (const part of parts) if (await this.hasSpool(part)) await this.makeFile(part)
        } catch {
            // The next run makes it.
        }
        await this.file?.close().catch(() => undefined)
        this.file = undefined
    }

    /** The part that grows, after it was exchanged for another one when it is time to. */
    private async partFor(arrivedMs: number): Promise<Part> {
        const today = new Date(arrivedMs).toISOString().slice(0, 10)
        const before = this.growing
        // A clock that was set back does not begin a day that is over.
        const day = before === undefined || today > before.day ? today : before.day
        if (before?.day === day && before.readings < this.maxReadings) return before
        if (before !== undefined) {
            await this.append()
            await this.file?.datasync()
            await this.file?.close()
            this.full.push(this.growing ?? before)
        }
        const segment = (before?.segment ?? 0) + 1
        const part = before?.day === day ? before.part + 1 : 1
        this.file = await open(segmentFile(this.spool, segment), "w")
        await syncFolder(this.spool)
        this.schemas = new Map()
        this.growing = { day, part, segment, length: 0, readings: 0 }
        return this.growing
    }

    private spoolFrame(frame: DeliveredFrame): void {
        const { writer, schemas } = this
        writer.clear()
        putArrival(writer, frame.arrivedMs)
        let number = schemas.get(frame.schema.text)
        if (number === undefined) {
            number = schemas.size
            schemas.set(frame.schema.text, number)
            putSchema(writer, number, frame.schema)
        }
        putFrame(writer, frame, number)
        this.gathered.push(recordOf(writer.bytes))
    }

    private async append(): Promise<void> {
        const bytes = Buffer.concat(this.gathered)
        this.gathered = []
        const { file, growing } = this
        if (file === undefined || growing === undefined) return
        for (let done = 0; done < bytes.length;) {
            const at = growing.length + done
            done += (await file.write(bytes, done, bytes.length - done, at)).bytesWritten
        }
        this.growing = { ...growing, length: growing.length + bytes.length }
    }

    private async reopen({ segment, length }: Part): Promise<void> {
        const whole = segmentFile(this.spool, segment)
        const size = await stat(whole).then(
            ({ size }) => size,
            () => 0
        )
        if (size < length)
            throw new FolderError(
                `${SPOOL}/${path.basename(whole)} is shorter than this listener left it ` +
                    `(${size} B of ${length} B); put it back, or choose another folder`
            )
        // What is behind is written over, and never read.
        this.file = await open(whole, "r+")
        await this.read(segment, length, undefined)
    }

    /** Makes files of the parts that are full for certain. */
    private async makeFiles(): Promise<void> {
        for (const part of this.settled) {
            if (await this.hasSpool(part)) {
                await this.makeFile(part)
                await rm(segmentFile(this.spool, part.segment))
            }
            this.full = this.full.filter(other => other !== part)
        }
        this.settled = []
    }

    /** Whether a part is not a file for good yet. */
    private async hasSpool({ segment }: Part): Promise<boolean> {
        return await stat(segmentFile(this.spool, segment)).then(
            () => true,
            () => false
        )
    }

    private async makeFile(part: Part): Promise<void> {
        const file = await ParquetFile.create(path.join(this.folder, nameOf(part)))
        try {
            await this.read(part.segment, part.length, file)
            await file.finish()
        } catch (e) {
            await file.discard()
            throw e
        }
    }

    /** Reads a segment into a file, or only learns which schemas it has. */
    private async read(
        segment: number,
        length: number,
        file: ParquetFile | undefined
    ): Promise<void> {
        const reader = new SegmentReader(this.spool, segment)
        const schemas: SegmentSchemas = new Map()
        try {
            for (;;) {
                const records = await reader.next(length)
                if (records.length === 0) break
                for (const { body } of records) {
                    const frames: (() => Parameters<ParquetFile["add"]>[0])[] = []
                    readEntry(body, schemas, { frame: (_at, resolve) => frames.push(resolve) })
                    for (const resolve of frames) await file?.add(resolve())
                }
            }
            if (reader.offset < length)
                throw new FolderError(
                    `${SPOOL}/${path.basename(segmentFile(this.spool, segment))} is damaged at ` +
                        `${reader.offset} B; put it back, or choose another folder`
                )
        } finally {
            await reader.close()
        }
        if (file === undefined)
            for (const [number, { text }] of schemas) this.schemas.set(text, number)
    }
}

function nameOf({ day, part }: Part): string {
    return `readings-${day}${part === 1 ? "" : `.${part}`}.parquet`
}

/** @returns undefined for a file that is not ours */
function placeOf(name: string): { day: string; part: number } | undefined {
    const match = /^readings-(\d{4}-\d\d-\d\d)(?:\.(\d+))?\.parquet$/.exec(name)
    return match === null ? undefined : { day: match[1], part: Number(match[2] ?? 1) }
}

function isFile(name: string): (part: Part) => boolean {
    return part => nameOf(part) === name
}

function isBefore(name: string, { day, part }: Part): boolean {
    const place = placeOf(name)
    return place !== undefined && (place.day < day || (place.day === day && place.part < part))
}
