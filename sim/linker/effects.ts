/**
 * What evaluating an expression can do. Expressions change nothing: they read,
 * and may throw. So what matters when one is moved, copied or left out is what it
 * reads and whether it can throw.
 */
import { type Node, some, walk } from "./ir.js"
import { Op } from "./opcodes.js"

/** The same value at any time, without reading anything that can change. */
const CONSTANTS: ReadonlySet<number> = new Set<number>([
    ...[Op.LITERAL, Op.LITERAL_F64, Op.UNDEFINED, Op.NULL, Op.TRUE, Op.FALSE, Op.NAN, Op.INF],
    ...[Op.STATIC_FUNCTION, Op.STATIC_BUFFER, Op.STATIC_SPEC, Op.STATIC_SPEC_PROTO],
    ...[Op.STATIC_BUILTIN_STRING, Op.STATIC_ASCII_STRING, Op.STATIC_UTF8_STRING],
    Op.BUILTIN_OBJECT,
])

/** Depend on their operands alone, and take any value without throwing (runtime/…/value.c). */
const CALCULATIONS: ReadonlySet<number> = new Set<number>([
    ...[Op.TYPEOF, Op.TYPEOF_STR, Op.IS_UNDEFINED, Op.IS_NULLISH, Op.TO_BOOL, Op.NOT],
    ...[Op.SUB, Op.MUL, Op.DIV, Op.NEG, Op.TO_INT, Op.BIT_NOT, Op.ABS, Op.IS_NAN],
    ...[Op.BIT_AND, Op.BIT_OR, Op.BIT_XOR],
    ...[Op.SHIFT_LEFT, Op.SHIFT_RIGHT, Op.SHIFT_RIGHT_UNSIGNED],
    ...[Op.EQ, Op.NE, Op.LE, Op.LT, Op.APPROX_EQ, Op.APPROX_NE],
])

/** Read places that statements write, without throwing. */
const READS: ReadonlySet<number> = new Set<number>([
    ...[Op.LOAD_LOCAL, Op.LOAD_GLOBAL, Op.LOAD_CLOSURE, Op.RET_VAL],
    ...[Op.DS_FIELD, Op.MATH_FIELD, Op.OBJECT_FIELD],
])

/** Results that are numbers, whatever the operands are. */
const NUMERIC: ReadonlySet<number> = new Set<number>([
    ...[Op.LITERAL, Op.LITERAL_F64, Op.NAN, Op.INF, Op.SUB, Op.MUL, Op.DIV, Op.NEG, Op.TO_INT],
    ...[Op.BIT_NOT, Op.BIT_AND, Op.BIT_OR, Op.BIT_XOR, Op.UPLUS, Op.TYPEOF],
    ...[Op.SHIFT_LEFT, Op.SHIFT_RIGHT, Op.SHIFT_RIGHT_UNSIGNED],
    Op.LOAD_BUFFER,
])

/** Whether the value is a number for certain. */
export function isNumeric(node: Node): boolean {
    if (node.op === Op.ADD) return isNumeric(node.args[0]) && isNumeric(node.args[1])
    return NUMERIC.has(node.op)
}

/** Whether it is the same value at any time and can be copied freely. */
export function isConstant(node: Node): boolean {
    return CONSTANTS.has(node.op)
}

/** Whether evaluating it can throw. */
export function canThrow(node: Node): boolean {
    return throwsItself(node) || node.args.some(canThrow)
}

/** Whether it can throw once its operands are there. Joining texts can run out of room. */
export function throwsItself(node: Node): boolean {
    const { op } = node
    if (op === Op.ADD) return !isNumeric(node)
    return !CONSTANTS.has(op) && !CALCULATIONS.has(op) && !READS.has(op)
}

/** What an expression reads that statements can change. */
export interface Reads {
    readonly locals: ReadonlySet<number>
    /** The register for results. */
    readonly result: boolean
    /** Members, elements, globals, slots of other functions. */
    readonly memory: boolean
}

/** @param captured slots that closures may change at any call */
export function readsOf(node: Node, captured: ReadonlySet<number>): Reads {
    const locals = new Set<number>()
    let result = false
    let memory = false
    walk(node, ({ op, num }) => {
        if (op === Op.LOAD_LOCAL) {
            locals.add(num)
            if (captured.has(num)) memory = true
        } else if (op === Op.RET_VAL) result = true
        else if (!CONSTANTS.has(op) && !CALCULATIONS.has(op) && op !== Op.ADD) memory = true
    })
    return { locals, result, memory }
}

export function loads(node: Node, slot: number): boolean {
    return some(node, ({ op, num }) => op === Op.LOAD_LOCAL && num === slot)
}

/** @returns how often the slot is read */
export function countLoads(node: Node, slot: number): number {
    let count = 0
    for (const arg of node.args)
        walk(arg, ({ op, num }) => {
            if (op === Op.LOAD_LOCAL && num === slot) count++
        })
    return count
}
