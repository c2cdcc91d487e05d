/**
 * Writes statements as code. Two ways: with the shortest form of every number
 * and jump, or with the widths that the compiler chose, which gives back its
 * code byte for byte as long as nothing was changed.
 */
import { LinkError, type LinkFunction, type Node, type Place, type Statement } from "./ir.js"
import {
    DIRECT_MAX,
    DIRECT_MIN,
    DIRECT_ZERO,
    Op,
    isField,
    isJump,
    refersToFunction,
    refersToText,
} from "./opcodes.js"
import { type TextNumbers } from "./texts.js"

/** Where what the code refers to stands in the image. */
export interface Numbering {
    readonly functions: ReadonlyMap<LinkFunction, number>
    readonly texts: TextNumbers
    /** Integers that stand in the table of numbers, with their index. */
    readonly integers: ReadonlyMap<number, number>
    /** Write every instruction as wide as the compiler did. */
    readonly keepsWidths: boolean
}

export interface Lowered {
    readonly code: Uint8Array
    /** Where each instruction begins, and what it came from, in ascending order. */
    readonly marks: readonly { readonly pc: number; readonly place: Place }[]
}

/** @returns bytes of a number in the code */
export function numberWidth(value: number): number {
    if (value >= 0 && value < 0xf8) return 1
    const magnitude = Math.abs(value)
    return magnitude > 0xffffff ? 5 : magnitude > 0xffff ? 4 : magnitude > 0xff ? 3 : 2
}

/** @returns the code of a function, padded to 4 B */
export function lower(fn: LinkFunction, numbering: Numbering): Lowered {
    const widths = jumpWidths(fn.body, numbering)
    const positions = positionsOf(fn.body, widths, numbering)
    const out = new CodeWriter(numbering)
    fn.body.forEach((statement, i) => {
        for (const arg of statement.args) out.expression(arg)
        out.mark(statement.place)
        if (!isJump(statement.op)) {
            out.instruction(statement)
            return
        }
        const at = out.code.length
        const to = positions.get(statement.target as Statement)
        if (to === undefined) throw new LinkError(`${fn.name}: a jump leads to a removed statement`)
        out.code.push(statement.op)
        out.wideNumber(to - at, widths[i] - 1)
    })
    while (out.code.length % 4 !== 0) out.code.push(0)
    return { code: Uint8Array.from(out.code), marks: out.marks }
}

/**
 * Width of each jump with its opcode: as small as its distance allows. Widths
 * only grow, so this ends.
 */
function jumpWidths(body: readonly Statement[], numbering: Numbering): number[] {
    if (numbering.keepsWidths) return body.map(statement => statement.width)
    const widths = body.map((statement): number => (isJump(statement.op) ? 2 : 0))
    const sizes = body.map(statement => operandsSize(statement, numbering))
    for (let isChanged = true; isChanged;) {
        isChanged = false
        const positions = positionsOf(body, widths, numbering)
        body.forEach((statement, i) => {
            if (!isJump(statement.op)) return
            const from = (positions.get(statement) as number) + sizes[i]
            const to = positions.get(statement.target as Statement) ?? 0
            const width = 1 + numberWidth(to - from)
            if (width <= widths[i]) return
            widths[i] = width
            isChanged = true
        })
    }
    return widths
}

function positionsOf(
    body: readonly Statement[],
    widths: readonly number[],
    numbering: Numbering
): Map<Statement, number> {
    const positions = new Map<Statement, number>()
    let at = 0
    body.forEach((statement, i) => {
        positions.set(statement, at)
        at += operandsSize(statement, numbering)
        at += isJump(statement.op) ? widths[i] : instructionSize(statement, numbering)
    })
    return positions
}

function operandsSize(node: Node, numbering: Numbering): number {
    let size = 0
    for (const arg of node.args)
        size += operandsSize(arg, numbering) + instructionSize(arg, numbering)
    return size
}

/** Bytes of an instruction that is no jump, without its operands. */
function instructionSize(node: Node, numbering: Numbering): number {
    if (numbering.keepsWidths) return node.width
    if (node.op === Op.LITERAL) {
        if (node.num >= DIRECT_MIN && node.num <= DIRECT_MAX) return 1
        const index = numbering.integers.get(node.num)
        return 1 + numberWidth(index ?? node.num)
    }
    const number = numberOf(node, numbering)
    return number === undefined ? 1 : 1 + numberWidth(number)
}

const TAKES_PLAIN_NUMBER: ReadonlySet<number> = new Set<number>([
    ...[Op.BUILTIN_OBJECT, Op.OBJECT_FIELD, Op.MATH_FIELD, Op.DS_FIELD, Op.BUILTIN_FIELD],
    ...[Op.LOAD_LOCAL, Op.STORE_LOCAL, Op.LOAD_GLOBAL, Op.STORE_GLOBAL],
    ...[Op.LOAD_CLOSURE, Op.STORE_CLOSURE, Op.LITERAL_F64],
    ...[Op.STATIC_SPEC, Op.STATIC_SPEC_PROTO, Op.STATIC_BUFFER, Op.STATIC_BUILTIN_STRING],
])

/** The number that follows the instruction, if one does. Literals and jumps are apart. */
function numberOf(node: Node, numbering: Numbering): number | undefined {
    const { op, ref } = node
    if (refersToFunction(op)) {
        const index = numbering.functions.get(ref as LinkFunction)
        if (index === undefined)
            throw new LinkError(`a reference to the removed function ${(ref as LinkFunction).name}`)
        return index
    }
    if (refersToText(op))
        return numbering.texts.index(ref as Exclude<typeof ref, LinkFunction | undefined>)
    return TAKES_PLAIN_NUMBER.has(op) ? node.num : undefined
}

/** The instruction for a text depends on the table in which the text stands. */
function opcodeOf(node: Node, numbering: Numbering): number {
    if (!refersToText(node.op)) return node.op
    const isWide = numbering.texts.isWide(
        node.ref as Exclude<typeof node.ref, LinkFunction | undefined>
    )
    if (isField(node.op)) return isWide ? Op.UTF8_FIELD : Op.ASCII_FIELD
    return isWide ? Op.STATIC_UTF8_STRING : Op.STATIC_ASCII_STRING
}

class CodeWriter {
    readonly code: number[] = []
    readonly marks: { pc: number; place: Place }[] = []

    constructor(private readonly numbering: Numbering) {}

    expression(node: Node): void {
        for (const arg of node.args) this.expression(arg)
        this.mark(node.place)
        this.instruction(node)
    }

    /** From here on the code comes from this place. */
    mark(place: Place): void {
        if (this.marks.at(-1)?.place !== place) this.marks.push({ pc: this.code.length, place })
    }

    instruction(node: Node): void {
        if (node.op === Op.LITERAL) this.integer(node)
        else {
            this.code.push(opcodeOf(node, this.numbering))
            const number = numberOf(node, this.numbering)
            if (number === undefined) return
            const { keepsWidths } = this.numbering
            this.wideNumber(number, keepsWidths ? node.width - 1 : numberWidth(number))
        }
    }

    private integer({ num, width }: Node): void {
        const { keepsWidths, integers } = this.numbering
        if (keepsWidths ? width === 1 : num >= DIRECT_MIN && num <= DIRECT_MAX) {
            this.code.push(num + DIRECT_ZERO)
            return
        }
        const index = keepsWidths ? undefined : integers.get(num)
        this.code.push(index === undefined ? Op.LITERAL : Op.LITERAL_F64)
        this.wideNumber(index ?? num, keepsWidths ? width - 1 : numberWidth(index ?? num))
    }

    /** A number in N bytes: one for itself, or a head and the magnitude, high byte first. */
    wideNumber(value: number, bytes: number): void {
        if (bytes === 1) {
            if (numberWidth(value) !== 1) throw new LinkError(`${value} does not fit in one byte`)
            this.code.push(value)
            return
        }
        const magnitude = Math.abs(value)
        this.code.push(0xf8 | (value < 0 ? 4 : 0) | (bytes - 2))
        for (let i = bytes - 2; i >= 0; i--)
            this.code.push(Math.floor(magnitude / 2 ** (8 * i)) & 0xff)
    }
}
