/** A node's answer to a command. */
import { RecordReader } from "./record.js"

export interface Ack {
    /** That of the command; "" when the node could not read it. */
    readonly id: string
    readonly ok: boolean
    /** Why not; "" when it went well. */
    readonly error: string
    /** What the node answered, by name. */
    readonly results: Readonly<Record<string, number>>
}

/**
 * @param payload the record as it was published
 * @throws RecordError naming the field that is wrong
 */
export function parseAck(payload: Uint8Array): Ack {
    const record = RecordReader.parse(payload, "ack record")
    return {
        id: record.message("id", 32),
        ok: record.boolean("ok"),
        error: record.has("error") ? record.message("error") : "",
        results: record.integers(),
    }
}
