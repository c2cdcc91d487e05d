/** Frames in the JSON form: base64 within an object, for platforms that take only JSON. */
import { MAX_FRAME_BYTES } from "../../src/core/frame/format.js"
import { MAX_RECORD_BYTES, RecordReader } from "./record.js"

const KINDS = ["frame", "sealed"] as const

export interface Envelope {
    readonly kind: (typeof KINDS)[number]
    readonly data: Uint8Array
}

/** base64 takes 4 characters for 3 B; then there is room for what else the object says. */
const MAX_ENVELOPE_BYTES = Math.ceil(MAX_FRAME_BYTES / 3) * 4 + MAX_RECORD_BYTES

/**
 * @param payload the envelope as it was published
 * @throws RecordError naming the field that is wrong
 */
export function parseEnvelope(payload: Uint8Array): Envelope {
    const record = RecordReader.parse(payload, "envelope", MAX_ENVELOPE_BYTES)
    record.integer("v", 1, 1)
    return { kind: record.oneOf("kind", KINDS), data: record.base64("data") }
}
