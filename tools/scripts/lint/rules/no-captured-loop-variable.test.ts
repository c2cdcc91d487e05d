import { testRule } from "./rule-tester.js"

const captured = { messageId: "captured" }

testRule("no-captured-loop-variable", {
    valid: [
        "for (let i = 0; i < 3; i++) use(i)",
        "const outside = 1; for (let i = 0; i < 3; i++) later(() => outside)",
        "for (const list of lists) list.forEach(v => later(() => v))",
        "function turn(i: number) { later(() => i) } for (let i = 0; i < 3; i++) turn(i)",
        "later(() => { for (let i = 0; i < 3; i++) use(i) })",
        "while (more()) { later(function (own) { let x = own; return x }) }",
        "lists.forEach(list => { const first = list[0]; later(() => first) })",
    ],
    invalid: [
        { code: "for (let i = 0; i < 3; i++) later(() => i)", errors: [captured] },
        { code: "for (const v of list) later(() => v)", errors: [captured] },
        { code: "for (const k in map) later(() => k)", errors: [captured] },
        { code: "while (more()) { const v = next(); later(() => v) }", errors: [captured] },
        {
            code: "do { let v = next(); later(() => { v = 2 }) } while (more())",
            errors: [captured],
        },
        { code: "for (const { a, b } of list) later(() => a + b)", errors: [captured, captured] },
        { code: "for (const v of list) later(() => () => v)", errors: [captured] },
        {
            code: "function f() { for (const v of list) { function g() { return v } later(g) } }",
            errors: [captured],
        },
        {
            code: "later(() => { for (const v of list) later(() => v) })",
            errors: [captured],
        },
    ],
})
