/**
 * Segments of the journal: files of records that are only ever appended to, and only by the
 * process that made them.
 *
 *     u32   length of the body, little-endian
 *     u32   CRC-32 of the body
 *     body
 *
 * A record that is cut off or damaged, and all after it in the segment, is no part of it.
 */
import { open, readdir, type FileHandle } from "node:fs/promises"
import path from "node:path"
import { crc32 } from "./crc32.js"

export const RECORD_HEAD_BYTES = 8
/** Longest body; a longer length is damage. */
const MAX_BODY_BYTES = 64 * 1024 * 1024
/** How much is read at a time, B. */
const READ_BYTES = 64 * 1024

/** A place between two records. */
export interface Position {
    readonly segment: number
    readonly offset: number
}

/** @returns below 0 when a comes first */
export function comparePositions(a: Position, b: Position): number {
    return a.segment === b.segment ? a.offset - b.offset : a.segment - b.segment
}

export function segmentFile(folder: string, segment: number): string {
    return path.join(folder, `${String(segment).padStart(8, "0")}.journal`)
}

/** Numbers of the segments in a folder, in order. */
export async function segmentsIn(folder: string): Promise<number[]> {
    const files = await readdir(folder)
    return files
        .map(file => /^(\d{8,})\.journal$/.exec(file)?.[1])
        .filter(number => number !== undefined)
        .map(Number)
        .sort((a, b) => a - b)
}

/** @returns head and body as they stand in the file */
export function recordOf(body: Uint8Array): Buffer {
    const record = Buffer.allocUnsafe(RECORD_HEAD_BYTES + body.length)
    record.writeUInt32LE(body.length, 0)
    record.writeUInt32LE(crc32(body), 4)
    record.set(body, RECORD_HEAD_BYTES)
    return record
}

/** A record, and where it ends. */
export interface RecordAt {
    readonly body: Buffer
    readonly end: number
}

/** Reads a segment from its beginning, as far as it is asked to. */
export class SegmentReader {
    private file: FileHandle | undefined
    /** Read but not yet handed out. */
    private ahead = Buffer.alloc(0)
    /** Where {@link ahead} begins. */
    private at = 0

    constructor(
        private readonly folder: string,
        readonly segment: number
    ) {}

    /** Where the next record begins. */
    get offset(): number {
        return this.at
    }

    /**
     * @param limit nothing beyond this offset is read
     * @returns the next records; none at the limit, at the end, and before a damaged one
     */
    async next(limit: number): Promise<RecordAt[]> {
        for (let wanted = READ_BYTES; ; wanted *= 2) {
            const isAll = await this.readAhead(limit, wanted)
            const records = this.takeRecords()
            if (records.length > 0 || isAll || wanted > MAX_BODY_BYTES) return records
        }
    }

    async close(): Promise<void> {
        await this.file?.close()
        this.file = undefined
    }

    /** @returns whether there was no more to read */
    private async readAhead(limit: number, wanted: number): Promise<boolean> {
        const most = limit - this.at
        const more = Math.min(most, wanted) - this.ahead.length
        if (more <= 0) return most <= wanted
        this.file ??= await open(segmentFile(this.folder, this.segment), "r")
        const chunk = Buffer.allocUnsafe(more)
        const { bytesRead } = await this.file.read(chunk, 0, more, this.at + this.ahead.length)
        this.ahead = Buffer.concat([this.ahead, chunk.subarray(0, bytesRead)])
        return bytesRead < more
    }

    private takeRecords(): RecordAt[] {
        const records: RecordAt[] = []
        let from = 0
        for (;;) {
            if (this.ahead.length < from + RECORD_HEAD_BYTES) break
            const length = this.ahead.readUInt32LE(from)
            const end = from + RECORD_HEAD_BYTES + length
            if (length > MAX_BODY_BYTES || end > this.ahead.length) break
            const body = this.ahead.subarray(from + RECORD_HEAD_BYTES, end)
            if (crc32(body) !== this.ahead.readUInt32LE(from + 4)) break
            from = end
            records.push({ body, end: this.at + from })
        }
        this.ahead = this.ahead.subarray(from)
        this.at += from
        return records
    }
}

/** Cuts off what is after the last whole record. @returns bytes that went */
export async function cutTail(folder: string, segment: number, end: number): Promise<number> {
    const handle = await open(segmentFile(folder, segment), "r+")
    try {
        const { size } = await handle.stat()
        if (size <= end) return 0
        await handle.truncate(end)
        await handle.sync()
        return size - end
    } finally {
        await handle.close()
    }
}
