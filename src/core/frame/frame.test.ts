import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CRC16_START, crc16 } from "../crc.js"
import { FIRST_GAP } from "../quality.js"
import { FrameError, decodeFrame, type DecodedFrame } from "./decoder.js"
import { FrameEncoder } from "./encoder.js"
import { ROW_UNFINISHED } from "./row-result.js"
import { FRAME_CRC_BYTES, FRAME_HEADER_BYTES } from "./format.js"

interface Row {
    time: number
    values: number[]
    qualities: number[]
}

const SCHEMA_ID = 0xabcd

/** Encodes as many rows as fit. */
function encode(rows: readonly Row[], channels: number, budget: number): [Uint8Array, number] {
    const buffer = new Uint8Array(budget)
    const encoder = new FrameEncoder(buffer, channels, SCHEMA_ID)
    encoder.begin(0x1234, 0xffff, true)
    let taken = 0
    for (const row of rows) {
        if (!encoder.add(row.time, row.values, row.qualities)) break
        taken++
    }
    expect(encoder.rows).toBe(taken)
    // A frame without rows is none.
    if (taken === 0) {
        expect(() => encoder.finish()).toThrow(/at least one row/)
        return [new Uint8Array(), 0]
    }
    return [buffer.slice(0, encoder.finish()), taken]
}

function rowsOf(frame: DecodedFrame): Row[] {
    return frame.times.map((time, r) => ({
        time,
        values: frame.values.slice(r * frame.channels, (r + 1) * frame.channels),
        qualities: frame.qualities.slice(r * frame.channels, (r + 1) * frame.channels),
    }))
}

/** Where there is no value, decoders give 0. */
function expected(rows: readonly Row[]): Row[] {
    return rows.map(row => ({
        ...row,
        values: row.values.map((v, i) => (row.qualities[i] >= FIRST_GAP ? 0 : v)),
    }))
}

const int32 = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: -300, max: 300 }) },
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0)
)
const table = fc.integer({ min: 1, max: 32 }).chain(channels =>
    fc.record({
        channels: fc.constant(channels),
        rows: fc.array(
            fc.record({
                time: fc.oneof(fc.nat(1000), fc.nat(0xffffffff)),
                values: fc.array(int32, { minLength: channels, maxLength: channels }),
                qualities: fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 8, 9, 15), {
                    minLength: channels,
                    maxLength: channels,
                }),
            }),
            { maxLength: 30 }
        ),
    })
)

describe("frames", () => {
    it("decode to exactly the rows that went in: any int32, any times, any gaps", () => {
        fc.assert(
            fc.property(table, ({ channels, rows }) => {
                const [bytes, taken] = encode(rows, channels, 20_000)
                expect(taken).toBe(rows.length)
                if (taken === 0) return
                const frame = decodeFrame(bytes)
                expect(rowsOf(frame)).toEqual(expected(rows))
                expect([frame.schemaId, frame.bootId, frame.sequence, frame.unixTime]).toEqual([
                    SCHEMA_ID,
                    0x1234,
                    8191,
                    true,
                ])
            }),
            { numRuns: 300 }
        )
    })

    it("a row that does not fit leaves the frame as it was, at any budget", () => {
        fc.assert(
            fc.property(table, fc.integer({ min: 15, max: 200 }), ({ channels, rows }, budget) => {
                const [bytes, taken] = encode(rows, channels, budget)
                expect(bytes.length).toBeLessThanOrEqual(budget)
                if (taken === 0) return
                expect(rowsOf(decodeFrame(bytes))).toEqual(expected(rows.slice(0, taken)))
            }),
            { numRuns: 300 }
        )
    })

    it("an encoder can be used for frame after frame", () => {
        const buffer = new Uint8Array(100)
        const encoder = new FrameEncoder(buffer, 1, 7)
        for (let sequence = 0; sequence < 3; sequence++) {
            encoder.begin(1, sequence, false)
            encoder.add(60 * sequence, [-5], [0])
            const frame = decodeFrame(buffer.slice(0, encoder.finish()))
            expect([frame.bootId, frame.sequence, frame.unixTime, frame.rows]).toEqual([
                1,
                sequence,
                false,
                1,
            ])
            expect(frame.values).toEqual([-5])
        }
    })

    it("of one encoder, as many as the rows need, are the same as those of a new one each", () => {
        fc.assert(
            fc.property(table, fc.integer({ min: 24, max: 200 }), ({ channels, rows }, budget) => {
                const buffer = new Uint8Array(budget)
                const encoder = new FrameEncoder(buffer, channels, 7)
                for (let first = 0, sequence = 0; first < rows.length; sequence++) {
                    const freshBuffer = new Uint8Array(budget)
                    const fresh = new FrameEncoder(freshBuffer, channels, 7)
                    encoder.begin(1, sequence, true)
                    fresh.begin(1, sequence, true)
                    let count = 0
                    for (const row of rows.slice(first)) {
                        const isAdded = encoder.add(row.time, row.values, row.qualities)
                        expect(fresh.add(row.time, row.values, row.qualities)).toBe(isAdded)
                        if (!isAdded) break
                        count++
                    }
                    if (count === 0) return
                    const length = encoder.finish()
                    expect(fresh.finish()).toBe(length)
                    expect(buffer.slice(0, length)).toEqual(freshBuffer.slice(0, length))
                    first += count
                }
            }),
            { seed: 3, numRuns: 300 }
        )
    })

    it("rows given in parts, and closed in parts, make the same frame as all at once", () => {
        fc.assert(
            fc.property(table, ({ channels, rows }) => {
                if (rows.length === 0) return
                const [whole] = encode(rows, channels, 20_000)
                const buffer = new Uint8Array(20_000)
                const encoder = new FrameEncoder(buffer, channels, SCHEMA_ID)
                encoder.begin(0x1234, 0xffff, true)
                for (const row of rows) {
                    let parts = 1
                    while (encoder.addLanes(row.time, row.values, row.qualities) === ROW_UNFINISHED)
                        parts++
                    expect(parts).toBeLessThanOrEqual(Math.ceil((channels + 1) / 2))
                }
                let parts = 1
                let length = encoder.finishStep()
                for (; length === 0; parts++) length = encoder.finishStep()
                expect(parts).toBe(Math.ceil((whole.length - 2) / 256))
                expect(buffer.slice(0, length)).toEqual(whole)
            }),
            { numRuns: 200 }
        )
    })

    it("a row of which only a part was added is not in the frame", () => {
        const buffer = new Uint8Array(2000)
        const encoder = new FrameEncoder(buffer, 32, 1)
        const row = (r: number) => Array.from({ length: 32 }, (_, c) => (r * 7919 + c * c) % 1000)
        const qualities = new Array<number>(32).fill(0)
        encoder.begin(1, 1, true)
        for (let r = 0; r < 20; r++) encoder.add(60 * r, row(r), qualities)
        expect(encoder.addLanes(60 * 20, row(20), qualities)).toBe(ROW_UNFINISHED)
        const frame = decodeFrame(buffer.slice(0, encoder.finish()))
        expect(frame.rows).toBe(20)
        expect(frame.values.slice(19 * 32)).toEqual(row(19))
    })

    it("steady values at a steady rate cost next to nothing", () => {
        const rows = Array.from({ length: 1000 }, (_, i) => ({
            time: 60 * i,
            values: [2100, -5],
            qualities: [0, 0],
        }))
        const [bytes, taken] = encode(rows, 2, 100)
        expect(taken).toBe(1000)
        expect(bytes.length, "B for 2,000 readings").toBeLessThan(60)
    })

    it("refuses more than 32 channels and none at all", () => {
        expect(() => new FrameEncoder(new Uint8Array(100), 33, 0)).toThrow(/1 to 32/)
        expect(() => new FrameEncoder(new Uint8Array(100), 0, 0)).toThrow(/1 to 32/)
    })
})

describe("malformed frames", () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({
        time: 1_700_000_000 + 60 * i,
        values: [2000 + i, -40 * i, 70_000],
        qualities: [0, i % 3 === 0 ? 8 : 0, 0],
    }))
    const [good] = encode(rows, 3, 1000)

    function errorOf(bytes: Uint8Array): FrameError {
        try {
            decodeFrame(bytes)
        } catch (e) {
            if (e instanceof FrameError) return e
            throw e
        }
        throw new Error("was accepted")
    }

    /** What a decoder that knows the frame's schema makes of it. */
    function outcomeOf(bytes: Uint8Array): string {
        try {
            return decodeFrame(bytes).schemaId === SCHEMA_ID ? "taken" : "another schema"
        } catch (e) {
            if (e instanceof FrameError) return e.code
            throw e
        }
    }

    /** Makes the checksum right again, so that the rows themselves are tested. */
    function sealed(bytes: Uint8Array): Uint8Array {
        const end = bytes.length - FRAME_CRC_BYTES
        const crc = crc16(bytes, 0, end, CRC16_START) ^ SCHEMA_ID
        bytes[end] = crc & 0xff
        bytes[end + 1] = crc >> 8
        return bytes
    }

    it("every flipped bit, and every burst of up to 16, is found by who knows the schema", () => {
        expect(outcomeOf(good)).toBe("taken")
        for (let bit = 0; bit < good.length * 8; bit++)
            for (const burst of [1, 3, 0x81, 0x8001, 0xffff]) {
                const bad = Uint8Array.from(good)
                for (let i = 0; i < 16 && bit + i < good.length * 8; i++) {
                    const at = bit + i
                    if (((burst >> i) & 1) !== 0) bad[at >> 3] = bad[at >> 3] ^ (1 << (at & 7))
                }
                expect(outcomeOf(bad), `bit ${bit}, burst ${burst}`).not.toBe("taken")
            }
    })

    it("of all 65,536 endings of a frame one is taken for each schema that is known", () => {
        const [bytes] = encode(rows.slice(0, 1), 3, 100)
        const end = bytes.length - FRAME_CRC_BYTES
        const endings = new Set<number>()
        for (let ending = 0; ending < 65_536; ending++) {
            bytes[end] = ending & 255
            bytes[end + 1] = ending >> 8
            endings.add(decodeFrame(bytes).schemaId)
        }
        expect(endings.size, "each ending is another schema").toBe(65_536)
    })

    it("every truncation is refused, or gives another schema", () => {
        for (let length = 0; length < good.length; length++)
            expect(outcomeOf(good.slice(0, length)), `${length} B`).not.toBe("taken")
    })

    it("unknown versions are named", () => {
        const withByte = (at: number, value: number) => {
            const bad = Uint8Array.from(good)
            bad[at] = value
            return errorOf(sealed(bad)).code
        }
        expect(withByte(0, 0xc0)).toBe("version")
        expect(withByte(0, 0x40), "what only tools/decoder knows").toBe("version")
        expect(withByte(0, 0x00)).toBe("version")
    })

    it("a number of channels above 32 is refused", () => {
        const bad = Uint8Array.from(good)
        // Five zeros, then 00001: 33.
        bad[FRAME_HEADER_BYTES] = 0
        bad[FRAME_HEADER_BYTES + 1] = 0x7f
        expect(errorOf(sealed(bad)).code).toBe("header")
    })

    it("rows that do not end with the frame are refused", () => {
        const withMore = (...more: number[]) =>
            errorOf(sealed(Uint8Array.from([...good.slice(0, -2), ...more, 0, 0]))).code
        expect(withMore(0)).toBe("rows")
        expect(withMore(0, 0, 0, 0, 0, 0)).toBe("rows")
        const last = good.length - FRAME_CRC_BYTES - 1
        const bad = Uint8Array.from(good)
        bad[last] = (bad[last] + 1) & 255
        expect(errorOf(sealed(bad)).code).toBe("rows")
    })

    it("any bytes with a right checksum end in rows or a named error", () => {
        fc.assert(
            fc.property(fc.uint8Array({ minLength: 3, maxLength: 300 }), random => {
                const bytes = new Uint8Array(FRAME_HEADER_BYTES + random.length)
                bytes.set(good.slice(0, FRAME_HEADER_BYTES))
                bytes[0] = 0xa0
                bytes.set(random, FRAME_HEADER_BYTES)
                try {
                    const frame = decodeFrame(sealed(bytes))
                    expect(frame.values.length).toBe(frame.rows * frame.channels)
                } catch (e) {
                    expect(e).toBeInstanceOf(FrameError)
                }
            }),
            { numRuns: 2000 }
        )
    })
})
