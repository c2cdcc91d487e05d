/**
 * Reads an image into functions of statements. Nothing is taken on trust: an
 * instruction that does not exist, a stack that is not empty at the end of a
 * statement, a jump into the middle of one and an index without an entry are
 * refused.
 */
import type { DebugInfo } from "../program/program.js"
import { FUNCTION_BYTES, HEADER_BYTES, viewOf, type Image } from "./image.js"
import { LinkError, type LinkFunction, type Node, type Place, type Statement } from "./ir.js"
import {
    DIRECT,
    DIRECT_ZERO,
    Op,
    exists,
    isJump,
    isStatement,
    operands,
    refersToFunction,
    refersToText,
    takesNumber,
} from "./opcodes.js"
import { PlaceTable } from "./places.js"
import { readBuffers, readTexts, textOf, type TextTables } from "./texts.js"
import { TEXT_ASCII, TEXT_KIND_SHIFT, TEXT_WIDE } from "./image.js"

/** A program taken apart. */
export interface LiftedProgram {
    /** The first one is the main function. */
    functions: LinkFunction[]
    readonly texts: TextTables
    /** Number table: 8 bytes each, as the VM keeps them. */
    numbers: Uint8Array[]
    buffers: readonly Uint8Array[]
    readonly image: Image
}

/** @throws LinkError with the function's name and position for anything that is not understood */
export function lift(image: Image, debug: DebugInfo): LiftedProgram {
    const texts = readTexts(image)
    const places = new PlaceTable(debug)
    const { sections } = image
    const view = viewOf(sections.functions)
    const functions: LinkFunction[] = []
    for (let at = 0; at < sections.functions.length; at += FUNCTION_BYTES) {
        const index = at / FUNCTION_BYTES
        const start = view.getUint32(at, true)
        const name = debug.functions[index] as { name: string } | undefined
        if (name === undefined) throw new LinkError(`function ${index} has no debug information`)
        functions.push({
            name: name.name,
            index,
            nameRef: textOf(texts, view.getUint16(at + 12, true)),
            slots: view.getUint16(at + 8, true),
            parameters: sections.functions[at + 10],
            flags: sections.functions[at + 11],
            tryFrames: sections.functions[at + 14],
            body: [],
            place: places.at(start),
        })
    }
    const numbers: Uint8Array[] = []
    for (let at = 0; at < sections.numbers.length; at += 8)
        numbers.push(sections.numbers.subarray(at, at + 8))
    const codeStart = HEADER_BYTES + sections.functions.length
    functions.forEach((fn, i) => {
        const at = FUNCTION_BYTES * i
        const start = view.getUint32(at, true) - codeStart
        const code = sections.code.subarray(start, start + view.getUint32(at + 4, true))
        const reader = new CodeReader(fn, code, functions, texts, pc =>
            places.at(codeStart + start + pc)
        )
        fn.body = reader.statements()
    })
    return { functions, texts, numbers, buffers: readBuffers(image), image }
}

/** One function's code. */
class CodeReader {
    private pc = 0

    constructor(
        private readonly fn: LinkFunction,
        private readonly code: Uint8Array,
        private readonly functions: readonly LinkFunction[],
        private readonly texts: TextTables,
        private readonly placeAt: (pc: number) => Place
    ) {}

    statements(): Statement[] {
        const body: Statement[] = []
        const byStart = new Map<number, Statement>()
        const jumps: { readonly statement: Statement; readonly to: number }[] = []
        let stack: Node[] = []
        let start = 0
        while (!this.isPadding()) {
            if (stack.length === 0) start = this.pc
            const at = this.pc
            const node = this.instruction(stack)
            if (!isStatement(node.op)) {
                stack.push(node)
                continue
            }
            if (stack.length > 0) this.refuse(at, `${stack.length} values are left on the stack`)
            stack = []
            const statement: Statement = node
            if (isJump(node.op)) {
                jumps.push({ statement, to: at + node.num })
                node.num = 0
            }
            byStart.set(start, statement)
            body.push(statement)
        }
        if (stack.length > 0) this.refuse(this.pc, "ends within a statement")
        for (const { statement, to } of jumps) {
            const target = byStart.get(to)
            if (target === undefined) this.refuse(to, "a jump leads into a statement")
            statement.target = target
        }
        return body
    }

    /** Functions are padded to 4 B with zeros, which are no instruction. */
    private isPadding(): boolean {
        const { code, pc } = this
        if (pc === code.length) return true
        return code.length - pc < 4 && code.subarray(pc).every(byte => byte === 0)
    }

    private instruction(stack: Node[]): Node {
        const at = this.pc
        const place = this.placeAt(at)
        const op = this.code[this.pc++]
        if (op >= DIRECT)
            return { op: Op.LITERAL, num: op - DIRECT_ZERO, args: [], place, width: 1 }
        if (!exists(op)) this.refuse(at, `there is no instruction ${op}`)
        const count = operands(op)
        if (stack.length < count) this.refuse(at, "takes more values than the stack has")
        const args = stack.splice(stack.length - count, count)
        const num = takesNumber(op) ? this.number(at) : 0
        const node: Node = { op, num, args, place, width: this.pc - at }
        if (refersToFunction(op)) {
            const ref = this.functions[num] as LinkFunction | undefined
            if (ref === undefined) this.refuse(at, `there is no function ${num}`)
            node.ref = ref
        } else if (refersToText(op)) {
            const isWide = op === Op.UTF8_FIELD || op === Op.STATIC_UTF8_STRING
            const kind = isWide ? TEXT_WIDE : TEXT_ASCII
            node.ref = textOf(this.texts, (kind << TEXT_KIND_SHIFT) | num) as Exclude<
                ReturnType<typeof textOf>,
                number
            >
        }
        if (node.ref !== undefined) node.num = 0
        return node
    }

    private number(at: number): number {
        const first = this.byte(at)
        if (first < 0xf8) return first
        let value = 0
        for (let i = first & 3; i >= 0; i--) value = (value << 8) | this.byte(at)
        return (first & 4) !== 0 ? -value | 0 : value
    }

    private byte(at: number): number {
        if (this.pc >= this.code.length) this.refuse(at, "ends within an instruction")
        return this.code[this.pc++]
    }

    private refuse(at: number, problem: string): never {
        throw new LinkError(`${this.fn.name} (function ${this.fn.index}), byte ${at}: ${problem}`)
    }
}
