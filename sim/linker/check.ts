/**
 * The linker's own check: the image that it wrote is read again, and compared
 * with what was meant. Differences are faults of the linker and stop the build.
 */
import { CODE_LIMIT_BYTES, readImage, viewOf } from "./image.js"
import { LinkError, type LinkFunction, type Node, type Statement, type Text } from "./ir.js"
import { lift, type LiftedProgram } from "./lift.js"
import { type Layout } from "./assemble.js"
import { Op, isField, refersToFunction, refersToText } from "./opcodes.js"
import { type Assembled } from "./assemble.js"

/** @throws LinkError that names the function and the statement that differ */
export function checkImage(
    written: Assembled,
    layout: Layout,
    buffers: readonly Uint8Array[]
): void {
    const found = lift(readImage(written.bytecode), written.debug)
    const { functions } = layout
    if (found.functions.length !== functions.length)
        throw new LinkError(`wrote ${functions.length} functions, found ${found.functions.length}`)
    if (found.buffers.some((buffer, i) => Buffer.compare(buffer, buffers[i]) !== 0))
        throw new LinkError("a constant buffer came out different")
    const numbers = new Map(functions.map((fn, i) => [fn, i]))
    functions.forEach((meant, i) => {
        new Comparison(meant, found.functions[i], numbers, found).run()
    })
}

class Comparison {
    constructor(
        private readonly meant: LinkFunction,
        private readonly found: LinkFunction,
        private readonly numbers: ReadonlyMap<LinkFunction, number>,
        private readonly program: LiftedProgram
    ) {}

    run(): void {
        const { meant, found } = this
        for (const property of ["slots", "parameters", "flags", "tryFrames"] as const)
            if (meant[property] !== found[property])
                this.refuse(`${property}: ${meant[property]} became ${found[property]}`)
        if (textOf(meant.nameRef) !== textOf(found.nameRef)) this.refuse("its name differs")
        if (meant.body.length !== found.body.length)
            this.refuse(`${meant.body.length} statements became ${found.body.length}`)
        const meantIndex = new Map(meant.body.map((statement, i) => [statement, i]))
        const foundIndex = new Map(found.body.map((statement, i) => [statement, i]))
        meant.body.forEach((statement, i) => {
            const other = found.body[i]
            const jump = (index: Map<Statement, number>, { target }: Statement) =>
                target === undefined ? -1 : index.get(target)
            if (
                !this.isSame(statement, other) ||
                jump(meantIndex, statement) !== jump(foundIndex, other)
            )
                this.refuse(`statement ${i} differs`)
        })
    }

    private isSame(meant: Node, found: Node): boolean {
        if (meant.args.length !== found.args.length) return false
        if (!meant.args.every((arg, i) => this.isSame(arg, found.args[i]))) return false
        if (meant.op === Op.LITERAL) return this.integer(found) === meant.num
        if (refersToText(meant.op))
            return (
                refersToText(found.op) &&
                isField(meant.op) === isField(found.op) &&
                textOf(meant.ref as Text) === textOf(found.ref as Text)
            )
        if (meant.op !== found.op) return false
        if (!refersToFunction(meant.op)) return meant.num === found.num
        const number = this.numbers.get(meant.ref as LinkFunction)
        return number !== undefined && this.program.functions[number] === found.ref
    }

    /** The integer that an instruction gives, from the code or from the table. */
    private integer({ op, num }: Node): number | undefined {
        if (op === Op.LITERAL) return num
        if (op !== Op.LITERAL_F64) return undefined
        const view = viewOf(this.program.numbers[num])
        return view.getInt32(4, true) === -1 ? view.getInt32(0, true) : undefined
    }

    private refuse(problem: string): never {
        throw new LinkError(
            `${this.meant.name}: what was written is not what was meant: ${problem}`
        )
    }
}

function textOf(text: Text | number): string | number {
    return typeof text === "number" ? text : text.text
}

/** Room for code that a program takes, from the start of the image, B. */
export function codeEnd(bytecode: Uint8Array): number {
    const view = viewOf(bytecode)
    return view.getUint32(40, true) + view.getUint32(44, true)
}

/** @returns in words by how much the code is too long for the VM; undefined when it fits */
export function codeOverflow(bytecode: Uint8Array): string | undefined {
    const end = codeEnd(bytecode)
    if (end <= CODE_LIMIT_BYTES) return undefined
    const over = (end - CODE_LIMIT_BYTES).toLocaleString("en")
    const limit = CODE_LIMIT_BYTES.toLocaleString("en")
    return `its code ends ${over} B above the ${limit} B that the VM can reach`
}
