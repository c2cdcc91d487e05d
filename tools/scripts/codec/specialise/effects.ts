/** Which fields the methods of a class read and write, those that they call included. */
import ts from "typescript"
import { isAssignment, walk } from "./syntax.js"

export interface Effects {
    readonly reads: ReadonlySet<string>
    readonly writes: ReadonlySet<string>
}

export class FieldEffects {
    private readonly known = new Map<string, Effects>()

    constructor(private readonly methods: ReadonlyMap<string, ts.Node>) {}

    /** @param name of a method; one that is not known has none */
    of(name: string): Effects {
        const known = this.known.get(name)
        if (known !== undefined) return known
        const body = this.methods.get(name)
        const effects = { reads: new Set<string>(), writes: new Set<string>() }
        // A method that comes to itself adds nothing to what it does.
        this.known.set(name, effects)
        if (body !== undefined) this.add(body, effects)
        return effects
    }

    /** What a piece of code does. */
    ofCode(node: ts.Node): Effects {
        const effects = { reads: new Set<string>(), writes: new Set<string>() }
        this.add(node, effects)
        return effects
    }

    private add(body: ts.Node, into: { reads: Set<string>; writes: Set<string> }): void {
        walk(body, node => {
            const name = fieldOf(node)
            if (name === undefined) return
            if (isCalled(node)) {
                const { reads, writes } = this.of(name)
                for (const read of reads) into.reads.add(read)
                for (const write of writes) into.writes.add(write)
                return
            }
            const written = isWritten(node)
            if (written) into.writes.add(name)
            if (!written || !isPlainAssignment(node.parent)) into.reads.add(name)
        })
    }
}

/** The name in `this.name`. */
export function fieldOf(node: ts.Node): string | undefined {
    return ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword
        ? node.name.text
        : undefined
}

/** `this.name(…)` */
export function isCalled(node: ts.Node): boolean {
    return ts.isCallExpression(node.parent) && node.parent.expression === node
}

/** A variable or field that is assigned to, `x++` included. */
export function isWritten(node: ts.Node): boolean {
    const { parent } = node
    if (isAssignment(parent)) return parent.left === node
    return (
        (ts.isPostfixUnaryExpression(parent) || ts.isPrefixUnaryExpression(parent)) &&
        (parent.operator === ts.SyntaxKind.PlusPlusToken ||
            parent.operator === ts.SyntaxKind.MinusMinusToken)
    )
}

function isPlainAssignment(node: ts.Node): boolean {
    return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken
}
