/**
 * TypeScript that the DeviceScript compiler refuses, and the rule that says so
 * in the editor. The tests hand each piece to both.
 */

/** A module that looks right and is not. */
export interface RefusedTrap {
    readonly code: string
    /** The lint rule that reports it. */
    readonly rule: string
}

const SYNTAX = "no-restricted-syntax"

const NINE =
    "a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number"

/** Name → module. */
export const REFUSED: Readonly<Record<string, RefusedTrap>> = {
    "do … while": {
        code: "let x = [1].length\ndo { x++ } while (x < 3)",
        rule: SYNTAX,
    },
    "operator in": { code: 'const o = { a: 1 }\nconsole.log("a" in o)', rule: SYNTAX },
    "for … of into an existing variable": {
        code: "let x = 0\nfor (x of [1, 2]) console.log(x)",
        rule: SYNTAX,
    },
    "for await": {
        code: "async function f(): Promise<void> { for await (const x of [1]) console.log(x) }\nawait f()",
        rule: SYNTAX,
    },
    "a label": { code: "outer: for (;;) { break outer }", rule: "no-labels" },
    var: { code: "var x = [1].length\nconsole.log(x)", rule: "no-var" },
    "a getter": {
        code: "class A { get x(): number { return 1 } }\nconsole.log(new A().x)",
        rule: SYNTAX,
    },
    "a getter of an object": {
        code: "const o = { get x(): number { return 1 } }\nconsole.log(o.x)",
        rule: SYNTAX,
    },
    "a method of an object": {
        code: "const o = { f() { return 1 } }\nconsole.log(o.f())",
        rule: SYNTAX,
    },
    "a static field with a value": {
        code: "class A { static x = 1 }\nconsole.log(A.x)",
        rule: SYNTAX,
    },
    "a static block": {
        code: "class A { static x: number\nstatic { A.x = 1 } }\nconsole.log(A.x)",
        rule: SYNTAX,
    },
    "a private name": {
        code: "class A { #x = 1\nf(): number { return this.#x } }\nconsole.log(new A().f())",
        rule: SYNTAX,
    },
    "a computed method name": {
        code: 'class A { ["x"](): number { return 1 } }\nconsole.log(new A().x())',
        rule: SYNTAX,
    },
    "an index signature in a class": {
        code: "class A { [key: string]: number }\nconsole.log(new A())",
        rule: SYNTAX,
    },
    "a class expression": {
        code: "const A = class { x = 1 }\nconsole.log(new A().x)",
        rule: SYNTAX,
    },
    "a class in a function": {
        code: "function f(): number { class A { x = 1 }\nreturn new A().x }\nconsole.log(f())",
        rule: SYNTAX,
    },
    "super.method()": {
        code: "class A { f(): number { return 1 } }\nclass B extends A { override f(): number { return super.f() } }\nconsole.log(new B().f())",
        rule: SYNTAX,
    },
    "this in an arrow function": {
        code: "class A { x = 1\nf(): number[] { return [1].map(v => v + this.x) } }\nconsole.log(new A().f()[0])",
        rule: SYNTAX,
    },
    "this in an arrow function of a field": {
        code: "class A { x = 1\nf = (): number => this.x }\nconsole.log(new A().f())",
        rule: SYNTAX,
    },
    "??=": { code: "let a: string\na ??= 'x'\nconsole.log(a)", rule: SYNTAX },
    "||=": { code: "let a = [1].length === 2\na ||= true\nconsole.log(a)", rule: SYNTAX },
    "&&=": { code: "let a = [1].length === 2\na &&= true\nconsole.log(a)", rule: SYNTAX },
    "non-null !": {
        code: "function f(s: string): number { return s!.length }\nconsole.log(f('a'))",
        rule: "@typescript-eslint/no-non-null-assertion",
    },
    satisfies: { code: "const o = { a: 1 } satisfies object\nconsole.log(o.a)", rule: SYNTAX },
    "a regular expression": { code: "const r = /x/\nconsole.log(r)", rule: SYNTAX },
    "a BigInt": { code: "const r = 1n\nconsole.log(r)", rule: SYNTAX },
    "a generator": { code: "function* g() { yield 1 }\nconsole.log(g())", rule: SYNTAX },
    "a namespace": { code: "namespace N { export const x = 1 }\nconsole.log(N.x)", rule: SYNTAX },
    "an overload": {
        code: "function f(a: number): number\nfunction f(a: string): string\nfunction f(a: any): any { return a }\nconsole.log(f(1))",
        rule: SYNTAX,
    },
    "a decorator": {
        code: "function d(a: any, b: any) {}\nclass A { @d f(): number { return 1 } }\nconsole.log(new A().f())",
        rule: SYNTAX,
    },
    "new.target": {
        code: "class A { constructor() { console.log(new.target) } }\nnew A()",
        rule: SYNTAX,
    },
    "the void operator": { code: "void [1].length", rule: SYNTAX },
    "import()": { code: 'const x = await import("@devicescript/core")\nx.millis()', rule: SYNTAX },
    "export default": { code: "export default [1].length", rule: SYNTAX },
    "assignment to an array pattern": {
        code: "let a = 1\nlet b = 2;\n[a, b] = [b, a]\nconsole.log(a)",
        rule: SYNTAX,
    },
    "assignment to an object pattern": {
        code: "let a = 1;\n({ a } = { a: 2 })\nconsole.log(a)",
        rule: SYNTAX,
    },
    "a default value in a pattern": {
        code: "const o: { a?: number } = {}\nconst { a = 1 } = o\nconsole.log(a)",
        rule: SYNTAX,
    },
    "a default value in a pattern of a parameter": {
        code: "function f({ a = 1 }: { a?: number }): number { return a }\nconsole.log(f({}))",
        rule: SYNTAX,
    },
    "a default value for a pattern": {
        code: "function f({ a }: { a: number } = { a: 3 }): number { return a }\nconsole.log(f())",
        rule: SYNTAX,
    },
    "an array pattern as parameter": {
        code: "console.log([[1, 2]].map(([a, b]) => a + b)[0])",
        rule: SYNTAX,
    },
    "a spread array in push()": {
        code: "const a = [1]\na.push(...[2, 3])\nconsole.log(a.length)",
        rule: "suitcase/no-spread-into-builtin",
    },
    "a closure over the variable of for": {
        code: "const fs: (() => number)[] = []\nfor (let i = 0; i < 3; i++) fs.push(() => i)\nconsole.log(fs[0]())",
        rule: "suitcase/no-captured-loop-variable",
    },
    "a closure over the variable of for … of": {
        code: "const fs: (() => number)[] = []\nfunction g(): void { for (const i of [1, 2]) fs.push(() => i) }\ng()",
        rule: "suitcase/no-captured-loop-variable",
    },
    "a closure over a variable in the body of while": {
        code: "const fs: (() => number)[] = []\nfunction g(): void { while (fs.length < 2) { const j = fs.length\nfs.push(() => j) } }\ng()",
        rule: "suitcase/no-captured-loop-variable",
    },
    "nine arguments": {
        code: `function sum(${NINE}): number { return a + b + c + d + e + f + g + h + i }\nconsole.log(sum(1, 2, 3, 4, 5, 6, 7, 8, 9))`,
        rule: SYNTAX,
    },
    "nine arguments of a constructor": {
        code: `class A { constructor(${NINE}) { console.log(a + b + c + d + e + f + g + h + i) } }\nnew A(1, 2, 3, 4, 5, 6, 7, 8, 9)`,
        rule: SYNTAX,
    },
    "eight values in a template": {
        code: "const a = [1].length\nconsole.log(`${a}${a}${a}${a}${a}${a}${a}${a}`)",
        rule: SYNTAX,
    },
    "eight values in console.log": {
        code: "const a = [1].length\nconsole.log(a, a, a, a, a, a, a, a)",
        rule: SYNTAX,
    },
    "a call without await": {
        code: "async function f(): Promise<void> {}\nasync function g(): Promise<void> { f() }\nawait g()",
        rule: "suitcase/await-calls",
    },
    "a call without await whose value is kept": {
        code: "async function f(): Promise<number> { return 1 }\nconst p = f()\nconsole.log(p)",
        rule: "suitcase/await-calls",
    },
    "a call without await that is returned": {
        code: "async function f(): Promise<number> { return 1 }\nasync function g(): Promise<number> { return f() }\nconsole.log(await g())",
        rule: "suitcase/await-calls",
    },
    "an async callback for a function that never waits": {
        code: "async function f(): Promise<void> {}\nfunction g(h: () => void): void { h() }\ng(f)",
        rule: "suitcase/await-calls",
    },
    "==": { code: "const a = [1].length\nconsole.log(a == 1)", rule: "eqeqeq" },
    "Number()": { code: "console.log(Number('3'))", rule: "no-restricted-globals" },
    "Boolean()": { code: "console.log(Boolean(3))", rule: "no-restricted-globals" },
    "String()": { code: "console.log(String(3))", rule: SYNTAX },
    "a Map": { code: "console.log(new Map<string, number>())", rule: "no-restricted-globals" },
    "a Set": { code: "console.log(new Set<string>())", rule: "no-restricted-globals" },
    "a Date": { code: "console.log(Date.now())", rule: "no-restricted-globals" },
    "new Promise": { code: "await new Promise<number>()", rule: SYNTAX },
    "then()": {
        code: "async function f(): Promise<number> { return 1 }\nf().then(() => {})",
        rule: SYNTAX,
    },
}

/** Refused as a type error: no lint rule repeats what `npm run types` says. */
export const TYPE_ERRORS: Readonly<Record<string, string>> = {
    "toString() of a number": "console.log([1].length.toString())",
    "toFixed()": "console.log([1].length.toFixed(1))",
    "parseInt with a radix": 'console.log(parseInt("10", 16))',
    "concat() of an array": "console.log([1].concat([2]).length)",
    "splice()": "console.log([1].splice(0, 1).length)",
    "flat()": "console.log([[1]].flat().length)",
    "Array.from": "console.log(Array.from([1]).length)",
    "Object.entries": "console.log(Object.entries({ a: 1 }).length)",
    "Math.trunc": "console.log(Math.trunc([1].length))",
    "Promise.all": "async function f(): Promise<void> {}\nawait Promise.all([f()])",
    "padStart()": 'console.log("1".padStart(2))',
    "replace()": 'console.log("1".replace("1", "2"))',
    "a key of an index signature after a dot":
        "const o: Record<string, number> = {}\nconsole.log(o.a)",
    "falling through in a switch":
        "let a = [1].length\nswitch (a) { case 1: a++\ncase 2: a = 3 }\nconsole.log(a)",
    "for … of over a Buffer": "for (const byte of Buffer.alloc(2)) console.log(byte)",
}
