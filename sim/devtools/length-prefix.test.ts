import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { LengthPrefixReader, withLengthPrefix } from "./length-prefix.js"

const frames = fc.array(
    fc.oneof(
        fc.uint8Array({ maxLength: 20 }),
        fc.uint8Array({ minLength: 253, maxLength: 258 }),
        fc.uint8Array({ minLength: 600, maxLength: 700 })
    ),
    { maxLength: 8 }
)

/** Cuts bytes at the given places. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
    const places = [...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort(
        (a, b) => a - b
    )
    return places.map((end, i) => bytes.slice(i === 0 ? 0 : places[i - 1], end))
}

describe("length-prefixed frames", () => {
    it("have one length byte up to 254 B and three from 255 B on", () => {
        expect([...withLengthPrefix(new Uint8Array(0))]).toEqual([0])
        expect([...withLengthPrefix(Uint8Array.of(7, 8))]).toEqual([2, 7, 8])
        expect([...withLengthPrefix(new Uint8Array(254)).slice(0, 2)]).toEqual([254, 0])
        expect([...withLengthPrefix(new Uint8Array(255)).slice(0, 4)]).toEqual([255, 255, 0, 0])
        expect([...withLengthPrefix(new Uint8Array(0x1234)).slice(0, 3)]).toEqual([255, 0x34, 0x12])
    })

    it("are refused above 65,535 B", () => {
        expect(withLengthPrefix(new Uint8Array(65_535)).length).toBe(65_538)
        expect(() => withLengthPrefix(new Uint8Array(65_536))).toThrow(/at most 65535 B/)
    })

    it("come out as they went in, however the stream is cut or joined", () => {
        fc.assert(
            fc.property(frames, fc.array(fc.nat(), { maxLength: 30 }), (sent, cuts) => {
                const stream = Buffer.concat(sent.map(withLengthPrefix))
                const reader = new LengthPrefixReader()
                const received = pieces(stream, cuts).flatMap(piece => reader.push(piece))
                expect(received.map(f => [...f])).toEqual(sent.map(f => [...f]))
            })
        )
    })

    it("come out one byte at a time, at the last byte of each", () => {
        const long = new Uint8Array(300).fill(5)
        const stream = Buffer.concat([withLengthPrefix(Uint8Array.of(1)), withLengthPrefix(long)])
        const reader = new LengthPrefixReader()
        const counts = [...stream].map(byte => reader.push(Uint8Array.of(byte)).length)
        expect(counts.flatMap((count, i) => (count === 1 ? [i] : []))).toEqual([1, 304])
        expect(counts.reduce((a, b) => a + b)).toBe(2)
    })

    it("do not change when the buffer they came in is used again", () => {
        const stream = Buffer.from(withLengthPrefix(Uint8Array.of(1, 2, 3)))
        const [frame] = new LengthPrefixReader().push(stream)
        stream.fill(0)
        expect([...frame]).toEqual([1, 2, 3])
    })

    it("are found in any noise without an error and without an endless loop", () => {
        fc.assert(
            fc.property(fc.array(fc.uint8Array({ maxLength: 400 })), noise => {
                const reader = new LengthPrefixReader()
                const total = noise.reduce((sum, piece) => sum + piece.length, 0)
                const found = noise.flatMap(piece => reader.push(piece))
                expect(found.length).toBeLessThanOrEqual(total)
            })
        )
    })
})
