import { describe, expect, it } from "vitest"
import { fuzzDecoder } from "./decoder-fuzz.js"

/** `npm run soak` asks for more. */
const RUNS = Number(process.env["SUITCASE_FUZZ_RUNS"] ?? 10_000)
const SEED = Number(process.env["SUITCASE_FUZZ_SEED"] ?? 1)
/** What the inputs are like is measured on these, whatever the soak asks for. */
const SAMPLE_RUNS = 1000
const SAMPLE_SEED = 1

describe("the frame decoder under fuzzing", () => {
    it(
        `ends every one of ${RUNS.toLocaleString("en")} damaged and random inputs in rows or a named error`,
        { timeout: 60_000 + RUNS },
        () => {
            if (!(RUNS > 0)) throw new RangeError(`SUITCASE_FUZZ_RUNS must be above 0, got ${RUNS}`)
            const result = fuzzDecoder(RUNS, SEED)
            const refused = [...result.refused.values()].reduce((a, b) => a + b, 0)
            expect(result.decoded + refused).toBe(RUNS)
            expect(result.slowestCpuMs, "ms of CPU for the slowest input").toBeLessThan(1000)
        }
    )

    it("is fed inputs that reach both ends: the CRC alone does not keep everything out", () => {
        const result = fuzzDecoder(SAMPLE_RUNS, SAMPLE_SEED)
        expect(result.decoded).toBeGreaterThan(SAMPLE_RUNS / 100)
        expect([...result.refused.keys()]).toEqual(
            expect.arrayContaining(["crc", "too-short", "version"])
        )
    })
})
