/**
 * What the passes work on: functions as lists of statements, statements as trees
 * of expressions, and everything an instruction refers to as an object instead
 * of an index, so that functions and texts can move.
 */
import { Op } from "./opcodes.js"

/** The program cannot be linked; the message says what was met and where. */
export class LinkError extends Error {
    override name = "LinkError"
}

/** A text of the program. Two texts that are equal are one object. */
export interface Text {
    readonly text: string
    /** In the table of texts with code points beyond ASCII. */
    readonly isWide: boolean
}

/** A function that was put in place of a call of it. */
export interface InlinedCall {
    /** The function whose code it is. */
    readonly of: LinkFunction
    /** Where it was called. */
    readonly calledAt: Place
}

/** Where an instruction comes from: a range of the concatenated sources. */
export interface Place {
    readonly position: number
    readonly length: number
    /** Set when the instruction came out of another function. */
    readonly inlined?: InlinedCall
}

/** An expression, or the operand-carrying part of a statement. */
export interface Node {
    op: number
    /** The number in the code; unused (0) when the instruction takes none or has a {@link ref}. */
    num: number
    /** What the instruction refers to, instead of the number. */
    ref?: LinkFunction | Text
    args: Node[]
    place: Place
    /** Bytes that the instruction had in the compiler's code, for the round trip. */
    width: number
}

export interface Statement extends Node {
    /** Of a jump. */
    target?: Statement
}

export interface LinkFunction {
    /** Its name in the source, or what the compiler called it. */
    readonly name: string
    /** Position in the compiler's function table. */
    readonly index: number
    /** The name in the image: a text or the number of a text that every VM has. */
    readonly nameRef: Text | number
    slots: number
    parameters: number
    flags: number
    tryFrames: number
    body: Statement[]
    /** Where the function as a whole comes from. */
    readonly place: Place
}

/** Flags of a function, as in the image. */
export const NEEDS_THIS = 1
export const IS_CONSTRUCTOR = 2
export const HAS_REST = 4

/** Calls `visit` for the node and everything below it, operands first. */
export function walk(node: Node, visit: (node: Node) => void): void {
    for (const arg of node.args) walk(arg, visit)
    visit(node)
}

/** Calls `visit` for every expression and statement of a function, in the order of execution. */
export function walkBody(
    fn: LinkFunction,
    visit: (node: Node, statement: Statement) => void
): void {
    let current: Statement
    const visitNode = (node: Node) => visit(node, current)
    for (const statement of fn.body) {
        current = statement
        walk(statement, visitNode)
    }
}

export function some(node: Node, test: (node: Node) => boolean): boolean {
    return test(node) || node.args.some(arg => some(arg, test))
}

/** @returns a copy that shares nothing but what it refers to */
export function copyOf(node: Node): Node {
    return { ...node, args: node.args.map(copyOf) }
}

/** A node that the linker makes. */
export function makeNode(op: number, place: Place, args: Node[] = [], num = 0): Node {
    return { op, num, args, place, width: 0 }
}

export function literal(value: number, place: Place): Node {
    return makeNode(Op.LITERAL, place, [], value)
}

export function loadLocal(slot: number, place: Place): Node {
    return makeNode(Op.LOAD_LOCAL, place, [], slot)
}

export function storeLocal(slot: number, value: Node, place: Place): Statement {
    return makeNode(Op.STORE_LOCAL, place, [value], slot)
}

export function jumpTo(target: Statement, place: Place): Statement {
    return { ...makeNode(Op.JMP, place), target }
}

/** Whether two expressions are the same instructions on the same things. */
export function isSame(a: Node, b: Node): boolean {
    return (
        a.op === b.op &&
        a.num === b.num &&
        a.ref === b.ref &&
        a.args.length === b.args.length &&
        a.args.every((arg, i) => isSame(arg, b.args[i]))
    )
}

/** @returns values on the VM's stack while the expression is evaluated, at most */
export function stackDepth(node: Node): number {
    let depth = 1
    node.args.forEach((arg, i) => {
        depth = Math.max(depth, i + stackDepth(arg))
    })
    return depth
}
