import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    ENVELOPE_END_BYTES,
    base64Length,
    envelopeLength,
    putBase64,
    putEnvelopeEnd,
    putEnvelopeHead,
} from "./envelope.js"

/** As the uplink does it: the bytes lie at the end of the room for their text. */
function envelope(kind: string, data: Uint8Array, step: number): string {
    const packet = new Uint8Array(7 + envelopeLength(kind, data.length))
    const from = packet.length - ENVELOPE_END_BYTES - data.length
    packet.set(data, from)
    let at = putEnvelopeHead(packet, 7, kind)
    for (let done = 0; done < data.length; done += step) {
        const length = Math.min(step, data.length - done)
        putBase64(packet, from + done, at, length)
        at += base64Length(length)
    }
    putEnvelopeEnd(packet, at)
    expect(at + ENVELOPE_END_BYTES).toBe(packet.length)
    return Buffer.from(packet.subarray(7)).toString("latin1")
}

describe("the JSON envelope", () => {
    it("is JSON with the bytes in base64, whatever they are and however it is made in steps", () => {
        fc.assert(
            fc.property(
                fc.uint8Array({ maxLength: 300 }),
                fc.constantFrom(3, 96, 300),
                fc.constantFrom("frame", "sealed"),
                (data, step, kind) => {
                    expect(JSON.parse(envelope(kind, data, step))).toEqual({
                        v: 1,
                        kind,
                        data: Buffer.from(data).toString("base64"),
                    })
                }
            ),
            { numRuns: 500, seed: 1 }
        )
    })

    it("reads exactly as the documentation shows it", () => {
        expect(envelope("frame", Uint8Array.of(1, 2, 3, 250), 96)).toBe(
            '{"v":1,"kind":"frame","data":"AQID+g=="}'
        )
    })
})
