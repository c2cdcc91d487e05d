/**
 * Keeps fields in local variables while a method runs: the VM and V8 both reach them
 * faster. What is called in the meantime finds the fields as they should be.
 */
import ts from "typescript"
import { namesIn } from "./body.js"
import { Edits } from "./edits.js"
import { type Effects, FieldEffects, fieldOf, isCalled, isWritten } from "./effects.js"
import { methodsOf, parse, walk } from "./syntax.js"
import { type Tags } from "./tags.js"

/** With fewer uses it is not worth it. */
const LEAST_USES = 3

interface Local {
    readonly field: string
    readonly name: string
    readonly uses: readonly ts.Node[]
    readonly isWritten: boolean
}

/** @throws Error when a `@scratch` field is used elsewhere, or a call stands where nothing can be put around it */
export function withLocals(text: string, name: string, tags: Tags): string {
    const methods = methodsOf(parse(text))
    const body = methods.get(name)?.body
    if (body === undefined) throw new Error(`there is no method ${name}`)
    const effects = new FieldEffects(methods)
    const locals = localsOf(body, tags)
    const edits = new Edits()
    for (const { uses, name: local } of locals) for (const use of uses) edits.replace(use, local)
    for (const { field, uses, name: local } of locals.filter(l => tags.scratch.has(l.field))) {
        const block = blockOf(uses)
        const type = typeOf(block.getSourceFile(), field)
        edits.insert(block.getStart() + 1, `\nlet ${local}!: ${type}\n`)
    }
    const kept = locals.filter(local => !tags.scratch.has(local.field))
    const changed = kept.filter(local => local.isWritten)
    const given = new Set<string>()
    for (const call of callsIn(body)) {
        const effect = effects.of(fieldOf(call.expression) ?? "")
        for (const { field } of locals.filter(l => tags.scratch.has(l.field)))
            if (effect.reads.has(field) || effect.writes.has(field))
                throw new Error(`${field} is used by ${call.getText()}`)
        around(call, kept, changed, effect, edits)
        for (const { field } of kept) if (effect.writes.has(field)) given.add(field)
    }
    const loads = kept
        .sort((a, b) => depth(a) - depth(b))
        .map(({ field, name: local, isWritten }) => {
            const isChanging = isWritten || given.has(field)
            return `${isChanging ? "let" : "const"} ${local} = ${sourceOf(field, kept)}`
        })
    edits.insert(body.getStart() + 1, `\n${loads.join("\n")}\n`)
    edits.insert(body.end - 1, `${stores(changed)}\n`)
    return edits.apply(text)
}

function depth({ field }: Local): number {
    return field.split(".").length
}

/** `this.a`; for `a.b` what `a` is in, if it is in a variable. */
function sourceOf(field: string, kept: readonly Local[]): string {
    const [outer, inner] = field.split(".")
    const known = inner === undefined ? undefined : kept.find(local => local.field === outer)
    return known === undefined ? `this.${field}` : `${known.name}.${inner ?? ""}`
}

function localsOf(body: ts.Block, tags: Tags): Local[] {
    const uses = new Map<string, ts.Node[]>()
    walk(body, node => {
        const field = pathOf(node)
        if (field !== undefined) uses.set(field, [...(uses.get(field) ?? []), node])
    })
    const taken = namesIn(body)
    if (body.parent !== undefined) for (const name of namesIn(body.parent)) taken.add(name)
    const counts = new Map([...uses].map(([field, nodes]) => [field, nodes.length]))
    const isWorthIt = (field: string) =>
        tags.scratch.has(field) || (counts.get(field) ?? 0) >= LEAST_USES
    // Paths begin with a field: in the method, or where their own variable is set.
    for (const [field, nodes] of [...uses].filter(([key]) => key.includes("."))) {
        const outer = field.slice(0, field.indexOf("."))
        const beginnings = nodes.map(node => (node as ts.PropertyAccessExpression).expression)
        const own = isWorthIt(field) ? [] : beginnings
        uses.set(outer, [...(uses.get(outer) ?? []), ...own])
        counts.set(outer, (counts.get(outer) ?? 0) + Math.max(own.length, 1))
        if (!isWorthIt(field)) uses.delete(field)
    }
    return [...uses]
        .filter(([field]) => isWorthIt(field))
        .map(([field, nodes]) => {
            const own = field.slice(field.lastIndexOf(".") + 1)
            const name = taken.has(own) ? `${own}Now` : own
            return { field, name, uses: nodes, isWritten: nodes.some(isWritten) }
        })
}

/** `a` of `this.a`, `a.b` of `this.a.b` where that is read. */
function pathOf(node: ts.Node): string | undefined {
    if (!ts.isPropertyAccessExpression(node) || isCalled(node)) return undefined
    const outer = fieldOf(node.expression)
    if (outer !== undefined) return `${outer}.${node.name.text}`
    const field = fieldOf(node)
    const isPath = ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node
    return isPath ? undefined : field
}

function callsIn(body: ts.Block): ts.CallExpression[] {
    const calls: ts.CallExpression[] = []
    walk(body, node => {
        if (ts.isCallExpression(node) && fieldOf(node.expression) !== undefined) calls.push(node)
    })
    return calls
}

/** Puts the fields in order before a call, and takes them again after it. */
function around(
    call: ts.CallExpression,
    kept: readonly Local[],
    changed: readonly Local[],
    { reads, writes }: Effects,
    edits: Edits
): void {
    const before = changed.filter(({ field }) => reads.has(field) || writes.has(field))
    const after = kept.filter(({ field }) => writes.has(field))
    if (before.length + after.length === 0) return
    let statement: ts.Node = call
    while (!ts.isStatement(statement)) statement = statement.parent
    if (!ts.isExpressionStatement(statement) && !ts.isVariableStatement(statement))
        throw new Error(`${call.getText()} stands where its fields cannot be put in order`)
    const isBlock = ts.isBlock(statement.parent)
    const loads = after.map(({ field, name }) => `${name} = this.${field}`)
    edits.insert(statement.getStart(), `${isBlock ? "" : "{"}${stores(before)}\n`)
    edits.insert(statement.end, `\n${loads.join("\n")}${isBlock ? "" : "\n}"}`)
}

function stores(locals: readonly Local[]): string {
    return locals.map(({ field, name }) => `\nthis.${field} = ${name}`).join("")
}

/**
 * The innermost block around all uses; not one that a loop repeats, unless each round
 * begins with writing it.
 */
function blockOf(uses: readonly ts.Node[]): ts.Block {
    const contains = (outer: ts.Node) =>
        uses.every(inner => inner.pos >= outer.pos && inner.end <= outer.end)
    const [first] = uses
    let node = first
    let isBehindCondition = false
    while (!ts.isBlock(node) || !contains(node)) {
        isBehindCondition ||= ts.isIfStatement(node) || ts.isIterationStatement(node, false)
        node = node.parent
    }
    if (!isBehindCondition && isWritten(first)) return node
    while (!ts.isIterationStatement(node, false) && !ts.isMethodDeclaration(node))
        node = node.parent
    while (!ts.isBlock(node) && !ts.isMethodDeclaration(node)) node = node.parent
    return ts.isBlock(node) ? node : (node.body as ts.Block)
}

/** Fields start as a number or as `false`. */
function typeOf(file: ts.SourceFile, field: string): string {
    let type = "number"
    walk(file, node => {
        if (ts.isPropertyDeclaration(node) && node.name.getText() === field)
            if (node.initializer?.kind === ts.SyntaxKind.FalseKeyword) type = "boolean"
    })
    return type
}
