/** Corrections against double precision and exact arithmetic, at limits and with hostile records. */
import { describe, expect, it } from "vitest"
import { SeededRandom } from "../../../sim/time/random.js"
import {
    RecordFormatError,
    readRecord,
    recordId,
    writeRecord,
} from "../../../tools/calibration/record.js"
import type { CalibrationRecord, CorrectionTerms } from "../../../tools/calibration/record.js"
import { INT32_MAX, INT32_MIN, saturate32 } from "../fixed.js"
import { MAX_RECORD_BYTES, getNodeRecord } from "./record.js"

const FIELDS = {
    channel: "co2",
    part: "Sensirion SCD4x",
    identity: "serial 5f0c3a119e3b",
    points: 2,
    uncertainty: 31.234,
    reference: "Testo 535",
    certificate: "DANAK 2026-0412",
    technician: "mette",
    date: 1_790_000_000,
    validUntil: 1_820_000_000,
    temperature: 21.25,
    previous: 0,
}

const record = (correction: CorrectionTerms, more: Partial<CalibrationRecord> = {}) => ({
    ...FIELDS,
    correction,
    ...more,
})
/** As nodes do it, for a channel whose range is all of int32. */
function compute(correction: CorrectionTerms) {
    const { compute: made } = readRecord(writeRecord(record(correction)))
    return {
        apply: (raw: number) => saturate32(made.apply(raw)),
        isMonotonic: (min: number, max: number) => made.isMonotonic(min, max),
    }
}

/** value = mantissa × 2^−exponent */
const coefficient = (mantissa: number, exponent: number) => ({ mantissa, exponent })

describe("a correction", () => {
    it.each([
        ["offset", { origin: 0, coefficients: [coefficient(-5, 1)] }, 10, 8],
        ["offset", { origin: 0, coefficients: [coefficient(-5, 1)] }, -10, -13],
        ["offset", { origin: 0, coefficients: [coefficient(INT32_MAX, 0)] }, INT32_MAX, INT32_MAX],
        ["offset", { origin: 0, coefficients: [coefficient(INT32_MIN, 0)] }, INT32_MIN, INT32_MIN],
        [
            "linear",
            { origin: 400, coefficients: [coefficient(412, 0), coefficient(3, 1)] },
            402,
            415,
        ],
        [
            "linear",
            { origin: 400, coefficients: [coefficient(412, 0), coefficient(3, 1)] },
            401,
            414,
        ],
        ["linear", { origin: 0, coefficients: [coefficient(0, 0), coefficient(3, 1)] }, -1, -2],
    ] as const)(
        "of the method %s %j makes %d %d, halves away from zero",
        (method, terms, raw, to) => {
            expect(compute({ method, ...terms }).apply(raw)).toBe(to)
        }
    )

    it("that is piecewise passes through its points and goes straight on beyond both ends", () => {
        const table = [[-100, -50], [0, 0], [1000, 900], [16_000_000, 16_000_900]] as const // prettier-ignore
        const { apply } = bound(compute({ method: "piecewise", table }))
        for (const [raw, corrected] of table) expect(apply(raw)).toBe(corrected)
        expect([apply(-300), apply(500), apply(-101)]).toEqual([-150, 450, -51])
        expect(apply(INT32_MIN)).toBe(-1_073_741_824)
    })

    it("saturates at the ends of int32, and gives no −0", () => {
        const steep = compute({
            method: "linear",
            origin: 0,
            coefficients: [coefficient(0, 0), coefficient(2_000_000_000, 0)],
        })
        expect([steep.apply(2), steep.apply(-2)]).toEqual([INT32_MAX, INT32_MIN])
        const flat = compute({
            method: "linear",
            origin: 0,
            coefficients: [coefficient(0, 0), coefficient(1, 2)],
        })
        expect(Object.is(flat.apply(-1), -0)).toBe(false)
    })

    it("is at most half a unit off exact arithmetic, for 5,000 random polynomials and readings", () => {
        const random = new SeededRandom("polynomials")
        for (let i = 0; i < 5_000; i++) {
            const degree = 1 + (random.uint32() % 3)
            const exponents = [8, 24, 40, 56]
            const coefficients = Array.from({ length: degree + 1 }, (_, k) =>
                coefficient((random.uint32() | 0) >> (random.uint32() % 24), exponents[k])
            )
            const origin = (random.uint32() | 0) >> 12
            const raw = origin + ((random.uint32() | 0) >> (12 + (random.uint32() % 16)))
            const method = degree === 1 ? "linear" : "polynomial"
            const value = compute({ method, origin, coefficients }).apply(raw)
            // In units of 2^−60, exact.
            const t = BigInt(raw - origin)
            let exact = 0n
            coefficients.forEach(({ mantissa, exponent }, k) => {
                exact += (BigInt(mantissa) << BigInt(60 - exponent)) * t ** BigInt(k)
            })
            const limit = (v: bigint) => {
                const most = BigInt(INT32_MAX) << 60n
                const least = BigInt(INT32_MIN) << 60n
                return v > most ? most : v < least ? least : v
            }
            const off = (BigInt(value) << 60n) - limit(exact)
            const magnitude = off < 0n ? -off : off
            // Double precision itself is exact to 2^−20 of a unit here.
            expect(magnitude <= (1n << 59n) + (1n << 40n), `${i}: ${value}`).toBe(true)
        }
    })

    it("by a table is the exact quotient, rounded once, for 5,000 random tables and readings", () => {
        const random = new SeededRandom("tables")
        for (let i = 0; i < 5_000; i++) {
            const [x0, x1] = sorted((random.uint32() | 0) >> 9, (random.uint32() | 0) >> 9)
            const [y0, y1] = sorted((random.uint32() | 0) >> 9, (random.uint32() | 0) >> 9)
            if (x0 === x1) continue
            const table = [[x0, y0], [x1, y1]] as const // prettier-ignore
            const raw = (random.uint32() | 0) >> 8
            const value = compute({ method: "piecewise", table }).apply(raw)
            const run = BigInt(x1 - x0)
            const rise = BigInt(raw - x0) * BigInt(y1 - y0)
            const half =
                rise < 0n ? -(-2n * rise + run) / (2n * run) : (2n * rise + run) / (2n * run)
            const exact = Number(BigInt(y0) + half)
            expect(value).toBe(Math.min(Math.max(exact, INT32_MIN), INT32_MAX))
        }
    })

    it("tells whether it rises over a range", () => {
        const falling = compute({
            method: "polynomial",
            origin: 0,
            coefficients: [coefficient(0, 0), coefficient(1, 0), coefficient(-1, 10)],
        })
        expect(falling.isMonotonic(0, 500)).toBe(true)
        expect(falling.isMonotonic(0, 1000)).toBe(false)
        expect(compute({ method: "offset", origin: 0, coefficients: [coefficient(7, 0)] }).isMonotonic(INT32_MIN, INT32_MAX)).toBe(true) // prettier-ignore
    })
})

describe("a calibration record", () => {
    const linear = {
        method: "linear" as const,
        origin: 400,
        coefficients: [coefficient(398, 0), coefficient(1_010_580_541, 30)],
    }

    it("comes back as it was written, whatever its method, in at most 200 B", () => {
        const terms: CorrectionTerms[] = [
            linear,
            { method: "offset", origin: 0, coefficients: [coefficient(-12, 3)] },
            {
                method: "polynomial",
                origin: 9,
                coefficients: [1, 2, 3, 4].map(n => coefficient(n, n)),
            },
            {
                method: "piecewise",
                table: Array.from(
                    { length: 16 },
                    (_, i) => [i * 2500 - 4000, i * 2511 - 3900] as const
                ),
            },
        ]
        for (const correction of terms) {
            const bytes = writeRecord(record(correction))
            expect(bytes.length).toBeLessThanOrEqual(MAX_RECORD_BYTES)
            const { id, ...back } = readRecord(bytes)
            expect(back).toMatchObject(record(correction, { uncertainty: 31.24 }))
            expect(id).toBe(recordId(bytes))
        }
    })

    it("has another id when anything in it is another", () => {
        const ids = [
            {},
            { date: FIELDS.date + 1 },
            { technician: "bent" },
            { previous: 5 },
            { validUntil: undefined },
            { temperature: undefined },
        ].map(more => recordId(writeRecord(record(linear, more))))
        expect(new Set(ids).size).toBe(ids.length)
    })

    it("is refused when any of its bits is flipped, or when it is cut", () => {
        const bytes = writeRecord(record(linear))
        for (let bit = 0; bit < 8 * bytes.length; bit++) {
            const damaged = Uint8Array.from(bytes)
            damaged[bit >> 3] ^= 1 << (bit & 7)
            expect(getNodeRecord(Buffer.from(damaged)), `bit ${bit}`).toBeUndefined()
        }
        for (let length = 0; length < bytes.length; length++)
            expect(getNodeRecord(Buffer.from(bytes.slice(0, length)))).toBeUndefined()
        expect(() => readRecord(Buffer.alloc(60))).toThrow(RecordFormatError)
    })

    it("keeps the names that people in Denmark have", () => {
        const names = { technician: "Søren Mørch", reference: "Ærø 5 µg/m³", certificate: "Å-7" }
        const read = readRecord(writeRecord(record(linear, names)))
        expect(read).toMatchObject(names)
    })

    it.each([
        [{ technician: "a\u0007b" }, /technician must be a line of text/],
        [{ identity: "Ø1" }, /identity must be plain ASCII/],
        [{ reference: "x".repeat(150) }, /too many: shorten/],
        [{ points: 256 }, /points must be/],
        [{ date: 0 }, /date must be/],
    ])("cannot be written with %j", (more, message) => {
        expect(() => writeRecord(record(linear, more))).toThrow(message)
    })

    it.each([
        [[[0, 0]]],
        [
            [
                [0, 0],
                [0, 5],
            ],
        ],
        [
            [
                [0, 5],
                [10, 4],
            ],
        ],
        [
            [
                [10, 0],
                [5, 4],
            ],
        ],
        [
            [
                [INT32_MIN, 0],
                [INT32_MAX, 4],
            ],
        ],
    ] as [number, number][][][])("cannot be written with the table %j", table => {
        // prettier-ignore
        expect(() => writeRecord(record({ method: "piecewise", table }))).toThrow(RecordFormatError)
    })

    it("of 20,000 random contents with a right checksum is read, or refused, without an exception", () => {
        const random = new SeededRandom("records")
        const good = writeRecord(record(linear))
        let taken = 0
        for (let i = 0; i < 20_000; i++) {
            const bytes = Buffer.from(good)
            for (let n = random.uint32() % 6; n >= 0; n--)
                bytes[random.uint32() % (bytes.length - 4)] = random.uint32()
            seal(bytes)
            const node = getNodeRecord(bytes)
            if (node === undefined) continue
            taken++
            const value = node.correction.apply((random.uint32() | 0) >> (random.uint32() % 30))
            expect(Number.isInteger(value)).toBe(true)
        }
        expect(taken).toBeGreaterThan(500)
    })
})

/** Ends bytes with their CRC-32, as whoever wants to do harm can. */
function seal(bytes: Buffer): void {
    const table = (n: number) => {
        let c = n
        for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
        return c
    }
    let crc = -1
    for (const byte of bytes.subarray(0, -4)) crc = (crc >>> 8) ^ table((crc ^ byte) & 255)
    bytes.writeUInt32LE(~crc >>> 0, bytes.length - 4)
}

function sorted(a: number, b: number): [number, number] {
    return a < b ? [a, b] : [b, a]
}

function bound(correction: { apply(raw: number): number }) {
    return { apply: (raw: number) => correction.apply(raw) }
}
