import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { getU16, getU32, putU16, putU32, unzigzag, zigzag } from "./bytes.js"
import { decimals, toUnit, type Channel } from "./channel.js"
import { CRC16_START, crc16, crc8, oneWireCrc, packetErrorCode } from "./crc.js"
import { crc32 } from "./crc32.js"
import {
    INT32_MAX,
    INT32_MIN,
    addSat,
    divRound,
    isSaturated,
    isqrt,
    medianInPlace,
    mulDiv,
    qDiv,
    qMul,
    saturate32,
} from "./fixed.js"
import { QUALITY_ABSENT, QUALITY_CRC, QUALITY_OK, QUALITY_SATURATED, isGap } from "./quality.js"
import { Sampler } from "./sampling/sampler.js"
import { qualityName } from "./quality-names.js"
import { schemaText } from "./schema.js"

const int32 = fc.oneof(
    fc.integer({ min: INT32_MIN, max: INT32_MAX }),
    fc.constantFrom(INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX - 1, INT32_MAX)
)

/** Nearest integer, halves away from zero, in exact arithmetic. */
function exactDivRound(numerator: bigint, denominator: bigint): bigint {
    const magnitude = numerator < 0n ? -numerator : numerator
    const rounded = (2n * magnitude + denominator) / (2n * denominator)
    return numerator < 0n ? -rounded : rounded
}

describe("bytes", () => {
    it("zigzag maps every int32 to a uint32 and back, small magnitudes to small codes", () => {
        expect([0, -1, 1, -2, 2].map(zigzag)).toEqual([0, 1, 2, 3, 4])
        fc.assert(fc.property(int32, value => unzigzag(zigzag(value)) === value))
        expect(zigzag(INT32_MIN)).toBe(4294967295)
    })

    it("16- and 32-bit numbers survive little-endian storage", () => {
        const bytes = [0, 0, 0, 0]
        fc.assert(
            fc.property(fc.nat(0xffff), fc.nat(0xffffffff), (short, long) => {
                putU16(bytes, 1, short)
                expect(getU16(bytes, 1)).toBe(short)
                putU32(bytes, 0, long)
                expect(getU32(bytes, 0)).toBe(long)
            })
        )
        putU32(bytes, 0, 0x12345678)
        expect(bytes).toEqual([0x78, 0x56, 0x34, 0x12])
    })
})

describe("checksums", () => {
    it("crc16 of 123456789 is 0x29B1, in one piece and in two", () => {
        const text = Buffer.from("123456789")
        expect(crc16(text, 0, 9, CRC16_START)).toBe(0x29b1)
        expect(crc16(text, 4, 9, crc16(text, 0, 4, CRC16_START))).toBe(0x29b1)
    })

    function bitwise(bytes: Uint8Array): number {
        let crc = -1
        for (const byte of bytes) {
            crc ^= byte
            for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (-(crc & 1) & 0xedb88320)
        }
        return ~crc
    }

    it("crc32 of 123456789 is 0xCBF43926, in one piece and in two, and as bit by bit", () => {
        const text = Buffer.from("123456789")
        expect(crc32(text, 0, 9, 0) >>> 0).toBe(0xcbf43926)
        expect(crc32(text, 4, 9, crc32(text, 0, 4, 0)) >>> 0).toBe(0xcbf43926)
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
                expect(crc32(bytes, 0, bytes.length, 0)).toBe(bitwise(bytes))
            })
        )
    })

    it("crc8 of 0xBEEF is 0x92, as Sensirion's datasheets say", () => {
        expect(crc8([0xbe, 0xef], 0, 2)).toBe(0x92)
    })

    it("oneWireCrc gives the checksums of Maxim's application note 27 and of a DS18B20's scratchpad", () => {
        expect(oneWireCrc([0x02, 0x1c, 0xb8, 0x01, 0, 0, 0], 0, 7)).toBe(0xa2)
        const scratchpad = [0x92, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10]
        expect(oneWireCrc(scratchpad, 0, 8)).toBe(0xb5)
        expect(oneWireCrc([0xff, ...scratchpad], 1, 9)).toBe(0xb5)
    })

    it("packetErrorCode gives the checksum of the catalogue and of Melexis' examples", () => {
        const digits = [...Buffer.from("123456789")]
        expect(packetErrorCode(digits, digits.length)).toBe(0xf4)
        expect(packetErrorCode([0xb4, 0x07, 0xb5, 0xd2, 0x3a], 5)).toBe(0x30)
        // Application note 390119061402, page 19: an address is erased and written.
        expect(packetErrorCode([0x00, 0x2e, 0x00, 0x00], 4)).toBe(0x6f)
        expect(packetErrorCode([0x00, 0x2e, 0x5a, 0x00], 4)).toBe(0xe1)
    })
})

describe("fixed point", () => {
    it("divRound rounds halves away from zero", () => {
        expect([7, -7, 5, -5, 1, -1, 0].map(n => divRound(n, 2))).toEqual([4, -4, 3, -3, 1, -1, 0])
        expect(Object.is(divRound(-1, 4), 0), "no negative zero").toBe(true)
    })

    it("divRound equals exact arithmetic for |numerator| < 2⁵¹ and any int32 denominator", () => {
        const numerator = fc.bigInt({ min: -(2n ** 51n) + 1n, max: 2n ** 51n - 1n })
        fc.assert(
            fc.property(numerator, fc.integer({ min: 1, max: INT32_MAX }), (n, d) => {
                expect(BigInt(divRound(Number(n), d))).toBe(exactDivRound(n, BigInt(d)))
            }),
            { numRuns: 2000 }
        )
    })

    function limited(exact: bigint): bigint {
        if (exact > BigInt(INT32_MAX)) return BigInt(INT32_MAX)
        return exact < BigInt(INT32_MIN) ? BigInt(INT32_MIN) : exact
    }

    it("mulDiv equals exact arithmetic for any two int32 and any divisor, saturated", () => {
        const divisor = fc.oneof(fc.integer({ min: 1, max: INT32_MAX }), fc.constantFrom(1, 2, 3))
        fc.assert(
            fc.property(int32, int32, divisor, (value, numerator, denominator) => {
                const exact = exactDivRound(BigInt(value) * BigInt(numerator), BigInt(denominator))
                expect(BigInt(mulDiv(value, numerator, denominator))).toBe(limited(exact))
            }),
            { numRuns: 5000 }
        )
        expect(Object.is(mulDiv(-1, 1, 4), 0), "no negative zero").toBe(true)
    })

    it("qMul and qDiv equal exact arithmetic at every position of the point", () => {
        fc.assert(
            fc.property(int32, int32, fc.nat(30), (a, b, fraction) => {
                const one = 1n << BigInt(fraction)
                expect(BigInt(qMul(a, b, fraction))).toBe(
                    limited(exactDivRound(BigInt(a) * BigInt(b), one))
                )
                if (b === 0) return
                const sign = b < 0 ? -1n : 1n
                expect(BigInt(qDiv(a, b, fraction))).toBe(
                    limited(exactDivRound(sign * BigInt(a) * one, sign * BigInt(b)))
                )
            }),
            { numRuns: 5000 }
        )
        expect([qDiv(5, 0, 8), qDiv(-5, 0, 8), qDiv(0, 0, 8)]).toEqual([INT32_MAX, INT32_MIN, 0])
    })

    it("addSat stops at the ends and isSaturated tells", () => {
        fc.assert(
            fc.property(int32, int32, (a, b) => {
                expect(BigInt(addSat(a, b))).toBe(limited(BigInt(a) + BigInt(b)))
            })
        )
        expect([INT32_MAX, INT32_MIN, 0, INT32_MAX - 1].map(isSaturated)).toEqual([
            true,
            true,
            false,
            false,
        ])
    })

    it("isqrt is exact up to 2⁵³ − 1", () => {
        fc.assert(
            fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }), value => {
                const root = BigInt(isqrt(Number(value)))
                expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true)
            })
        )
        expect([0, 1, 2, 3, 4, 2 ** 52, 2 ** 53 - 1].map(isqrt)).toEqual([
            0, 1, 1, 1, 2, 67108864, 94906265,
        ])
    })

    it("saturate32 limits both ends", () => {
        expect([2 ** 31, -(2 ** 31) - 1, 5].map(saturate32)).toEqual([INT32_MAX, INT32_MIN, 5])
    })

    it("medianInPlace gives the middle of an odd count and the lower middle of an even one", () => {
        fc.assert(
            fc.property(fc.array(int32, { minLength: 1, maxLength: 40 }), values => {
                const sorted = [...values].sort((a, b) => a - b)
                expect(medianInPlace([...values], values.length)).toBe(
                    sorted[(values.length - 1) >> 1]
                )
            })
        )
    })
})

describe("sampler", () => {
    it("means round halves away from zero, below zero too", () => {
        const sampler = new Sampler("mean", 4)
        for (const value of [-1, -2]) sampler.add(value, QUALITY_OK)
        sampler.close()
        expect([sampler.value, sampler.quality]).toEqual([-2, QUALITY_OK])
    })

    it("a median ignores one wild sample", () => {
        const sampler = new Sampler("median", 5)
        for (const value of [2101, 2099, INT32_MAX, 2100, 2102]) sampler.add(value, QUALITY_OK)
        sampler.close()
        expect(sampler.value).toBe(2101)
    })

    it("leaves gaps out while there is a value and keeps the worst quality that has one", () => {
        const sampler = new Sampler("mean", 4)
        sampler.add(10, QUALITY_OK)
        sampler.add(999, QUALITY_CRC)
        sampler.add(20, QUALITY_SATURATED)
        sampler.close()
        expect([sampler.value, sampler.quality]).toEqual([15, QUALITY_SATURATED])
    })

    it("an interval of gaps is a gap with the latest reason, and the next one starts afresh", () => {
        const sampler = new Sampler("last", 1)
        sampler.add(0, QUALITY_CRC)
        sampler.add(0, QUALITY_ABSENT)
        sampler.close()
        expect(sampler.quality).toBe(QUALITY_ABSENT)
        sampler.add(7, QUALITY_OK)
        sampler.close()
        expect([sampler.value, sampler.quality]).toEqual([7, QUALITY_OK])
    })

    it("forgets the quality of the interval before", () => {
        const sampler = new Sampler("mean", 2)
        sampler.add(1, QUALITY_SATURATED)
        sampler.close()
        sampler.add(1, QUALITY_OK)
        sampler.close()
        expect(sampler.quality).toBe(QUALITY_OK)
    })

    it("takes no more samples than its capacity, those that came first", () => {
        const sampler = new Sampler("mean", 2)
        for (const value of [10, 20, 900]) sampler.add(value, QUALITY_OK)
        sampler.close()
        expect(sampler.value).toBe(15)
    })

    it("refuses a capacity it cannot hold", () => {
        expect(() => new Sampler("mean", 0)).toThrow(/1 to 256/)
    })
})

describe("channels and qualities", () => {
    const channel: Channel = {
        name: "illuminance",
        quantity: "illuminance",
        unit: "lx",
        unitCode: "LUX",
        scaleNumerator: 1,
        scaleDenominator: 10,
        min: 0,
        max: 546125,
    }

    it("a reading of 1234 at a scale of 1/10 is 123.4 lx with one decimal", () => {
        expect(toUnit(channel, 1234)).toBe(123.4)
        expect(decimals(channel)).toBe(1)
        expect(decimals({ ...channel, scaleDenominator: 1 })).toBe(0)
        expect(decimals({ ...channel, scaleDenominator: 16 })).toBe(4)
    })

    it("gaps have a reason in words", () => {
        expect(isGap(QUALITY_SATURATED)).toBe(false)
        expect(isGap(QUALITY_ABSENT)).toBe(true)
        expect(qualityName(QUALITY_ABSENT)).toBe("absent")
        expect(qualityName(99)).toBe("unknown (99)")
    })

    it("the schema record is JSON with everything a decoder needs", () => {
        const text = schemaText("test", 1000, [{ channel, part: "ROHM BH1750" }])
        expect(JSON.parse(text)).toEqual({
            v: 1,
            app: "test",
            tick: 1000,
            channels: [
                {
                    name: "illuminance",
                    quantity: "illuminance",
                    unit: "lx",
                    unitCode: "LUX",
                    scale: [1, 10],
                    min: 0,
                    max: 546125,
                    part: "ROHM BH1750",
                },
            ],
        })
    })

    it("refuses names that would break the schema's JSON", () => {
        for (const app of ['a"b', "a\\b", "æ", "a\n"])
            expect(() => schemaText(app, 1000, [])).toThrow(/ASCII/)
    })
})
