/**
 * The instructions of DeviceScript bytecode 2.16: what each is called, how many
 * operands it takes from the stack, and whether a number follows it. The figures
 * are those of microsoft/devicescript bytecode/bytecode.md; a test compares them
 * with the tables inside the compiler.
 */

/** Number of each instruction. */
export const Op = {
    BUILTIN_OBJECT: 1,
    CALL0: 2,
    CALL1: 3,
    CALL2: 4,
    CALL3: 5,
    CALL4: 6,
    CALL5: 7,
    CALL6: 8,
    CALL7: 9,
    CALL8: 10,
    INDEX_DELETE: 11,
    RETURN: 12,
    JMP: 13,
    JMP_Z: 14,
    BIND: 15,
    OBJECT_FIELD: 16,
    STORE_LOCAL: 17,
    STORE_GLOBAL: 18,
    STORE_BUFFER: 19,
    INF: 20,
    LOAD_LOCAL: 21,
    LOAD_GLOBAL: 22,
    UPLUS: 23,
    INDEX: 24,
    INDEX_SET: 25,
    BUILTIN_FIELD: 26,
    ASCII_FIELD: 27,
    UTF8_FIELD: 28,
    MATH_FIELD: 29,
    DS_FIELD: 30,
    ALLOC_MAP: 31,
    ALLOC_ARRAY: 32,
    ALLOC_BUFFER: 33,
    STATIC_SPEC_PROTO: 34,
    STATIC_BUFFER: 35,
    STATIC_BUILTIN_STRING: 36,
    STATIC_ASCII_STRING: 37,
    STATIC_UTF8_STRING: 38,
    STATIC_FUNCTION: 39,
    LITERAL: 40,
    LITERAL_F64: 41,
    LOAD_BUFFER: 43,
    RET_VAL: 44,
    TYPEOF: 45,
    UNDEFINED: 46,
    IS_UNDEFINED: 47,
    TRUE: 48,
    FALSE: 49,
    TO_BOOL: 50,
    NAN: 51,
    ABS: 52,
    BIT_NOT: 53,
    IS_NAN: 54,
    NEG: 55,
    NOT: 56,
    TO_INT: 57,
    ADD: 58,
    SUB: 59,
    MUL: 60,
    DIV: 61,
    BIT_AND: 62,
    BIT_OR: 63,
    BIT_XOR: 64,
    SHIFT_LEFT: 65,
    SHIFT_RIGHT: 66,
    SHIFT_RIGHT_UNSIGNED: 67,
    EQ: 68,
    LE: 69,
    LT: 70,
    NE: 71,
    IS_NULLISH: 72,
    STORE_CLOSURE: 73,
    LOAD_CLOSURE: 74,
    MAKE_CLOSURE: 75,
    TYPEOF_STR: 76,
    JMP_RET_VAL_Z: 78,
    CALL_ARRAY: 79,
    TRY: 80,
    END_TRY: 81,
    CATCH: 82,
    FINALLY: 83,
    THROW: 84,
    RE_THROW: 85,
    THROW_JMP: 86,
    DEBUGGER: 87,
    NEW: 88,
    INSTANCE_OF: 89,
    NULL: 90,
    APPROX_EQ: 91,
    APPROX_NE: 92,
    STORE_RET_VAL: 93,
    STATIC_SPEC: 94,
} as const

/** One past the highest instruction. */
export const OP_COUNT = 95

/** Bytes from here on are small integers: the value is the byte less {@link DIRECT_ZERO}. */
export const DIRECT = 0x80
export const DIRECT_ZERO = 0x90
/** Least and greatest integer that is an instruction of its own. */
export const DIRECT_MIN = DIRECT - DIRECT_ZERO
export const DIRECT_MAX = 0xff - DIRECT_ZERO

/** The VM's stack for the operands of one statement, values. */
export const MAX_STACK = 16
/** Locals have a one-byte index in the compiler's encoding. */
export const MAX_SLOTS = 0xf8
/** Functions, with their parameters; more need an array of arguments. */
export const MAX_ARGUMENTS = 8

/**
 * Properties of each instruction: the low 4 bits are the number of operands,
 * then the flags below. Instructions that do not exist have STATEMENT and NUMBER
 * and FINAL with 15 operands.
 */
const STATEMENT = 0x10
const NUMBER = 0x20
/** Of a statement: the next one is not reached from it. */
const FINAL = 0x40
const MISSING = 0x7f

function propertyTable(): Uint8Array {
    const table = new Uint8Array(OP_COUNT).fill(MISSING)
    const set = (flags: number, operands: number, ops: readonly number[]) => {
        for (const op of ops) table[op] = flags | operands
    }
    const calls = [Op.CALL0, Op.CALL1, Op.CALL2, Op.CALL3, Op.CALL4, Op.CALL5, Op.CALL6, Op.CALL7]
    calls.forEach((op, i) => set(STATEMENT, i + 1, [op]))
    set(STATEMENT, 9, [Op.CALL8])
    set(STATEMENT, 0, [Op.ALLOC_MAP, Op.CATCH, Op.FINALLY, Op.DEBUGGER])
    set(STATEMENT, 1, [Op.ALLOC_ARRAY, Op.ALLOC_BUFFER, Op.STORE_RET_VAL])
    set(STATEMENT, 2, [Op.CALL_ARRAY, Op.INDEX_DELETE])
    set(STATEMENT, 3, [Op.INDEX_SET])
    set(STATEMENT, 4, [Op.STORE_BUFFER])
    set(STATEMENT | NUMBER, 0, [Op.JMP_RET_VAL_Z, Op.TRY])
    set(STATEMENT | NUMBER, 1, [Op.JMP_Z, Op.STORE_LOCAL, Op.STORE_GLOBAL])
    set(STATEMENT | NUMBER, 2, [Op.STORE_CLOSURE])
    set(STATEMENT | FINAL, 1, [Op.RETURN, Op.THROW, Op.RE_THROW])
    set(STATEMENT | FINAL | NUMBER, 0, [Op.JMP, Op.END_TRY])
    set(STATEMENT | FINAL | NUMBER, 1, [Op.THROW_JMP])
    // Expressions; the flag FINAL means "depends on its operands alone" here and is not used.
    set(0, 0, [Op.RET_VAL, Op.UNDEFINED, Op.TRUE, Op.FALSE, Op.NAN, Op.INF, Op.NULL])
    set(0, 1, [
        ...[Op.UPLUS, Op.TYPEOF, Op.TYPEOF_STR, Op.IS_UNDEFINED, Op.IS_NULLISH, Op.TO_BOOL],
        ...[Op.ABS, Op.BIT_NOT, Op.IS_NAN, Op.NEG, Op.NOT, Op.TO_INT, Op.NEW],
    ])
    set(0, 2, [
        ...[Op.BIND, Op.INDEX, Op.INSTANCE_OF, Op.ADD, Op.SUB, Op.MUL, Op.DIV],
        ...[Op.BIT_AND, Op.BIT_OR, Op.BIT_XOR],
        ...[Op.SHIFT_LEFT, Op.SHIFT_RIGHT, Op.SHIFT_RIGHT_UNSIGNED],
        ...[Op.EQ, Op.NE, Op.LE, Op.LT, Op.APPROX_EQ, Op.APPROX_NE],
    ])
    set(0, 3, [Op.LOAD_BUFFER])
    set(NUMBER, 0, [
        ...[Op.BUILTIN_OBJECT, Op.OBJECT_FIELD, Op.MATH_FIELD, Op.DS_FIELD],
        ...[Op.LOAD_LOCAL, Op.LOAD_GLOBAL, Op.MAKE_CLOSURE, Op.LITERAL, Op.LITERAL_F64],
        ...[Op.STATIC_SPEC, Op.STATIC_SPEC_PROTO, Op.STATIC_BUFFER, Op.STATIC_FUNCTION],
        ...[Op.STATIC_BUILTIN_STRING, Op.STATIC_ASCII_STRING, Op.STATIC_UTF8_STRING],
    ])
    set(NUMBER, 1, [Op.BUILTIN_FIELD, Op.ASCII_FIELD, Op.UTF8_FIELD, Op.LOAD_CLOSURE])
    return table
}

const PROPERTIES = propertyTable()

/** Whether the VM of this version has the instruction. */
export function exists(op: number): boolean {
    return op < OP_COUNT && PROPERTIES[op] !== MISSING
}

/** @returns how many operands it takes from the stack */
export function operands(op: number): number {
    return PROPERTIES[op] & 15
}

export function isStatement(op: number): boolean {
    return (PROPERTIES[op] & STATEMENT) !== 0
}

/** Whether a number follows the instruction in the code. */
export function takesNumber(op: number): boolean {
    return (PROPERTIES[op] & NUMBER) !== 0
}

/**
 * Whether the statement after it is reached by jumps only. RE_THROW counts as
 * final in the compiler's table, but does nothing with `undefined`.
 */
export function endsFlow(op: number): boolean {
    return (PROPERTIES[op] & (STATEMENT | FINAL)) === (STATEMENT | FINAL) && op !== Op.RE_THROW
}

/** Whether the number is the distance to another statement. */
export function isJump(op: number): boolean {
    return (
        op === Op.JMP ||
        op === Op.JMP_Z ||
        op === Op.JMP_RET_VAL_Z ||
        op === Op.TRY ||
        op === Op.END_TRY ||
        op === Op.THROW_JMP
    )
}

/** A call with its arguments as operands; the first operand is the function. */
export function isCall(op: number): boolean {
    return op >= Op.CALL0 && op <= Op.CALL8
}

/** Indexed by instruction: 1 where {@link setsResult}. */
const SETS_RESULT = new Uint8Array(OP_COUNT)
SETS_RESULT.fill(1, Op.CALL0, Op.CALL8 + 1)
for (const op of [
    ...[Op.CALL_ARRAY, Op.ALLOC_MAP, Op.ALLOC_ARRAY, Op.ALLOC_BUFFER, Op.STORE_RET_VAL],
    ...[Op.INDEX_DELETE, Op.CATCH, Op.FINALLY],
])
    SETS_RESULT[op] = 1

/** Whether the statement's result is in the register for results afterwards. */
export function setsResult(op: number): boolean {
    return SETS_RESULT[op] === 1
}

/** Whether the number is the index of a function. */
export function refersToFunction(op: number): boolean {
    return op === Op.STATIC_FUNCTION || op === Op.MAKE_CLOSURE
}

/** Reads the member of an object whose name is a constant. */
export function isField(op: number): boolean {
    return op === Op.BUILTIN_FIELD || op === Op.ASCII_FIELD || op === Op.UTF8_FIELD
}

/** Whether the number is the index of a text in one of the program's two tables. */
export function refersToText(op: number): boolean {
    return (
        op === Op.ASCII_FIELD ||
        op === Op.UTF8_FIELD ||
        op === Op.STATIC_ASCII_STRING ||
        op === Op.STATIC_UTF8_STRING
    )
}
