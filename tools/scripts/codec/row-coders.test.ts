import { describe, expect, it } from "vitest"
import { specialise } from "./row-coders.js"

const ENCODER = { className: "RowEncoder", isDecoding: false, comment: "Writes." }
const DECODER = { className: "RowDecoder", isDecoding: true, comment: "Reads." }

describe("making a row coder for one direction", () => {
    /** The lines of a method after it was specialised. */
    const made = (body: string, kind = ENCODER): string[] => {
        const text = specialise(
            [
                `export const ONE = 1
export class RowCoder {
    /** @decoder */
    bad = false
    constructor(private readonly decoding: boolean) {}
    code(a: number, b: number): number {
        const decoding = this.decoding
        ${body}
        return a
    }
}`,
            ],
            kind
        )
        const lines = text.split("\n").map(line => line.trim())
        const at = lines.findIndex(line => line.startsWith("code("))
        return lines.slice(at + 1, lines.lastIndexOf("return a;"))
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
        ["&& after it", "if (!decoding && b > 0) a = 1", ["if (b > 0)", "a = 1;"]],
        ["||", "if (decoding || b > 0) a = 1", ["if (b > 0)", "a = 1;"]],
        ["|| that is true", "if (!(decoding) || b > 0) a = 1", ["a = 1;"]],
        ["?:", "a = decoding ? b : b + 1", ["a = b + 1;"]],
        ["what a decoder does with its field", "if (decoding && this.bad) a = 1", []],
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

    it("does the same for decoders, the other way round", () => {
        expect(made("if (decoding) a = 1\nelse a = 2", DECODER)).toEqual(["a = 1;"])
        expect(made("if (!decoding) a = 1", DECODER)).toEqual([])
    })

    it("imports only what is used, from where it is as seen from the result", () => {
        const [below, above] = [
            'import { A, B } from "../a.js"\nexport const ONE = 1\nconst TWO = 2\nexport abstract class Below { constructor(protected readonly decoding: boolean) {} }',
            'import { C } from "../../c.js"\nimport { ONE, Below } from "./below.js"\nexport class RowCoder extends Below { sum = ONE + A + C }',
        ]
        const text = specialise([below, above], ENCODER)
        expect(text.match(/^import .*$/gm)).toEqual([
            'import { C } from "../c.js";',
            'import { A } from "./a.js";',
        ])
        expect(text).toContain("const ONE = 1")
        expect(text).not.toMatch(/TWO|Below/)
    })

    it("sets fields that start from others after the constructor has set those", () => {
        const text = specialise(
            [
                "export abstract class Below { constructor(protected readonly n: number) {} }",
                "export class RowCoder extends Below { readonly list: number[] = filled(this.n, 0) }",
            ],
            ENCODER
        )
        expect(text).toMatch(/readonly list: number\[\];/)
        expect(text).toMatch(/\{\s+this\.list = filled\(this\.n, 0\);\s+\}/)
    })

    it("leaves out what is passed on and not read any more", () => {
        const lines = made(
            "a = this.sum(b, a) }\nprivate sum(c: number, d: number): number { if (this.decoding) return c\nreturn d"
        )
        expect(lines[0]).toBe("a = this.sum(a);")
        expect(lines).toContain("private sum(d: number): number {")
    })

    it("refuses a row coder whose encoder meets what only decoders may", () => {
        expect(() => made("if (b > 0) this.bad = true")).toThrow(
            'encoders come to "this.bad = true"'
        )
        expect(() => made("if (this.bad) a = 1")).toThrow("encoders come to")
        expect(() => made("{ const decoding = b > 0\nif (decoding) a = 1 }")).toThrow(
            "is not the direction"
        )
    })
})
