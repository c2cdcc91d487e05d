/**
 * What one message of a broker leaves in the journal, in one record, so that a power cut
 * leaves all of it or nothing:
 *
 *     f64   when it arrived, Unix ms
 *     items, each led by a byte:
 *       1 message  topic, payload: learned from, or waits; read again to restore what is known
 *       2 schema   number within the segment, text: for the frames after it in the segment
 *       3 frame    site, node, number of its schema, payload, times: all that outputs need
 *       4 held     site, node, payload of a frame that waits, opened when it was sealed
 *
 * Numbers are in seven-bit groups, texts and bytes led by their length (bytes.ts).
 */
import { decodeAnyFrame } from "../../decoder/any-frame.js"
import {
    parseSchema,
    type FrameOrigin,
    type Moment,
    type ResolvedFrame,
    type Schema,
} from "../../decoder/index.js"
import { ByteReader, type ByteWriter } from "./bytes.js"

const MESSAGE = 1
const SCHEMA = 2
const FRAME = 3
const HELD = 4

/** How uncertain the times of a frame's rows are: nobody knows, all alike, each for itself (0: not known). */
const UNKNOWN = 0
const ALIKE = 1
const EACH = 2

/** What readers make of an entry. */
export interface EntryVisitor {
    readonly message?: (topic: string, payload: Buffer) => void
    /** @param arrivedMs Unix ms @param resolve decodes it */
    readonly frame?: (arrivedMs: number, resolve: () => ResolvedFrame) => void
    /** A frame, be it that outputs have it or that it waits, for who restores what is known. */
    readonly payload?: (origin: FrameOrigin, payload: Buffer) => void
}

/** Schemas of a segment by their number. */
export type SegmentSchemas = Map<number, Schema>

export function putArrival(writer: ByteWriter, arrivedMs: number): void {
    writer.f64(arrivedMs)
}

export function putMessage(writer: ByteWriter, topic: string, payload: Uint8Array): void {
    writer.u8(MESSAGE)
    writer.text(topic)
    writer.blob(payload)
}

export function putSchema(writer: ByteWriter, number: number, { text }: Schema): void {
    writer.u8(SCHEMA)
    writer.varint(number)
    writer.text(text)
}

export function putHeld(writer: ByteWriter, origin: FrameOrigin, payload: Uint8Array): void {
    writer.u8(HELD)
    writer.text(origin.site)
    writer.text(origin.node)
    writer.blob(payload)
}

/** @param schema number of its schema within the segment */
export function putFrame(writer: ByteWriter, frame: ResolvedFrame, schema: number): void {
    writer.u8(FRAME)
    writer.text(frame.site)
    writer.text(frame.node)
    writer.varint(schema)
    writer.blob(frame.payload)
    putMoments(writer, frame.moments)
}

/** @throws RangeError, RecordError or FrameError for what no writer of this file wrote */
export function readEntry(body: Buffer, schemas: SegmentSchemas, visitor: EntryVisitor): void {
    const reader = new ByteReader(body)
    const arrivedMs = reader.f64()
    while (!reader.isAtEnd) {
        const kind = reader.u8()
        if (kind === MESSAGE) {
            const topic = reader.text()
            const payload = reader.blob()
            visitor.message?.(topic, payload)
        } else if (kind === SCHEMA) {
            const number = reader.varint()
            schemas.set(number, parseSchema(reader.blob()))
        } else if (kind === HELD) {
            const origin = { site: reader.text(), node: reader.text() }
            const payload = reader.blob()
            visitor.payload?.(origin, payload)
        } else if (kind === FRAME) readFrame(reader, arrivedMs, schemas, visitor)
        else throw new RangeError(`an entry has no part of kind ${kind}`)
    }
}

function readFrame(
    reader: ByteReader,
    arrivedMs: number,
    schemas: SegmentSchemas,
    visitor: EntryVisitor
): void {
    const site = reader.text()
    const node = reader.text()
    const schema = schemas.get(reader.varint())
    const payload = reader.blob()
    const moments = readMoments(reader)
    if (schema === undefined) throw new RangeError("a frame has no schema in its segment")
    visitor.payload?.({ site, node }, payload)
    visitor.frame?.(arrivedMs, () => {
        return { site, node, payload, frame: decodeAnyFrame(payload), schema, moments }
    })
}

function putMoments(writer: ByteWriter, moments: readonly Moment[]): void {
    writer.varint(moments.length)
    if (moments.length === 0) return
    const first = moments[0].uncertaintyMs
    const areAlike = moments.every(({ uncertaintyMs }) => uncertaintyMs === first)
    const kind = !areAlike ? EACH : first === undefined ? UNKNOWN : ALIKE
    writer.u8(kind)
    if (kind === ALIKE) writer.varint(first as number)
    let before = 0
    for (const { unixMs, uncertaintyMs } of moments) {
        writer.signed(unixMs - before)
        before = unixMs
        if (kind === EACH) writer.varint(uncertaintyMs === undefined ? 0 : uncertaintyMs + 1)
    }
}

function readMoments(reader: ByteReader): Moment[] {
    const moments: Moment[] = []
    const count = reader.varint()
    if (count === 0) return moments
    const kind = reader.u8()
    const alike = kind === ALIKE ? reader.varint() : undefined
    let unixMs = 0
    for (let i = 0; i < count; i++) {
        unixMs += reader.signed()
        const each = kind === EACH ? reader.varint() : 0
        moments.push({ unixMs, uncertaintyMs: each > 0 ? each - 1 : alike })
    }
    return moments
}
