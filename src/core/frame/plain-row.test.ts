import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { FIRST_GAP } from "../quality.js"
import { PLAIN_ROW_MOST_BYTES, PlainRow, getPlainRow, putPlainRow } from "./plain-row.js"

const u16 = fc.integer({ min: 0, max: 65535 })
const cells = fc.array(
    fc.record({
        value: fc.oneof(
            fc.integer({ min: -2147483648, max: 2147483647 }),
            fc.constantFrom(-2147483648, 2147483647, -1, 0, 1)
        ),
        quality: fc.integer({ min: 0, max: 15 }),
    }),
    { minLength: 1, maxLength: 32 }
)

function frameOf(channels: number): PlainRow {
    const row = new PlainRow()
    row.channels = channels
    return row
}

describe("a plain row", () => {
    it("gives back what was put in, gaps without their value", () => {
        fc.assert(
            fc.property(
                cells,
                u16,
                u16,
                u16,
                fc.integer({ min: 0, max: 4294967295 }),
                fc.boolean(),
                (row, schemaId, bootId, sequence, time, unixTime) => {
                    const frame = Object.assign(frameOf(row.length), {
                        unixTime,
                        schemaId,
                        bootId,
                        sequence,
                    })
                    const bytes = Buffer.alloc(PLAIN_ROW_MOST_BYTES)
                    const values = row.map(cell => cell.value)
                    const qualities = row.map(cell => cell.quality)
                    const length = putPlainRow(bytes, frame, time, values, qualities)
                    const read = new PlainRow()
                    expect(getPlainRow(bytes, 0, length, read)).toBe(true)
                    expect(read).toMatchObject({
                        unixTime,
                        schemaId,
                        bootId,
                        sequence,
                        time,
                        channels: row.length,
                    })
                    expect(read.qualities.slice(0, row.length)).toEqual(qualities)
                    expect(read.values.slice(0, row.length)).toEqual(
                        row.map(cell => (cell.quality >= FIRST_GAP ? 0 : cell.value))
                    )
                }
            ),
            { seed: 1, numRuns: 500 }
        )
    })

    it("needs at most its stated length, with 32 channels of the longest values", () => {
        const bytes = Buffer.alloc(PLAIN_ROW_MOST_BYTES)
        const length = putPlainRow(
            bytes,
            frameOf(32),
            4294967295,
            Array<number>(32).fill(-2147483648),
            Array<number>(32).fill(0)
        )
        expect(length, "B").toBe(PLAIN_ROW_MOST_BYTES)
    })

    it("takes 21 bytes for a room: 4 channels", () => {
        const bytes = Buffer.alloc(PLAIN_ROW_MOST_BYTES)
        const length = putPlainRow(
            bytes,
            frameOf(4),
            1768435200,
            [2155, 2857, 549, 1233],
            [0, 0, 0, 0]
        )
        expect(length, "B").toBe(21)
    })

    it("refuses every cut of itself, and bytes behind its end", () => {
        const bytes = Buffer.alloc(PLAIN_ROW_MOST_BYTES)
        const length = putPlainRow(bytes, frameOf(3), 7, [-1, 100_000, 5], [0, 0, 0])
        for (let cut = 0; cut < length; cut++)
            expect(getPlainRow(bytes, 0, cut, new PlainRow()), `${cut} of ${length} B`).toBe(false)
        expect(getPlainRow(bytes, 0, length + 1, new PlainRow())).toBe(false)
    })

    it("refuses a number that does not end, without leaving its bytes", () => {
        const bytes = Buffer.alloc(40, 0xff)
        bytes[0] = 0
        bytes[11] = 0
        expect(getPlainRow(bytes, 0, 40, new PlainRow())).toBe(false)
    })
})
