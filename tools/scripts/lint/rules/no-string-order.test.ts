import { testRule } from "./rule-tester.js"

const order = { messageId: "order" }

testRule("no-string-order", {
    valid: [
        "declare const a: number; declare const b: number; a < b",
        "declare const a: string; declare const b: string; a === b",
        "declare const a: string; declare const b: string; a.charCodeAt(0) < b.charCodeAt(0)",
        "declare const a: string; declare const b: string; a.length >= b.length",
    ],
    invalid: [
        { code: "declare const a: string; declare const b: string; a < b", errors: [order] },
        { code: "declare const a: string; a >= 'b'", errors: [order] },
        { code: "declare const a: 'x' | 'y'; declare const b: string; a > b", errors: [order] },
        { code: "declare const a: number | string; a <= 3", errors: [order] },
        { code: "declare const a: string | undefined; 3 < a", errors: [order] },
    ],
})
