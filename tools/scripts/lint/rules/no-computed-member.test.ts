import { testRule } from "./rule-tester.js"

const computed = { messageId: "computed" }
const CLASS = "class C { a() { return 1 } }; declare const c: C; declare const k: 'a';"

testRule("no-computed-member", {
    valid: [
        `${CLASS} c.a()`,
        `${CLASS} c["a"]()`,
        "declare const list: number[]; declare const i: number; list[i]",
        "declare const bytes: Uint8Array; declare const i: 1 | 2; bytes[i]",
        "declare const map: Record<string, number>; declare const k: string; map[k]",
        "const plain = { a: 1, b: 2 }; declare const k: 'a' | 'b'; plain[k]",
    ],
    invalid: [
        { code: `${CLASS} c[k]()`, errors: [computed] },
        { code: `${CLASS} const method = c[k]`, errors: [computed] },
        { code: "declare const x: any; declare const k: string; x[k]()", errors: [computed] },
        {
            code: "declare const x: any; declare const k: string; x['set_' + k](1)",
            errors: [computed],
        },
        {
            code: "interface S { go(): void }; declare const s: S; declare const k: 'go'; s[k]()",
            errors: [computed],
        },
    ],
})
