/**
 * Calls of methods that can only reach one function become calls of that function,
 * with the object as its first argument. The method then needs no place in its
 * class's prototype, which costs code and heap, and no search by name.
 */
import { type ClassTable, type MethodEntry } from "../class-table.js"
import { replace } from "../edit.js"
import { canThrow, throwsItself } from "../effects.js"
import { Flow, Liveness } from "../flow.js"
import { type Inference, type NameUse, type OpenUse } from "../inference.js"
import {
    NEEDS_THIS,
    copyOf,
    loadLocal,
    makeNode,
    storeLocal,
    walkBody,
    type LinkFunction,
    type Node,
    type Statement,
} from "../ir.js"
import { type OutsideNames } from "../names.js"
import { MAX_ARGUMENTS, Op, isCall, isField, isJump } from "../opcodes.js"
import { References } from "../references.js"

/** A call of a method by name, and the one function that it can reach. */
interface DirectCall {
    readonly use: NameUse
    readonly method: LinkFunction
    /** The statement that calls: that of the access, or the only one that uses what it stored. */
    readonly call: Statement
}

/**
 * @param inference what the functions can hold
 * @returns accesses through computed names that can reach a method. When there are
 * any, every method can be called by name, and nothing is changed.
 */
export function callDirectly(
    functions: readonly LinkFunction[],
    classes: ClassTable | undefined,
    outside: OutsideNames,
    inference: Inference
): readonly OpenUse[] {
    if (classes === undefined) return []
    const { names, open } = inference.uses()
    if (open.length > 0) return open
    const references = new References(functions)
    const loads = loadCounts(functions)
    const calls: DirectCall[] = []
    const kept = new Set<LinkFunction>()
    for (const use of names) {
        // Nothing is known to get here: nothing is built on that.
        if (use.object.isEmpty)
            for (const { name, method } of classes.methods) if (name === use.name) kept.add(method)
        const methods = [...inference.methodsOf(use.name, use.object).keys()]
        const [method] = methods
        const isSingle = methods.length === 1 && !inference.meansMore(use.name, use.object)
        const call = isSingle ? callOf(use, loads) : undefined
        if (call === undefined) for (const other of methods) kept.add(other)
        else calls.push({ use, method, call })
    }
    const direct = new Map<LinkFunction, MethodEntry>()
    for (const entry of classes.methods) {
        const { method, owner, name } = entry
        if (owner === undefined || outside.has(name) || kept.has(method)) continue
        if (references.toFunction.get(method)?.length === 1) direct.set(method, entry)
    }
    makeDirect(calls.filter(({ method }) => direct.has(method)))
    for (const [method, entry] of direct) {
        method.flags &= ~NEEDS_THIS
        classes.remove(entry)
    }
    return []
}

/** @returns the statement that calls what the access gives; undefined when it goes elsewhere, too */
function callOf(
    use: NameUse,
    loads: ReadonlyMap<LinkFunction, readonly number[]>
): Statement | undefined {
    const { statement, node, from, isCall: isCallee } = use
    if (isCallee) return statement.args.length <= MAX_ARGUMENTS ? statement : undefined
    // The compiler reads the method first when its arguments need statements of their own.
    if (statement.op !== Op.STORE_LOCAL || statement.args[0] !== node || !isField(node.op))
        return undefined
    if (loads.get(from)?.[statement.num] !== 1) return undefined
    const isOwn = from.body.filter(({ op, num }) => op === Op.STORE_LOCAL && num === statement.num)
    const call = from.body.find(
        ({ op, args }) =>
            isCall(op) && args[0].op === Op.LOAD_LOCAL && args[0].num === statement.num
    )
    const isOnly = isOwn.length === 1 && statement.num >= from.parameters
    return isOnly && call !== undefined && call.args.length <= MAX_ARGUMENTS ? call : undefined
}

/** @returns how often each slot is read */
function loadCounts(functions: readonly LinkFunction[]): Map<LinkFunction, number[]> {
    const counts = new Map<LinkFunction, number[]>()
    for (const fn of functions) {
        const slots = new Array<number>(fn.slots).fill(0)
        walkBody(fn, ({ op, num }) => {
            if (op === Op.LOAD_LOCAL) slots[num]++
        })
        counts.set(fn, slots)
    }
    return counts
}

function makeDirect(calls: readonly DirectCall[]): void {
    const failing = new Map<LinkFunction, boolean>()
    for (const { method } of calls)
        if (!failing.has(method)) failing.set(method, failsFirst(method))
    for (const { use, method, call } of calls) {
        const { node, statement, from } = use
        const [object] = node.args
        const isOwn = call === statement
        const isGuarded = isThis(object, from) || (isOwn && failing.get(method) === true)
        // The search for the name, which finds nothing any more, still fails on undefined.
        if (!isGuarded) evaluateBefore(from, statement, node)
        const callee: Node = { ...makeNode(Op.STATIC_FUNCTION, node.place), ref: method }
        const takesObject = (method.flags & NEEDS_THIS) !== 0
        let target = object
        if (!isOwn) {
            statement.args = [object]
            target = loadLocal(statement.num, object.place)
        } else if (!takesObject && isGuarded && canThrow(object))
            evaluateBefore(from, statement, object)
        const rest = call.args.slice(1)
        call.args = takesObject ? [callee, target, ...rest] : [callee, ...rest]
        call.op = Op.CALL0 + call.args.length - 1
    }
}

/** Evaluates an expression for its exceptions, just before a statement. */
function evaluateBefore(fn: LinkFunction, statement: Statement, node: Node): void {
    const at = fn.body.indexOf(statement)
    const live = new Liveness(new Flow(fn))
    const value = copyOf(node)
    const evaluation = live.before.has(at, live.result)
        ? storeLocal(fn.slots++, value, node.place)
        : makeNode(Op.STORE_RET_VAL, node.place, [value])
    replace(fn, at, [evaluation, statement])
}

/** Whether it is the object on which the function itself was called. */
function isThis(object: Node, fn: LinkFunction): boolean {
    const isFirst = object.op === Op.LOAD_LOCAL && object.num === 0
    return isFirst && (fn.flags & NEEDS_THIS) !== 0 && !isStored(fn, 0)
}

function isStored(fn: LinkFunction, slot: number): boolean {
    return fn.body.some(({ op, num }) => op === Op.STORE_LOCAL && num === slot)
}

/**
 * Whether the method fails before it does anything when it is called on
 * undefined: then it does not matter that the search for its name does not fail.
 */
function failsFirst(method: LinkFunction): boolean {
    for (const statement of method.body) {
        const first = firstThrowing(statement)
        if (first !== undefined) return isAccess(first)
        if (statement.op !== Op.STORE_LOCAL || statement.num === 0) return false
    }
    return false
}

/** @returns the first thing in a statement that can throw */
function firstThrowing(statement: Statement): Node | undefined {
    const search = (node: Node): Node | undefined => {
        for (const arg of node.args) {
            const found = search(arg)
            if (found !== undefined) return found
        }
        return throwsItself(node) ? node : undefined
    }
    for (const arg of statement.args) {
        const found = search(arg)
        if (found !== undefined) return found
    }
    const isHarmless =
        isJump(statement.op) ||
        statement.op === Op.STORE_LOCAL ||
        statement.op === Op.STORE_RET_VAL ||
        statement.op === Op.RETURN
    return isHarmless ? undefined : statement
}

/** Reads or writes a member of `this`. */
function isAccess({ op, args }: Node): boolean {
    if (!isField(op) && op !== Op.INDEX_SET && op !== Op.INDEX) return false
    const [object] = args
    return object.op === Op.LOAD_LOCAL && object.num === 0
}
