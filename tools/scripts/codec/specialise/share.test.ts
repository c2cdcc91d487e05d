import { runInNewContext } from "node:vm"
import ts from "typescript"
import { describe, expect, it } from "vitest"
import { withSharedVariables } from "./share.js"
import { parse, print } from "./syntax.js"

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
