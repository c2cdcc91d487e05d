/** The boards' encoder is made from the row coder: it is the one that was made last, and codes the same. */
import { readFileSync } from "node:fs"
import { runInNewContext } from "node:vm"
import fc from "fast-check"
import ts from "typescript"
import { describe, expect, it } from "vitest"
import { formatted } from "../../tools/scripts/codec/formatted.js"
import { ROW_ENCODER, rowEncoderModule, specialise } from "../../tools/scripts/codec/row-encoder.js"
import { withSharedVariables } from "../../tools/scripts/codec/specialise/share.js"
import { parse, print } from "../../tools/scripts/codec/specialise/syntax.js"
import { RowEncoder } from "../../src/core/frame/row-encoder.js"
import { ROW_FULL, ROW_PART, RowCoder } from "../../src/core/frame/rows.js"
import { TABLES } from "../../src/core/frame/tables.js"

interface Row {
    readonly time: number
    readonly values: number[]
    readonly qualities: number[]
}

const int32 = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -200, max: 200 }) },
    { weight: 2, arbitrary: fc.integer({ min: -50, max: 50 }).map(n => n * 10) },
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0)
)
const frame = fc.integer({ min: 1, max: 32 }).chain(channels =>
    fc.record({
        channels: fc.constant(channels),
        limit: fc.integer({ min: 3, max: 1500 }),
        lanes: fc.integer({ min: 1, max: 33 }),
        rows: fc.array(
            fc.record({
                time: fc.oneof(
                    fc.nat({ max: 600 }).map(n => n * 60),
                    fc.integer({ min: 0, max: 2 ** 32 - 1 })
                ),
                values: fc.array(int32, { minLength: channels, maxLength: channels }),
                qualities: fc.array(
                    fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat({ max: 15 })),
                    {
                        minLength: channels,
                        maxLength: channels,
                    }
                ),
            }),
            { minLength: 1, maxLength: 40 }
        ),
    })
)

/** What each call gave, and the bytes at the end; the rows are left alone. */
function run(
    coder: RowCoder | RowEncoder,
    buffer: Uint8Array,
    rows: readonly Row[],
    lanes: number
) {
    const steps: number[] = []
    // The second frame finds what the first one left behind.
    for (let pass = 0; pass < 2; pass++) {
        coder.begin(0)
        let result = -1
        for (const { time, values, qualities } of rows) {
            const given = [...values]
            do {
                result = coder.code(time, given, qualities, lanes)
                steps.push(result, coder.rows, coder.bytes, coder.settled)
            } while (result === ROW_PART)
            expect(given, "values given to an encoder").toEqual(values)
            if (result === ROW_FULL) break
        }
        if (coder.rows > 0) steps.push(coder.finish())
    }
    return { steps, bytes: Buffer.from(buffer).toString("hex") }
}

describe("the boards' row encoder", () => {
    it("is what `npm run specialise:codec` makes now", async () => {
        const made = await formatted(ROW_ENCODER, rowEncoderModule())
        expect(made, "run npm run specialise:codec").toBe(readFileSync(ROW_ENCODER, "utf8"))
    })

    it("has nothing left that only decoders need", () => {
        const code = readFileSync(ROW_ENCODER, "utf8").replace(/\/\*\*.*?\*\//gs, "")
        expect(code).not.toMatch(
            /\bdecod|\bbad\b|\bisEnd\b|\btrue \?|\bfalse \?|if \((true|false)\)/i
        )
        expect(code).toMatch(/class RowEncoder/)
    })

    it("gives the bytes of the row coder, for whole rows and parts, and when the frame is full", () => {
        fc.assert(
            fc.property(frame, ({ channels, limit, lanes, rows }) => {
                const ours = new Uint8Array(limit + 8)
                const theirs = new Uint8Array(limit + 8)
                const encoder = new RowEncoder(ours, limit, channels, TABLES)
                const coder = new RowCoder(theirs, limit, channels, TABLES, false)
                expect(run(encoder, ours, rows, lanes)).toEqual(run(coder, theirs, rows, lanes))
            }),
            { seed: 23, numRuns: 150 }
        )
    })
})

describe("variables of a long method", () => {
    const made = (body: string) => {
        const text = `class A {\nf(a: number, b: number) {\n${body}\nreturn a\n}\n}`
        const lines = print(withSharedVariables(parse(text)))
            .split("\n")
            .map(line => line.trim())
        return lines.slice(2, lines.lastIndexOf("return a;"))
    }
    const blocks = (n: number) =>
        Array.from({ length: n }, (_, i) => `{ const v${i} = a + ${i}; a -= v${i} * b; }`).join("")
    /** What a method comes to. */
    const run = (body: string): unknown =>
        runInNewContext(ts.transpile(`(function (a, b) { ${body} })(3, 5)`))

    it("share a place when no two are in use at the same time", () => {
        const lines = made(blocks(40))
        expect(lines.filter(line => line.startsWith("let"))).toEqual(["let shared1!: number;"])
        expect(run(`${lines.join("\n")} return a`)).toBe(run(`${blocks(40)} return a`))
    })

    it("do not when one is declared within the block of another", () => {
        const body = `${blocks(40)} for (let i = 0; i < 3; i++) { const x = a - i; { const y = x * 2; a += y } a += x }`
        const lines = made(body)
        expect(lines.filter(line => line.startsWith("let")).length).toBe(3)
        expect(run(`${lines.join("\n")} return a`)).toBe(run(`${body} return a`))
    })

    it("stay what they are when they are no numbers, or in use to the end", () => {
        const body = `const l = [a]; const end = a; if (a > 0) { const is = a > b; const list = this.lists; const lane = lanes[a]; a += end }`
        const lines = made(blocks(40) + body)
        for (const kept of ["const end = a;", "const is = a > b;", "const list = this.lists;"])
            expect(lines).toContain(kept)
        expect(lines).toContain("const lane = lanes[a];")
    })

    it("are left alone when there are few", () => {
        expect(made(blocks(10)).join("\n")).not.toMatch(/shared/)
    })

    it("are refused when a function within could see them", () => {
        expect(() => made("const f = () => a")).toThrow("a function within a method")
    })
})

describe("making it", () => {
    /** The lines of a method after it was specialised. */
    const made = (body: string): string[] => {
        const text = specialise(`export const ONE = 1
export class RowCoder {
    bad = false
    constructor(private readonly decoding: boolean) {}
    code(a: number, b: number): number {
        const decoding = this.decoding
        ${body}
        return a
    }
}`)
        const lines = text.split("\n").map(line => line.trim())
        return lines.slice(
            lines.findIndex(line => line.startsWith("code(")) + 1,
            lines.lastIndexOf("return a;")
        )
    }

    it.each([
        ["an if", "if (decoding) a = 1", []],
        [
            "an if that is taken, without its braces",
            "if (!this.decoding) { const c = b; a += c }",
            ["const c = b;", "a += c;"],
        ],
        ["its else", "if (decoding && b > 0) a = 1\nelse a = 2", ["a = 2;"]],
        [
            "an if in an else",
            "if (a > b) a = 1\nelse if (decoding) a = 2\nelse a = 3",
            ["if (a > b)", "a = 1;", "else", "a = 3;"],
        ],
        [
            "an else away, but not into that of another if",
            "if (a > b) if (b > 0) a = 1; else this.bad = false; else a = 3",
            ["if (a > b) {", "if (b > 0)", "a = 1;", "}", "else", "a = 3;"],
        ],
        ["&& after it", "if (!decoding && b > 0) a = 1", ["if (b > 0)", "a = 1;"]],
        ["||", "if (decoding || b > 0) a = 1", ["if (b > 0)", "a = 1;"]],
        ["|| that is true", "if (!(decoding) || b > 0) a = 1", ["a = 1;"]],
        ["?:", "a = decoding ? b : b + 1", ["a = b + 1;"]],
        ["a field of the decoder", "if (this.bad) a = 1", []],
        ["a field set to what it is", "this.bad = false", []],
        ["a variable that is not read any more", "const c = b\nif (decoding) a = c", []],
        [
            "a call for what is not read any more",
            "const c = this.code(b, b) === 1\nif (decoding) a = c",
            ["this.code(b, b);"],
        ],
        [
            "a variable without assignments",
            "let c = b\nif (decoding) c = 1\na = c",
            ["const c = b;", "a = c;"],
        ],
        [
            "a variable with assignments",
            "let c = b\nif (decoding) c = 1\nc++\na = c",
            ["let c = b;", "c++;", "a = c;"],
        ],
        [
            "names of a block that are taken",
            "const c = b\nif (!decoding) { const c = 2; a += c }\na += c",
            ["const c = b;", "{", "const c = 2;", "a += c;", "}", "a += c;"],
        ],
    ])("folds %s", (_, body, lines) => {
        expect(made(body)).toEqual(lines)
    })

    it("imports what rows.ts exports, and only what is used", () => {
        const text = specialise(
            'import { A, B } from "./a.js"\nexport const ONE = 1\nexport const TWO = 2\nconst THREE = 3\nexport class RowCoder { sum = ONE + A }'
        )
        expect(text.match(/^import .*$/gm)).toEqual([
            'import { A } from "./a.js";',
            'import { ONE } from "./rows.js";',
        ])
        expect(text).not.toMatch(/THREE|const/)
    })

    it("refuses a row coder whose encoder meets what only decoders may", () => {
        expect(() => made("if (b > 0) this.bad = true")).toThrow(
            'encoders come to "this.bad = true"'
        )
        expect(() => made("const bad = b > 0\nif (bad) a = 1")).toThrow("is not false for encoders")
    })
})
