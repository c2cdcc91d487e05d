/** Who refers to which function, and how. Valid until code changes. */
import { type LinkFunction, type Node, type Statement } from "./ir.js"
import { isCall, refersToFunction } from "./opcodes.js"

/** A use of a function. */
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

    constructor(functions: Iterable<LinkFunction>) {
        for (const from of functions)
            for (const statement of from.body) this.addAll(from, statement, statement)
    }

    /** Those in a node and below it, in the order of execution. */
    private addAll(from: LinkFunction, statement: Statement, node: Node): void {
        for (const arg of node.args) this.addAll(from, statement, arg)
        if (!refersToFunction(node.op)) return
        const isCallee = isCall(statement.op) && statement.args[0] === node
        const to = node.ref as LinkFunction
        const reference = { from, statement, node, isCallee }
        const known = this.toFunction.get(to)
        if (known === undefined) this.toFunction.set(to, [reference])
        else known.push(reference)
    }
}
