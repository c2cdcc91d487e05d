/** Members by name, as code and services know them. */
import { type Image } from "./image.js"
import { walkBody, type LinkFunction, type Node, type Text } from "./ir.js"
import { Op as Instructions, isField, refersToText } from "./opcodes.js"
import { nameOffsets } from "./services.js"
import { textOf, type TextTables } from "./texts.js"
import { viewOf } from "./image.js"

/** As a constant of this module it is read at once; what is imported is asked for by a call. */
const Op = Instructions

/** A text of the program, or the number of one that every VM has. */
export type Name = Text | number

/** The texts that every VM has, by number (the compiler's BUILTIN_STRING__VAL). */
export type BuiltinTexts = readonly string[]

/** Methods that the runtime calls by itself (runtime/devicescript/jdiface.c, impl_socket.c). */
const CALLED_BY_RUNTIME = ["_onPacket", "_onServerPacket", "_socketOnEvent"]
/** Members that the runtime reads (runtime/devicescript/objects.c, try.c). */
const READ_BY_RUNTIME = ["message", "name", "__stack__", "__func__", "prototype", "constructor"]

/** @returns the name in an instruction that reads or names a member; undefined for others */
export function nameIn({ op, num, ref }: Node): Name | undefined {
    if (refersToText(op)) return ref as Text
    switch (op) {
        case Op.BUILTIN_FIELD:
        case Op.STATIC_BUILTIN_STRING:
        case Op.DS_FIELD:
        case Op.MATH_FIELD:
        case Op.OBJECT_FIELD:
            return num
        default:
            return undefined
    }
}

/** @returns the name when the node reads a member of an object that is computed */
export function fieldName(node: Node): Name | undefined {
    return isField(node.op) ? nameIn(node) : undefined
}

/** @returns a constant text, as a name */
export function constantName(node: Node): Name | undefined {
    return isField(node.op) ? undefined : nameIn(node)
}

/** Names by which a method can be called without standing in the code. */
export class OutsideNames {
    private readonly names = new Set<string>()

    constructor(
        image: Image,
        private readonly texts: TextTables,
        private readonly builtins: BuiltinTexts
    ) {
        for (const name of [...CALLED_BY_RUNTIME, ...READ_BY_RUNTIME]) this.names.add(name)
        const view = viewOf(image.sections.services)
        for (const at of nameOffsets(image)) {
            const name = this.textOf(textOf(texts, view.getUint16(at, true)))
            // @devicescript/server calls the method "set_" + name to write a register.
            this.names.add(name).add(`set_${name}`)
        }
    }

    has(name: Name): boolean {
        return this.names.has(this.textOf(name))
    }

    textOf(name: Name): string {
        return typeof name === "number" ? this.builtins[name] : name.text
    }

    /** All texts of the program that are such names. */
    get present(): Name[] {
        const all: Name[] = [...this.texts.ascii, ...this.texts.wide, ...this.builtins.keys()]
        return all.filter(name => this.has(name))
    }
}

/** @returns how often each name stands in the code of these functions */
export function nameUses(functions: Iterable<LinkFunction>): Map<Name, number> {
    const uses = new Map<Name, number>()
    for (const fn of functions)
        walkBody(fn, node => {
            const name = nameIn(node)
            if (name !== undefined) uses.set(name, (uses.get(name) ?? 0) + 1)
        })
    return uses
}
