import { testRule } from "./rule-tester.js"

const spread = { messageId: "spread" }
const LIST = "const list = [1, 2];"

testRule("no-spread-into-builtin", {
    valid: [
        `${LIST} function sum(...values: number[]) { return values.length } sum(...list)`,
        `${LIST} class A { constructor(...values: number[]) {} } new A(...list)`,
        `${LIST} class A { put(...values: number[]) {} } new A().put(...list)`,
        `${LIST} const copy = [...list]`,
        "const options = { a: 1 }; const more = { ...options, b: 2 }",
    ],
    invalid: [
        { code: `${LIST} list.push(...list)`, errors: [spread] },
        { code: `${LIST} Math.max(...list)`, errors: [spread] },
        { code: `${LIST} String.fromCharCode(...list)`, errors: [spread] },
        { code: `${LIST} new Array<number>(...list)`, errors: [spread] },
        { code: `${LIST} list.unshift(0, ...list, ...list)`, errors: [spread, spread] },
    ],
})
