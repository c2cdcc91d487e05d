/**
 * TypeScript that compiles and then gives another result on the board than in
 * Node, and the rule that reports it. The tests run each piece on both.
 */

/** The body of a function `trap` that gives text; its parameters are below. */
export interface SilentTrap {
    /** Declarations that the body needs. */
    readonly top?: string
    readonly body: string
    /** What the virtual machine of the board gives. */
    readonly board: string
    /** What Node gives. */
    readonly node: string
    /** The lint rule that reports it. */
    readonly rule: string
}

/** Values that the compiler cannot fold: constants hide several of the traps. */
export const PARAMETERS = "half: number, big: number, minus: number, text: string, list: number[]"
export const ARGUMENTS = '0.5, 3000000000, -2.5, "12abc", [3, 1, 2]'

const SYNTAX = "no-restricted-syntax"
const CONDITION = "@typescript-eslint/strict-boolean-expressions"

/** Name → function body. */
export const SILENT: Readonly<Record<string, SilentTrap>> = {
    "a number as the condition of if": {
        body: 'if (half) return "yes"\nreturn "no"',
        board: "no",
        node: "yes",
        rule: CONDITION,
    },
    "a number as the condition of ?:": {
        body: 'return big ? "yes" : "no"',
        board: "no",
        node: "yes",
        rule: CONDITION,
    },
    "a number as the condition of while": {
        body: 'let turns = 0\nwhile (half) { turns++\nhalf = 0 }\nreturn "" + turns',
        board: "0",
        node: "1",
        rule: CONDITION,
    },
    "! of a number": {
        body: 'return !big ? "zero" : "a number"',
        board: "zero",
        node: "a number",
        rule: CONDITION,
    },
    "|| for a default number": {
        body: 'return "" + (half || 7)',
        board: "7",
        node: "0.5",
        rule: CONDITION,
    },
    "&& after a number": {
        body: 'return big && list.length > 1 ? "yes" : "no"',
        board: "no",
        node: "yes",
        rule: CONDITION,
    },
    "a number from the callback of filter": {
        body: 'return "" + [half, 1, big].filter(v => v).length',
        board: "1",
        node: "3",
        rule: CONDITION,
    },
    "% of a fraction": {
        body: 'return "" + ((half * 11) % 2)',
        board: "1",
        node: "1.5",
        rule: SYNTAX,
    },
    "% of a large number": { body: 'return "" + (big % 7)', board: "0", node: "4", rule: SYNTAX },
    "Math.round of a negative half": {
        body: 'return "" + Math.round(minus)',
        board: "-3",
        node: "-2",
        rule: "no-restricted-properties",
    },
    "Math.max of three": {
        body: 'return "" + Math.max(list[1], list[2], list[0])',
        board: "2",
        node: "3",
        rule: SYNTAX,
    },
    "Math.max of a spread array": {
        body: 'return "" + Math.max(...[1, 2, 3])',
        board: "2",
        node: "3",
        rule: "suitcase/no-spread-into-builtin",
    },
    "< of two texts": {
        body: 'return text < "b" ? "before" : "not before"',
        board: "not before",
        node: "before",
        rule: "suitcase/no-string-order",
    },
    "sort() of texts without a comparison": {
        body: 'return ["c", "a", "b"].sort().join("")',
        board: "cab",
        node: "abc",
        rule: "@typescript-eslint/require-array-sort-compare",
    },
    "+ before a text": { body: 'return "" + +text', board: "12", node: "NaN", rule: SYNTAX },
    "slice() from the end of a Buffer": {
        body: 'return "" + Buffer.from([1, 2, 3, 4]).slice(-2).length',
        board: "6",
        node: "2",
        rule: SYNTAX,
    },
    "assignment to length": {
        body: 'list.length = 1\nreturn list.join("-")',
        board: "3-1-2",
        node: "3",
        rule: SYNTAX,
    },
    "length--": {
        body: 'list.length--\nreturn list.join("-")',
        board: "3-1-2",
        node: "3-1",
        rule: SYNTAX,
    },
    "reduce() without a start value": {
        body: 'return "" + list.reduce((sum, v) => sum + v)',
        board: "NaN",
        node: "6",
        rule: SYNTAX,
    },
    "}} in a template": {
        body: 'return `{"a":{"b":${list.length}}}`',
        board: '{"a":{"b":3}',
        node: '{"a":{"b":3}}',
        rule: SYNTAX,
    },
    "a list as text": {
        body: 'return "" + list',
        board: "array",
        node: "3,1,2",
        rule: "@typescript-eslint/restrict-plus-operands",
    },
    "toString() of a class": {
        top: 'class Part { toString(): string { return "part" } }',
        body: 'return "" + new Part()',
        board: "map",
        node: "part",
        rule: SYNTAX,
    },
}

/** Works, but has a better form. Name → module. */
export const DISCOURAGED: Readonly<Record<string, { code: string; rule: string }>> = {
    "for … in": { code: 'for (const key in { a: 1 }) console.log("=" + key)', rule: SYNTAX },
}
