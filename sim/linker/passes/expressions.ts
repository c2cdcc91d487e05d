/** Shorter forms of single expressions, and integers that can be computed now. */
import { literal, makeNode, type LinkFunction, type Node } from "../ir.js"
import { Op as Instructions } from "../opcodes.js"
import { isBoolean, negated } from "./conditions.js"

/** As a constant of this module it is read at once; what is imported is asked for by a call. */
const Op = Instructions

/** @returns whether anything changed */
export function shortenExpressions(fn: LinkFunction): boolean {
    let isChanged = false
    const shorten = (node: Node): Node => {
        node.args = node.args.map(shorten)
        const shorter = shorterForm(node)
        if (shorter === undefined) return node
        isChanged = true
        return shorter
    }
    for (const statement of fn.body) statement.args = statement.args.map(shorten)
    return isChanged
}

function shorterForm(node: Node): Node | undefined {
    const { op, args, place } = node
    switch (op) {
        case Op.EQ:
        case Op.NE:
        case Op.APPROX_EQ:
        case Op.APPROX_NE:
            return comparisonWithNothing(node)
        case Op.TO_BOOL:
            return isBoolean(args[0]) ? args[0] : undefined
        case Op.NOT:
            return isOpposable(args[0]) ? negated(args[0]) : undefined
        default: {
            const value = integerValue(node)
            return value === undefined ? undefined : literal(value, place)
        }
    }
}

/** x === undefined has an instruction of its own, and so has x == null. */
function comparisonWithNothing({ op, args, place }: Node): Node | undefined {
    const isStrict = op === Op.EQ || op === Op.NE
    const isNothing = (node: Node) => node.op === Op.UNDEFINED || (node.op === Op.NULL && !isStrict)
    const [a, b] = args
    if (!isNothing(a) && !isNothing(b)) return undefined
    const test = isStrict ? Op.IS_UNDEFINED : Op.IS_NULLISH
    const result = makeNode(test, place, [isNothing(b) ? a : b])
    return op === Op.EQ || op === Op.APPROX_EQ ? result : makeNode(Op.NOT, place, [result])
}

/** Whether the negation costs no instruction. */
function isOpposable({ op }: Node): boolean {
    return (
        op === Op.NOT || op === Op.EQ || op === Op.NE || op === Op.APPROX_EQ || op === Op.APPROX_NE
    )
}

/** @returns the value of an operation on constant integers, if it is one that stays an integer */
function integerValue({ op, args }: Node): number | undefined {
    if (args.length !== 2 || !args.every(arg => arg.op === Op.LITERAL)) return undefined
    const [a, b] = args.map(arg => arg.num)
    const value = calculate(op, a, b)
    return value !== undefined && value === (value | 0) && !Object.is(value, -0) ? value : undefined
}

function calculate(op: number, a: number, b: number): number | undefined {
    switch (op) {
        case Op.ADD:
            return a + b
        case Op.SUB:
            return a - b
        case Op.MUL:
            return a * b
        case Op.BIT_AND:
            return a & b
        case Op.BIT_OR:
            return a | b
        case Op.BIT_XOR:
            return a ^ b
        case Op.SHIFT_LEFT:
            return a << b
        case Op.SHIFT_RIGHT:
            return a >> b
        default:
            return undefined
    }
}
