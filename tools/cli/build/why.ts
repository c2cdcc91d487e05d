/** `suitcase build --why NAME`: what keeps a function in the image. */
import { lift } from "../../../sim/linker/lift.js"
import { readImage } from "../../../sim/linker/image.js"
import { walkBody, type LinkFunction } from "../../../sim/linker/ir.js"
import { constantName, nameIn, type Name } from "../../../sim/linker/names.js"
import { CLASS_TABLE } from "../../../sim/linker/class-table.js"
import { Op, refersToFunction } from "../../../sim/linker/opcodes.js"
import { placeText, type Program } from "../../../sim/program/program.js"
import { theCompiler } from "../../../sim/program/compile.js"

/** A step from one function to another. */
interface Link {
    readonly from: LinkFunction
    /** "refers to", "calls .read of". */
    readonly how: string
}

/**
 * @param name as in the source: "seal"
 * @returns lines for people: for each function of that name a path from the program's start
 */
export function whyInImage(program: Program, compiled: Program, name: string): string[] {
    const lifted = lift(readImage(program.bytecode), program.debug)
    const found = lifted.functions.filter(fn => fn.name === name)
    const links = new LinkSearch(lifted.functions).links
    const text = (fn: LinkFunction) => placeText(program, fn.index)
    const lines: string[] = []
    for (const fn of found) {
        lines.push(text(fn))
        for (let link = links.get(fn); link !== undefined; link = links.get(link.from))
            lines.push(`  ${link.how} ${text(link.from)}`)
    }
    lines.push(...inlinedInto(program, name))
    if (lines.length > 0) return lines
    const isCompiled = compiled.debug.functions.some(fn => fn.name === name)
    return [
        isCompiled
            ? `${name} is not in the image: nothing that can run reaches it, or another function has the same code`
            : `the program has no function ${name}`,
    ]
}

/** Functions of the image that contain the code of another one. */
function inlinedInto(program: Program, name: string): string[] {
    const { calls, ranges } = program.debug.inlined ?? { calls: [], ranges: [] }
    const hosts = new Set<number>()
    for (const { startpc, call } of ranges) {
        let at = call
        while (at >= 0 && calls[at].name !== name) at = calls[at].within
        if (at < 0) continue
        hosts.add(
            program.debug.functions.findIndex(
                fn => startpc >= fn.startpc && startpc < fn.startpc + fn.size
            )
        )
    }
    return [...hosts].map(host => `${name} was put into ${placeText(program, host)}`)
}

class LinkSearch {
    readonly links = new Map<LinkFunction, Link>()

    constructor(functions: readonly LinkFunction[]) {
        const { BUILTIN_STRING__VAL: builtins } = theCompiler()
        const table = functions.find(fn => fn.name === CLASS_TABLE)
        const byName = methodsByName(table)
        const textOf = (name: Name) => (typeof name === "number" ? builtins[name] : name.text)
        const waiting = functions.slice(0, 1)
        const reach = (to: LinkFunction, link: Link) => {
            if (this.links.has(to) || to === functions[0]) return
            this.links.set(to, link)
            waiting.push(to)
        }
        for (let from = waiting.shift(); from !== undefined; from = waiting.shift()) {
            const source: LinkFunction = from
            const isTable = source === table
            walkBody(source, node => {
                if (refersToFunction(node.op) && !isTable)
                    reach(node.ref as LinkFunction, { from: source, how: "used by" })
                const name = nameIn(node)
                if (name === undefined || isTable) return
                for (const method of byName.get(name) ?? [])
                    reach(method, { from: source, how: `called as .${textOf(name)} by` })
            })
        }
    }
}

/** Methods that the class table puts under a name. */
function methodsByName(table: LinkFunction | undefined): Map<Name, LinkFunction[]> {
    const byName = new Map<Name, LinkFunction[]>()
    for (const { op, args } of table?.body ?? []) {
        if (op !== Op.INDEX_SET || !refersToFunction(args[2].op)) continue
        const name = constantName(args[1])
        if (name === undefined) continue
        byName.set(name, [...(byName.get(name) ?? []), args[2].ref as LinkFunction])
    }
    return byName
}
