/**
 * The receiver's journal: records that are on disk when {@link Journal.synced} resolves, in
 * segments. Written in the order in which it is given, synced in groups: while one sync runs, what
 * comes meanwhile gathers for the next, so that a slow disk makes groups larger, not the wait longer.
 */
import { open, unlink, type FileHandle } from "node:fs/promises"
import { syncFolder } from "./durable.js"
import {
    RECORD_HEAD_BYTES,
    comparePositions,
    cutTail,
    recordOf,
    segmentFile,
    segmentsIn,
    SegmentReader,
    type Position,
} from "./segment.js"

/** A segment that is longer is followed by a new one, B. */
const SEGMENT_BYTES = 8 * 1024 * 1024

/** Bytes of records of which it is kept what they mean. */
const RECENT_BYTES = 500_000

/** The disk does not take what is written, so nothing more is. */
export class JournalError extends Error {
    override name = "JournalError"

    constructor(cause: unknown) {
        super("the journal cannot be written", { cause })
    }
}

export class Journal {
    private file: FileHandle | undefined
    private fileSegment = -1
    private written = 0
    private waiting: { segment: number; bytes: Buffer }[] = []
    private waitingBytes = 0
    private current: Position
    private durable: Position
    private added = 0
    private durableAdded = 0
    private running: Promise<void> | undefined
    private failure: JournalError | undefined
    private readonly listeners = new Set<() => void>()
    private readonly recent = new Recent()
    /** All segments, in order; the current one last. */
    private readonly segments: number[]

    private constructor(
        private readonly folder: string,
        segments: readonly number[],
        private readonly segmentBytes: number
    ) {
        // Never on with an old one: what another process still writes there mixes with nothing.
        const next = (segments.at(-1) ?? 0) + 1
        this.segments = [...segments, next]
        this.current = { segment: next, offset: 0 }
        this.durable = this.current
    }

    /**
     * @returns the journal, and what was cut off the last segment because it was not written
     * as a whole, B
     */
    static async open(
        folder: string,
        segmentBytes = SEGMENT_BYTES
    ): Promise<{ journal: Journal; cutBytes: number }> {
        const segments = await segmentsIn(folder)
        const last = segments.at(-1)
        let cutBytes = 0
        if (last !== undefined) {
            const reader = new SegmentReader(folder, last)
            while ((await reader.next(Infinity)).length > 0);
            await reader.close()
            cutBytes = await cutTail(folder, last, reader.offset)
        }
        return { journal: new Journal(folder, segments, segmentBytes), cutBytes }
    }

    /** The first place of which there still is something. */
    get begin(): Position {
        return { segment: this.segments[0], offset: 0 }
    }

    /** Where the next record goes. */
    get end(): Position {
        return this.current
    }

    /** Up to here everything is on disk. */
    get durableEnd(): Position {
        return this.durable
    }

    /** Records of this run that were added, and those of them that are on disk. */
    get count(): number {
        return this.added
    }

    get durableCount(): number {
        return this.durableAdded
    }

    /** Why it takes nothing more. */
    get error(): JournalError | undefined {
        return this.failure
    }

    /** Bytes that are not on disk yet. */
    get unsyncedBytes(): number {
        return this.waitingBytes
    }

    /** Whether it is time for {@link rotate}. */
    get isSegmentFull(): boolean {
        return this.current.offset >= this.segmentBytes
    }

    /** The next record begins a new segment. @returns its number */
    rotate(): number {
        if (this.current.offset === 0) return this.current.segment
        const segment = this.current.segment + 1
        this.segments.push(segment)
        this.current = { segment, offset: 0 }
        return segment
    }

    /**
     * Adds a record; it is on disk when {@link synced}, called after it, resolves.
     * @param content what readers make of it, kept for a while for those that are close behind
     */
    append(body: Uint8Array, content?: unknown): void {
        const bytes = recordOf(body)
        const { segment, offset } = this.current
        this.waiting.push({ segment, bytes })
        this.waitingBytes += bytes.length
        this.added++
        this.current = { segment, offset: offset + RECORD_HEAD_BYTES + body.length }
        if (content !== undefined) this.recent.add(this.current, bytes.length, content)
        if (this.failure === undefined) this.running ??= this.run()
    }

    /** What {@link append} was given with the record that ends here; undefined when it is long ago. */
    contentAt(end: Position): unknown {
        return this.recent.at(end)
    }

    /** Resolves when all that was added is on disk. @throws JournalError */
    async synced(): Promise<void> {
        const goal = this.current
        while (this.failure === undefined && comparePositions(this.durable, goal) < 0) {
            // The next segment may have begun without a record.
            if (this.running === undefined) break
            await new Promise<void>(resolve => {
                const stop = this.onSync(() => {
                    stop()
                    resolve()
                })
            })
        }
        if (this.failure !== undefined) throw this.failure
    }

    /** Calls back after each sync, and when there will be none any more. @returns ends it */
    onSync(listener: () => void): () => void {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
    }

    /** Deletes the segments before this one. */
    async dropBefore(segment: number): Promise<void> {
        while (this.segments[0] < Math.min(segment, this.current.segment)) {
            await unlink(segmentFile(this.folder, this.segments[0])).catch(() => undefined)
            this.segments.shift()
        }
    }

    /** The segment after this one; undefined at the end. */
    segmentAfter(segment: number): number | undefined {
        return this.segments.find(other => other > segment)
    }

    reader(segment: number): SegmentReader {
        return new SegmentReader(this.folder, segment)
    }

    /** @throws JournalError */
    async close(): Promise<void> {
        try {
            await this.synced()
        } finally {
            await this.file?.close()
            this.file = undefined
        }
    }

    private async run(): Promise<void> {
        // What comes in the same turn goes into the same group.
        await new Promise(resolve => setImmediate(resolve))
        try {
            while (this.waiting.length > 0) {
                const group = this.waiting
                const end = this.current
                const count = this.added
                this.waiting = []
                await this.write(group)
                this.waitingBytes -= group.reduce((sum, { bytes }) => sum + bytes.length, 0)
                this.durable = end
                this.durableAdded = count
                this.tell()
            }
        } catch (e) {
            this.failure = new JournalError(e)
        }
        this.running = undefined
        this.tell()
    }

    private async write(group: readonly { segment: number; bytes: Buffer }[]): Promise<void> {
        for (let from = 0; from < group.length;) {
            const { segment } = group[from]
            let to = from
            while (to < group.length && group[to].segment === segment) to++
            const file = await this.fileOf(segment)
            const bytes = Buffer.concat(group.slice(from, to).map(entry => entry.bytes))
            await writeAll(file, bytes, this.written)
            this.written += bytes.length
            await file.datasync()
            from = to
        }
    }

    private async fileOf(segment: number): Promise<FileHandle> {
        if (this.file !== undefined && this.fileSegment === segment) return this.file
        await this.file?.close()
        this.file = await open(segmentFile(this.folder, segment), "wx")
        await syncFolder(this.folder)
        this.fileSegment = segment
        this.written = 0
        return this.file
    }

    private tell(): void {
        for (const listener of [...this.listeners]) listener()
    }
}

/** What the newest records mean, by where they end. */
class Recent {
    private segment = -1
    private bytes = 0
    private readonly contents = new Map<number, { bytes: number; content: unknown }>()

    add({ segment, offset }: Position, bytes: number, content: unknown): void {
        if (segment !== this.segment) {
            this.contents.clear()
            this.bytes = 0
        }
        this.segment = segment
        this.contents.set(offset, { bytes, content })
        this.bytes += bytes
        for (const [oldest, { bytes }] of this.contents) {
            if (this.bytes <= RECENT_BYTES) return
            this.contents.delete(oldest)
            this.bytes -= bytes
        }
    }

    at({ segment, offset }: Position): unknown {
        return segment === this.segment ? this.contents.get(offset)?.content : undefined
    }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
        done += bytesWritten
    }
}
