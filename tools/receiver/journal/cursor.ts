/** Reads entries of the journal from a place on, as far as they are on disk. */
import { type ResolvedFrame } from "../../decoder/index.js"
import { readEntry, type SegmentSchemas } from "./entry.js"
import { type Journal } from "./journal.js"
import { comparePositions, type Position, type SegmentReader } from "./segment.js"

/** A frame of the journal, not decoded yet. */
export interface FrameEntry {
    readonly arrivedMs: number
    readonly resolve: () => ResolvedFrame
}

/** What the receiver gives the journal with an entry. */
export interface Content {
    readonly arrivedMs: number
    readonly frames: readonly ResolvedFrame[]
    /** Whether the entry has a schema, for it and for those after it. */
    readonly hasSchema: boolean
}

export class JournalCursor {
    private reader: SegmentReader | undefined
    private schemas: SegmentSchemas = new Map()
    private place: Position

    /** @param from entries before it are passed over */
    constructor(
        private readonly journal: Journal,
        from: Position
    ) {
        // What is before the first segment is gone, and was not kept for this one.
        this.place = comparePositions(from, journal.begin) < 0 ? journal.begin : from
    }

    /** All before it was handed out. */
    get position(): Position {
        return this.place
    }

    /** Frames of the next entries; none when there are no more on disk yet. */
    async next(): Promise<FrameEntry[]> {
        for (;;) {
            const { durableEnd } = this.journal
            const { segment } = this.place
            if (comparePositions(this.place, durableEnd) >= 0) return []
            const isCurrent = segment === durableEnd.segment
            const { frames, isEnd } = await this.read(isCurrent ? durableEnd.offset : Infinity)
            if (frames.length > 0) return frames
            if (!isEnd) continue
            const after = isCurrent ? undefined : this.journal.segmentAfter(segment)
            if (after === undefined) return []
            await this.close()
            this.place = { segment: after, offset: 0 }
        }
    }

    async close(): Promise<void> {
        await this.reader?.close()
        this.reader = undefined
    }

    private async read(limit: number): Promise<{ frames: FrameEntry[]; isEnd: boolean }> {
        const { segment } = this.place
        if (this.reader === undefined) {
            this.reader = this.journal.reader(segment)
            this.schemas = new Map()
        }
        const frames: FrameEntry[] = []
        const records = await this.reader.next(limit)
        for (const { body, end } of records) {
            // From the beginning of the segment on, for the schemas in it.
            const isNew = end > this.place.offset
            const place = { segment, offset: end }
            const recent = isNew
                ? (this.journal.contentAt(place) as Content | undefined)
                : undefined
            if (recent !== undefined) {
                for (const frame of recent.frames)
                    frames.push({ arrivedMs: recent.arrivedMs, resolve: () => frame })
                // There may be a schema in it for those that come later.
                if (!recent.hasSchema) {
                    this.place = place
                    continue
                }
            }
            readEntry(body, this.schemas, {
                frame: (arrivedMs, resolve) => {
                    if (isNew && recent === undefined) frames.push({ arrivedMs, resolve })
                },
            })
            if (isNew) this.place = place
        }
        return { frames, isEnd: records.length === 0 }
    }
}
