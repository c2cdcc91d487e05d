import { describe, expect, it } from "vitest"
import { fuzzDecoder } from "./decoder-fuzz.js"

/** `npm run soak` asks for more. */
const RUNS = Number(process.env["SUITCASE_FUZZ_RUNS"] ?? 200_000)
const SEED = Number(process.env["SUITCASE_FUZZ_SEED"] ?? 1)

describe("the frame decoder under fuzzing", () => {
    it(
        `ends every one of ${RUNS.toLocaleString("en")} damaged and random inputs in rows or a named error`,
        { timeout: 60_000 + RUNS },
        () => {
            const result = fuzzDecoder(RUNS, SEED)
            const refused = [...result.refused.values()].reduce((a, b) => a + b, 0)
            expect(result.decoded + refused).toBe(RUNS)
            // Both ends are reached: the check value alone does not keep everything out.
            expect(result.decoded).toBeGreaterThan(RUNS / 100)
            expect([...result.refused.keys()]).toEqual(
                expect.arrayContaining(["crc", "too-short", "version"])
            )
            expect(result.slowestMs, "ms for the slowest input").toBeLessThan(1000)
        }
    )
})
