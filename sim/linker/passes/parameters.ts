/**
 * Parameters that every call gives the same constant, and those that nobody reads:
 * the function knows the constant itself, and the calls do without the argument.
 */
import { canThrow, isConstant } from "../effects.js"
import {
    HAS_REST,
    IS_CONSTRUCTOR,
    NEEDS_THIS,
    copyOf,
    isSame,
    makeNode,
    storeLocal,
    walkBody,
    type LinkFunction,
    type Node,
} from "../ir.js"
import { Op } from "../opcodes.js"
import { References, type Reference } from "../references.js"

/**
 * @param captured for each function, slots that closures share
 * @returns the functions that changed, or whose calls did
 */
export function dropParameters(
    functions: readonly LinkFunction[],
    captured: ReadonlyMap<LinkFunction, ReadonlySet<number>>
): Set<LinkFunction> {
    const changed = new Set<LinkFunction>()
    const references = new References(functions)
    for (const fn of functions) {
        const calls = references.toFunction.get(fn) ?? []
        if (!isKnown(fn, calls, captured)) continue
        for (let slot = fn.parameters - 1; slot >= 0; slot--) {
            if (!dropParameter(fn, slot, calls)) continue
            changed.add(fn)
            for (const { from } of calls) changed.add(from)
        }
    }
    return changed
}

/** Whether all calls are known, and nothing but the function reads its slots. */
function isKnown(
    fn: LinkFunction,
    calls: readonly Reference[],
    captured: ReadonlyMap<LinkFunction, ReadonlySet<number>>
): boolean {
    if ((fn.flags & (HAS_REST | IS_CONSTRUCTOR | NEEDS_THIS)) !== 0) return false
    if (calls.length === 0 || (captured.get(fn)?.size ?? 0) > 0) return false
    return calls.every(({ isCallee, node }) => isCallee && node.op === Op.STATIC_FUNCTION)
}

/** @returns whether it could be dropped */
function dropParameter(fn: LinkFunction, slot: number, calls: readonly Reference[]): boolean {
    const given = calls.map(
        ({ statement }): Node =>
            (statement.args[slot + 1] as Node | undefined) ??
            makeNode(Op.UNDEFINED, statement.place)
    )
    const [first] = given
    const isSameConstant = isConstant(first) && given.every(arg => isSame(arg, first))
    if (!isSameConstant && (isRead(fn, slot) || given.some(canThrow))) return false
    for (const { statement } of calls) {
        if (slot + 1 >= statement.args.length) continue
        statement.args.splice(slot + 1, 1)
        statement.op--
    }
    moveBehind(fn, slot)
    const last = fn.parameters
    if (isSameConstant) putConstant(fn, last, first)
    return true
}

function isRead(fn: LinkFunction, slot: number): boolean {
    let isFound = false
    walkBody(fn, ({ op, num }) => {
        if (op === Op.LOAD_LOCAL && num === slot) isFound = true
    })
    return isFound
}

/** Makes a parameter the first slot behind the others. */
function moveBehind(fn: LinkFunction, slot: number): void {
    fn.parameters--
    walkBody(fn, node => {
        if (node.op !== Op.LOAD_LOCAL && node.op !== Op.STORE_LOCAL) return
        if (node.num === slot) node.num = fn.parameters
        else if (node.num > slot && node.num <= fn.parameters) node.num--
    })
}

/** What was given by all calls is there at the start, or wherever it is read. */
function putConstant(fn: LinkFunction, slot: number, value: Node): void {
    if (fn.body.some(({ op, num }) => op === Op.STORE_LOCAL && num === slot)) {
        fn.body.unshift(storeLocal(slot, copyOf(value), fn.body[0].place))
        return
    }
    const replaced = (node: Node): Node => {
        if (node.op === Op.LOAD_LOCAL && node.num === slot)
            return { ...copyOf(value), place: node.place }
        node.args = node.args.map(replaced)
        return node
    }
    for (const statement of fn.body) statement.args = statement.args.map(replaced)
}
