/** What is known of a condition without evaluating it. */
import { makeNode, type Node } from "../ir.js"
import { isConstant } from "../effects.js"
import { Op } from "../opcodes.js"

/** Results that are `true` or `false`. */
const BOOLEAN: ReadonlySet<number> = new Set<number>([
    ...[Op.TRUE, Op.FALSE, Op.NOT, Op.TO_BOOL, Op.IS_UNDEFINED, Op.IS_NULLISH, Op.IS_NAN],
    ...[Op.EQ, Op.NE, Op.LE, Op.LT, Op.APPROX_EQ, Op.APPROX_NE, Op.INSTANCE_OF],
])

const OPPOSITE: ReadonlyMap<number, number> = new Map<number, number>([
    [Op.EQ, Op.NE],
    [Op.NE, Op.EQ],
    [Op.APPROX_EQ, Op.APPROX_NE],
    [Op.APPROX_NE, Op.APPROX_EQ],
])

export function isBoolean(node: Node): boolean {
    return BOOLEAN.has(node.op)
}

/** @returns the condition that holds when this one does not; `<` has none because of NaN */
export function negated(condition: Node): Node {
    if (condition.op === Op.NOT) {
        const [inner] = condition.args
        return isBoolean(inner) ? inner : makeNode(Op.TO_BOOL, condition.place, [inner])
    }
    const opposite = OPPOSITE.get(condition.op)
    if (opposite !== undefined) return { ...condition, op: opposite }
    return makeNode(Op.NOT, condition.place, [condition])
}

/** @returns the shortest condition that jumps the same way: `!!x` is `x` there */
export function asCondition(condition: Node): Node {
    for (let node = condition; ;) {
        if (node.op === Op.TO_BOOL) node = node.args[0]
        else if (node.op === Op.NOT) {
            const [inner] = node.args
            if (inner.op === Op.TO_BOOL) node = makeNode(Op.NOT, node.place, inner.args)
            else if (inner.op === Op.NOT) [node] = inner.args
            else if (OPPOSITE.has(inner.op)) node = negated(inner)
            else return node
        } else return node
    }
}

/** @returns whether a constant counts as true; undefined when it is no constant */
export function truthOf(node: Node): boolean | undefined {
    switch (node.op) {
        case Op.TRUE:
        case Op.STATIC_FUNCTION:
            return true
        case Op.FALSE:
        case Op.UNDEFINED:
        case Op.NULL:
        case Op.NAN:
            return false
        case Op.LITERAL:
            return node.num !== 0
        case Op.IS_UNDEFINED:
            return node.args[0].op === Op.NULL ? false : isNothingConstant(node.args[0])
        case Op.IS_NULLISH:
            return isNothingConstant(node.args[0])
        case Op.NOT: {
            const truth = truthOf(node.args[0])
            return truth === undefined ? undefined : !truth
        }
        default:
            return undefined
    }
}

/** @returns whether a constant is undefined or null; undefined for what is no constant */
export function isNothingConstant(value: Node): boolean | undefined {
    if (value.op === Op.UNDEFINED || value.op === Op.NULL) return true
    return isConstant(value) && value.op !== Op.BUILTIN_OBJECT ? false : undefined
}
