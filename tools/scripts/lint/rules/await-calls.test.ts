import { testRule } from "./rule-tester.js"

const missing = { messageId: "missing" }
const callback = { messageId: "callback" }
const F = "async function f(): Promise<number> { return 1 }"

testRule("await-calls", {
    valid: [
        `${F} async function g() { await f() }`,
        `${F} async function g() { return await f() }`,
        `${F} async function g() { return (await f()) + 1 }`,
        `${F} class A { run?: () => Promise<number> } async function g(a?: A) { await a?.run?.() }`,
        "function f() { return 1 } f()",
        `${F} const kept = f`,
        `${F} function each(g: () => Promise<number>) {} each(f)`,
        `${F} function each(g: () => void | Promise<void>) {} each(async () => { await f() })`,
        "function each(g: () => void) {} each(() => {})",
        "function each(g: number, h?: () => void) {} each(1)",
    ],
    invalid: [
        { code: `${F} f()`, errors: [missing] },
        { code: `${F} const kept = f()`, errors: [missing] },
        { code: `${F} async function g() { return f() }`, errors: [missing] },
        { code: `${F} const g = () => f()`, errors: [missing] },
        { code: `${F} async function g() { await [f()] }`, errors: [missing] },
        {
            code: `${F} function each(g: Promise<number>) {} each(f())`,
            errors: [missing],
        },
        {
            code: "class A { async run() {} } function g(a?: A) { a?.run() }",
            errors: [missing],
        },
        {
            code: "declare const g: () => number | Promise<number>; g()",
            errors: [missing],
        },
        { code: `${F} function each(g: () => void) {} each(f)`, errors: [callback] },
        {
            code: `${F} class A { constructor(g: () => void) {} } new A(async () => { await f() })`,
            errors: [callback],
        },
    ],
})
