/** What the generated scripts call: one function for each platform. */
import { type Schema } from "../schema-record.js"
import { bytesOf, platformFrame, type PlatformFrame } from "./payload.js"

/** `decode(payload, metadata)` of OS2iot. */
export { os2iotEntities as os2iot } from "./os2iot.js"

/** `decodeUplink({ bytes })` of ChirpStack and The Things Stack: what went wrong is in `errors`. */
export function decodeUplink(
    schemas: readonly Schema[],
    input: { readonly bytes: readonly number[] }
): { data: PlatformFrame } | { errors: string[] } {
    try {
        return { data: platformFrame(schemas, bytesOf(input.bytes)) }
    } catch (e) {
        return { errors: [e instanceof Error ? e.message : String(e)] }
    }
}

/** A function node of Node-RED: the payload becomes what the frame holds. */
export function nodeRed<M extends { payload: unknown }>(schemas: readonly Schema[], message: M): M {
    message.payload = platformFrame(schemas, bytesOf(message.payload))
    return message
}
