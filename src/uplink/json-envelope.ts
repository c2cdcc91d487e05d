import { Envelope } from "./message.js"
import {
    ENVELOPE_END_BYTES,
    base64Length,
    envelopeLength,
    putBase64,
    putEnvelopeEnd,
    putEnvelopeHead,
} from "../core/protocol/envelope.js"
import { pause } from "../scheduler/scheduler.js"

/** Bytes that are made base64 without a pause: 3,000 opcodes or so. */
const BASE64_STEP_BYTES = 96

/**
 * Lets frames go out as JSON with base64, when the setting `mqtt.form` says so;
 * docs/mqtt.md has the form.
 *
 *     envelope: jsonEnvelope
 */
export const jsonEnvelope: Envelope = {
    length: envelopeLength,
    from: (packet, bytes) => packet.length - ENVELOPE_END_BYTES - bytes,
    wrap: async (packet, at, kind, bytes) => {
        const from = packet.length - ENVELOPE_END_BYTES - bytes
        let text = putEnvelopeHead(packet, at, kind)
        for (let done = 0; done < bytes; done += BASE64_STEP_BYTES) {
            const length = Math.min(BASE64_STEP_BYTES, bytes - done)
            putBase64(packet, from + done, text, length)
            text += base64Length(length)
            await pause()
        }
        putEnvelopeEnd(packet, text)
    },
}
