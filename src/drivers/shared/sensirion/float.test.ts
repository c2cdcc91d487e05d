import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compile } from "../../../../sim/program/compile.js"
import { World } from "../../../../sim/world/world.js"
import { INT32_MAX } from "../../../core/fixed.js"
import { floatWords } from "./word-model.js"
import { FLOAT_INVALID, floatToScaled } from "./float.js"

function numberOf(high: number, low: number): number {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt16BE(high, 0)
    bytes.writeUInt16BE(low, 2)
    return bytes.readFloatBE(0)
}

/** In double precision, in which each step is exact. */
function reference(high: number, low: number, scale: number): number {
    const value = numberOf(high, low)
    if (!Number.isFinite(value)) return FLOAT_INVALID
    const exact = Math.abs(value) * scale
    // Math.round's sum would round 0.49999999999999994 up.
    const floor = Math.floor(exact)
    const magnitude = Math.min(INT32_MAX, exact - floor >= 0.5 ? floor + 1 : floor)
    return value < 0 ? 0 - magnitude : magnitude
}

const word = fc.integer({ min: 0, max: 65535 })
const scale = fc.oneof(fc.constantFrom(1, 10, 100, 1000), fc.integer({ min: 1, max: 1 << 20 }))

describe("float words", () => {
    it("gives the example of an SCD30: 439 ppm, 27.2 °C, 48.8 %RH", () => {
        // "Interface Description Sensirion SCD30", version 1.0, section 1.4.5
        expect(floatToScaled(0x43db, 0x8c2e, 100)).toBe(43910)
        expect(floatToScaled(0x41d9, 0xe7ff, 100)).toBe(2724)
        expect(floatToScaled(0x4243, 0x3a1b, 100)).toBe(4881)
    })

    it("rounds halves away from zero, in either sign, and has no negative zero", () => {
        for (const [value, by, expected] of [
            [0.25, 10, 3],
            [-0.25, 10, -3],
            [0.5, 1, 1],
            [-0.5, 1, -1],
            [0.499999, 1, 0],
            [-0.499999, 1, 0],
            [-0, 1000, 0],
            [1e-30, 1 << 20, 0],
            [1e-45, 1 << 20, 0],
            [65535, 1, 65535],
        ])
            expect(floatToScaled(...floatWords(value), by), `${value} × ${by}`).toBe(expected)
    })

    it("saturates beyond int32 and marks what is no number", () => {
        expect(floatToScaled(...floatWords(2147483648), 1)).toBe(INT32_MAX)
        expect(floatToScaled(...floatWords(-3e38), 1)).toBe(-INT32_MAX)
        expect(floatToScaled(...floatWords(3e9), 1000)).toBe(INT32_MAX)
        for (const value of [Infinity, -Infinity, NaN])
            expect(floatToScaled(...floatWords(value), 1), `${value}`).toBe(FLOAT_INVALID)
    })

    it("is the correctly rounded product for every sign, exponent and mantissa's edge", () => {
        for (let high = 0; high < 65536; high++)
            for (const low of [0, 1, 0x7fff, 0x8000, 0xffff])
                for (const by of [1, 10, 1000])
                    if (floatToScaled(high, low, by) !== reference(high, low, by))
                        expect.fail(
                            `0x${high.toString(16)} 0x${low.toString(16)} × ${by}: ${floatToScaled(high, low, by)} instead of ${reference(high, low, by)}`
                        )
    })

    it("is the correctly rounded product for any words and scale", () => {
        fc.assert(
            fc.property(word, word, scale, (high, low, by) => {
                expect(floatToScaled(high, low, by)).toBe(reference(high, low, by))
            }),
            { numRuns: 20_000, seed: 30 }
        )
    })

    it("is the same on the board's arithmetic as in Node", async () => {
        const world = new World()
        const node = world.addNode({
            program: compile("devs/float-words.ts", { source: DIGEST_ON_THE_VM }),
        })
        let digest: number | undefined
        node.onConsole = line => {
            const match = /^DIGEST (-?\d+)$/.exec(line)
            if (match !== null) digest = Number(match[1])
        }
        expect(await world.runUntil(() => digest !== undefined, 600_000)).toBe(true)
        expect(digest).toBe(digestHere())
    })
})

/** All high words, low words as they come from a generator, three scales. */
function digestHere(): number {
    let digest = 1
    let low = 1
    for (let high = 0; high < 65536; high++) {
        low = (Math.imul(low, 25173) + 13849) & 0xffff
        for (const by of [1, 10, 1000])
            digest = (Math.imul(digest, 31) + floatToScaled(high, low, by)) | 0
    }
    return digest
}

const DIGEST_ON_THE_VM = `import * as ds from "@devicescript/core"
import { floatToScaled } from "../src/drivers/shared/sensirion/float.js"

let digest = 1
let low = 1
for (let high = 0; high < 65536; high++) {
    low = (Math.imul(low, 25173) + 13849) & 0xffff
    digest = (Math.imul(digest, 31) + floatToScaled(high, low, 1)) | 0
    digest = (Math.imul(digest, 31) + floatToScaled(high, low, 10)) | 0
    digest = (Math.imul(digest, 31) + floatToScaled(high, low, 1000)) | 0
    if ((high & 255) === 0) await ds.sleep(1)
}
console.log("DIGEST " + digest)
`
