import { runInNewContext } from "node:vm"
import ts from "typescript"
import { describe, expect, it } from "vitest"
import { withoutBraces } from "./blocks.js"
import { withInlined } from "./inline.js"
import { parse, print } from "./syntax.js"
import { tagsOf } from "./tags.js"

/** A class that logs what it does; its method `run` is what is tested. */
const classOf = (members: string) => `class A {
    n = 0
    m = 1
    log: unknown[] = []
    say(x: unknown) { this.log.push(x); return x as number }
    ${members}
}`

function inlined(members: string): string {
    const text = classOf(members)
    return print(withoutBraces(parse(withInlined(text, tagsOf(parse(text))))))
}

/** What the class does for some arguments: results, fields and log. */
function behaviour(text: string): unknown {
    const script = ts.transpile(`${text}
        [[0, 0], [1, 2], [-3, 5], [7, -1]].map(([a, b]) => {
            const it = new A()
            return JSON.stringify([it.run(a, b), it.n, it.m, it.log])
        })`)
    return runInNewContext(script) as unknown
}

/** Statements of `run`, a line each, once it is sure that they do the same as before. */
function run(members: string): string[] {
    const text = inlined(members)
    expect(behaviour(text)).toEqual(behaviour(classOf(members)))
    const body = text.slice(text.indexOf("{", text.indexOf("run(")) + 1, text.lastIndexOf("}"))
    const lines = body
        .slice(0, body.lastIndexOf("}"))
        .replace(/(\{|;(?! \w+ [<=]|.*\+\+\))) /g, "$1\n")
        .split("\n")
    return lines.map(line => line.trim()).filter(line => line !== "")
}

describe("a call of an inline method", () => {
    it("becomes an expression when the method only returns one", () => {
        expect(
            run(`/** @inline */ twice(x: number) { return x * 2 }
                 run(a: number, b: number) { return this.twice(a + b) + this.twice(b) }`)
        ).toEqual(["return ((a + b) * 2) + (b * 2);"])
    })

    it("becomes statements where it stands alone", () => {
        expect(
            run(`/** @inline */ add(x: number): void { this.n += x; this.say(x) }
                 run(a: number, b: number) { this.add(a); if (b > 0) this.add(b); return 0 }`)
        ).toEqual([
            ...["this.n += a;", "this.say(a);"],
            ...["if (b > 0) {", "this.n += b;", "this.say(b);", "}", "return 0;"],
        ])
    })

    it("gives its result to the variable that it is for, which it may be itself", () => {
        expect(
            run(`/** @inline */ next(x: number): number { x = x * 3; this.n = x; return x }
                 run(a: number, b: number) { let c = a; c = this.next(c); const d = this.next(b); return c + d }`)
        ).toEqual([
            ...["let c = a;", "c = c * 3;", "this.n = c;"],
            ...["let d = b;", "d = d * 3;", "this.n = d;", "return c + d;"],
        ])
    })

    it("works out an argument once, and before the body changes what it is made of", () => {
        const lines =
            run(`/** @inline */ both(x: number, y: number): void { this.n += 5; this.say(x + x + y) }
             run(a: number, b: number) { this.both(this.n, a * b); this.both(this.m, this.say(b)); return 0 }`)
        expect(lines).toContain("const x = this.n;")
        expect(lines).toContain("const y = a * b;")
        // Nothing in the body writes m.
        expect(lines).toContain("this.say(this.m + this.m + y);")
    })

    it("keeps its variables apart from those of the arguments, and from what is there", () => {
        run(`/** @inline */ swap(x: number, y: number): number { const a = y; const b = x; this.say(b); return a - b }
             run(a: number, b: number) { const c = this.swap(a, b); let y = this.swap(b, a); y = this.swap(y, c); return y * 10 + c }`)
    })

    it("puts a return in the middle at the end", () => {
        expect(
            run(`/** @inline */ sign(x: number): number { if (x === 0) return 0; this.n++; if (x < 0) { return -1 } else { this.m = 9 } return 1 }
                 run(a: number, b: number) { const s = this.sign(a); this.sign(b); return s }`)
        ).toContain("s = -1;")
        run(`/** @inline */ stop(x: number): void { if (x > 0) return; this.n = 7; this.say("on") }
             run(a: number, b: number) { this.stop(a); this.stop(b); return 0 }`)
    })

    it("comes before the statement that uses its result", () => {
        expect(
            run(`/** @inline */ more(x: number): boolean { this.n += x; return this.n > 1 }
                 run(a: number, b: number) { if (!this.more(a)) return 1; else if (this.more(b)) return 2; return 3 }`)
        ).toContain("if (!result1)")
    })

    it("may be in another one, and in an argument of another one", () => {
        run(`/** @inline */ one(x: number): number { this.n += x; return x + 1 }
             /** @inline */ two(x: number): number { const y = this.one(x); return this.one(y) }
             run(a: number, b: number) { const c = this.two(a); const d = this.one(this.two(c)); return d * b }`)
    })

    it("leaves nothing of a method without a body, and no inline method", () => {
        const members = `/** @inline */ heard(_x: number): void {}
            run(a: number, b: number) { this.heard(a); return b }`
        expect(run(members)).toEqual(["return b;"])
        expect(inlined(members)).not.toContain("heard")
    })

    it.each([
        ["after something that it could change", "return this.n + this.more(a)"],
        ["only sometimes", "return a > 0 ? this.more(a) : 0"],
        ["only sometimes, as the second of two", "return a > 0 && this.more(a) > 0 ? 1 : 0"],
        ["in what a loop asks", "while (this.more(a) < b) a++\nreturn 0"],
    ])("is refused where it runs %s", (_, body) => {
        const members = `/** @inline */ more(x: number): number { this.n += x; return this.n }
            run(a: number, b: number) { ${body} }`
        expect(() => inlined(members)).toThrow("a call is not the first in")
    })

    it("is refused when it returns from a loop, or comes to itself", () => {
        expect(() =>
            inlined(
                "/** @inline */ find(x: number): number { for (;;) if (x++ > 3) return x }\nrun(a: number, b: number) { const c = this.find(a); return c }"
            )
        ).toThrow("a return within")
        expect(() =>
            inlined("/** @inline */ f(x: number): void { this.f(x) }\nrun(a: number, b: number) {}")
        ).toThrow("f comes to itself")
    })
})

describe("fields in variables", () => {
    const locals = (body: string, more = "") =>
        run(`${more}
             /** @inline @locals */ work(a: number, b: number): void { ${body} }
             run(a: number, b: number) { this.work(a, b); return 0 }`)

    it("are taken when the method begins and put back when it ends", () => {
        expect(locals("this.n = a; this.n += b; this.n *= this.m")).toEqual([
            ...["let n = this.n;", "n = a;", "n += b;", "n *= this.m;", "this.n = n;", "return 0;"],
        ])
    })

    it("are as they should be for what is called, and after it", () => {
        const add = "add(x: number): void { this.n += x }"
        expect(locals("this.n = a; this.n++; this.add(b); this.n *= 2", add)).toEqual([
            ...["let n = this.n;", "n = a;", "n++;", "this.n = n;", "this.add(b);"],
            ...["n = this.n;", "n *= 2;", "this.n = n;", "return 0;"],
        ])
        locals(
            "this.n = a; while (this.n < 9) { this.n++; if (b > 0) this.add(1); } this.say(this.n)",
            add
        )
    })

    it("are not touched for what does not use them", () => {
        const other = "other(x: number): void { this.m = x }"
        const lines = locals("this.n = a; this.n++; this.other(b); this.n *= 2", other)
        expect(lines.filter(line => line === "this.n = n;").length).toBe(1)
    })

    it("are constants when nothing writes them, and take the names that are free", () => {
        const lines = locals("const n = this.n + this.n * this.n; this.say(n)")
        expect(lines).toContain("const nNow = this.n;")
    })

    it("of the moment are declared where they are used, outside of a loop that reads before it writes", () => {
        const s = "/** @scratch */ s = 0\n/** @scratch */ t = 0"
        const lines = locals(
            "for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j === 0) this.s = i; this.t = j; this.say(this.s + this.t) } }",
            s
        )
        const at = (line: string) => lines.indexOf(line)
        expect(at("let s!: number;")).toBeLessThan(at("for (let j = 0; j < 3; j++) {"))
        expect(at("let t!: number;")).toBe(at("for (let j = 0; j < 3; j++) {") + 1)
    })

    it("of the moment are refused when something else uses them", () => {
        const text = classOf(`/** @scratch */ s = 0
            other(): void { this.s = 1 }
            /** @locals */ work(a: number, b: number): void { this.s = a; this.other(); this.say(this.s) }
            run(a: number, b: number) {}`)
        expect(() => withInlined(text, tagsOf(parse(text)))).toThrow("s is used by this.other()")
    })
})
