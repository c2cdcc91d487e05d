import { describe, expect, it } from "vitest"
import { compile } from "./compile.js"
import { longCalls } from "./call-limits.js"

describe("calls with more arguments than the compiler takes", () => {
    it("are found with their line, whatever brackets, texts and comments are around them", () => {
        const source = [
            'f("(", 2, [3, 4, 5, 6, 7, 8, 9, 10])',
            "// f(1, 2, 3, 4, 5, 6, 7, 8, 9)",
            "g(`${h(1, 2, 3, 4, 5, 6, 7, 8, 9)}`)",
            "new Point(",
            "    1, 2, 3, 4, 5, 6, 7, 8, { x: 9, y: 10 },",
            ")",
            "f(1, 2, 3, 4, 5, 6, 7, 8)",
            "f(1, 2, 3, 4, 5, 6, 7, ...[8, 9], 10)",
        ].join("\n")
        expect(longCalls(source)).toEqual([
            { line: 3, arguments: 9 },
            { line: 4, arguments: 9 },
        ])
    })

    it("are named instead of the compiler's own words", () => {
        const source =
            "function sum(...parts: number[]) { return parts.length }\n\n" +
            "console.log(sum(1, 2, 3, 4, 5, 6, 7, 8, 9))\n"
        expect(() => compile("devs/long-call.ts", { source })).toThrow(
            "devs/long-call.ts:3: a call with 9 arguments; DeviceScript takes 8 at most."
        )
    })
})
