/** Who refers to which function and member, and how. Valid until code changes. */
import { walk, type LinkFunction, type Node, type Statement } from "./ir.js"
import { nameIn, type Name } from "./names.js"
import { isCall, isField, refersToFunction } from "./opcodes.js"

/** A use of a function or of a name. */
export interface Reference {
    /** The function in whose code it stands. */
    readonly from: LinkFunction
    readonly statement: Statement
    readonly node: Node
    /** Whether it is what the statement calls, and nothing else. */
    readonly isCallee: boolean
}

export class References {
    readonly toFunction = new Map<LinkFunction, Reference[]>()
    readonly toName = new Map<Name, Reference[]>()

    constructor(functions: Iterable<LinkFunction>) {
        for (const from of functions)
            for (const statement of from.body)
                walk(statement, node => this.add(from, statement, node))
    }

    private add(from: LinkFunction, statement: Statement, node: Node): void {
        const isCallee = isCall(statement.op) && statement.args[0] === node
        if (refersToFunction(node.op)) {
            const to = node.ref as LinkFunction
            push(this.toFunction, to, { from, statement, node, isCallee })
        }
        const name = nameIn(node)
        if (name === undefined) return
        push(this.toName, name, { from, statement, node, isCallee: isCallee && isField(node.op) })
    }
}

function push<K>(map: Map<K, Reference[]>, key: K, reference: Reference): void {
    const known = map.get(key)
    if (known === undefined) map.set(key, [reference])
    else known.push(reference)
}
