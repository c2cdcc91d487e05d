/**
 * What the platform's own instructions, members and functions give: the facts of
 * runtime/devicescript of version 2.16.4 that inference builds on.
 */
import { Op } from "./opcodes.js"
import { BUFFER, FOREIGN, JSON_VALUE, NUMBER, PLATFORM, TEXT } from "./values.js"

/** Members that every object inherits. */
export const INHERITED: ReadonlySet<string> = new Set(["constructor", "__proto__"])

/** Members of the platform's objects that are numbers. */
export const NUMERIC_MEMBERS: ReadonlySet<string> = new Set([
    ...["length", "byteLength", "serviceCommand", "serviceIndex", "code", "eventCode", "regCode"],
])

/** Methods of arrays in @devicescript/core that return one of the elements. */
export const GIVES_ELEMENT: ReadonlySet<string> = new Set(["pop", "shift", "at"])

const NUMERIC_RESULTS = [
    ...["floor", "ceil", "round", "abs", "min", "max", "pow", "sqrt", "imul", "imod", "idiv"],
    ...["log", "log2", "log10", "cbrt", "exp", "sign", "random", "randomInt"],
    ...["millis", "charCodeAt", "indexOf", "push", "getAt", "parseInt", "parseFloat"],
]

/** What functions return, where it is not anything. */
const RESULTS: ReadonlyMap<string, number> = new Map<string, number>([
    ["alloc", BUFFER],
    ["from", BUFFER],
    ["toString", TEXT],
    ["charAt", TEXT],
    ["join", TEXT],
    ["format", TEXT],
    ["fromCharCode", TEXT],
    ["parse", JSON_VALUE],
    ["stringify", TEXT],
    ["deviceIdentifier", TEXT],
    ["_dcfgString", TEXT],
    ["_allocRole", PLATFORM],
    ["encode", PLATFORM],
    ...NUMERIC_RESULTS.map(name => [name, NUMBER] as const),
])

/** @returns kinds of the result of a function of the platform */
export function resultKinds(name: string): number {
    return RESULTS.get(name) ?? FOREIGN
}

/** Functions that return what the fiber is resumed with. */
const SUSPENDING: ReadonlySet<string> = new Set(["suspend", "sleep", "delay"])

/** @param name of a function; the empty one stands for any */
export function canSuspend(name: string): boolean {
    return name === "" || SUSPENDING.has(name)
}

/** Functions that call none of those that they are given, or with arguments that are known. */
export const KEEPS_FUNCTIONS: ReadonlySet<string> = new Set([
    ...["start", "resume", "push", "insert", "pushRange", "slice", "assign", "values"],
])

const NUMBERS: ReadonlySet<number> = new Set<number>([
    ...[Op.LITERAL, Op.LITERAL_F64, Op.NAN, Op.INF, Op.SUB, Op.MUL, Op.DIV, Op.NEG, Op.UPLUS],
    ...[Op.TO_INT, Op.BIT_NOT, Op.BIT_AND, Op.BIT_OR, Op.BIT_XOR, Op.TYPEOF, Op.LOAD_BUFFER],
    ...[Op.SHIFT_LEFT, Op.SHIFT_RIGHT, Op.SHIFT_RIGHT_UNSIGNED],
])

const TEXTS: ReadonlySet<number> = new Set<number>([
    ...[Op.STATIC_BUILTIN_STRING, Op.STATIC_ASCII_STRING, Op.STATIC_UTF8_STRING, Op.TYPEOF_STR],
])

/** Truth values and null. */
const PLAIN: ReadonlySet<number> = new Set<number>([
    ...[Op.NULL, Op.TRUE, Op.FALSE, Op.NOT, Op.TO_BOOL, Op.IS_UNDEFINED],
    ...[Op.IS_NULLISH, Op.IS_NAN, Op.EQ, Op.NE, Op.LE, Op.LT, Op.APPROX_EQ, Op.APPROX_NE],
    Op.INSTANCE_OF,
])

/** @returns kinds of what an instruction gives whose operands do not matter for that */
export function kindsOf(op: number): number {
    if (NUMBERS.has(op)) return NUMBER
    if (TEXTS.has(op)) return TEXT
    if (PLAIN.has(op) || op === Op.UNDEFINED) return 0
    if (op === Op.STATIC_BUFFER) return BUFFER
    if (op === Op.ABS) return NUMBER | TEXT
    if (op === Op.BUILTIN_OBJECT || op === Op.STATIC_SPEC || op === Op.STATIC_SPEC_PROTO)
        return PLATFORM
    return FOREIGN
}

/** Whether an instruction gives a truth value or null. */
export function isPlainOp(op: number): boolean {
    return PLAIN.has(op)
}
