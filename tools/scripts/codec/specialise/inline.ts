/**
 * Puts the bodies of `@inline` methods where they are called. A method of one `return`
 * becomes an expression. Others become statements: their result is given a name
 * before the statement that uses it, so their call must be the first thing this does.
 */
import ts from "typescript"
import { Body, type Callee, type Target, expressionFor, namesIn } from "./body.js"
import { Edits } from "./edits.js"
import { FieldEffects, fieldOf } from "./effects.js"
import { withLocals } from "./locals.js"
import { isAssignment, methodsOf, parse, walk } from "./syntax.js"
import { type Tags } from "./tags.js"

/** @returns the module without these methods @throws Error for a call that cannot be replaced */
export function withInlined(module: string, tags: Tags): string {
    let text = module
    for (const name of calleesFirst(text, tags.inline)) {
        for (;;) {
            const next = withOneInlined(text, name, tags.inline)
            if (next === undefined) break
            text = next
        }
        if (tags.locals.has(name)) text = withLocals(text, name, tags)
    }
    const edits = new Edits()
    for (const method of methodsOf(parse(text)).values())
        if (tags.inline.has(method.name.getText())) edits.replace(method, "")
    return edits.apply(text)
}

/** Names of all methods, each after those that it would have inlined. */
function calleesFirst(text: string, inline: ReadonlySet<string>): string[] {
    const methods = methodsOf(parse(text))
    const order: string[] = []
    const open = new Set<string>()
    const visit = (name: string): void => {
        if (order.includes(name)) return
        if (open.has(name)) throw new Error(`${name} comes to itself and cannot be inlined`)
        open.add(name)
        for (const call of callsIn(methods.get(name), inline)) visit(calledBy(call))
        open.delete(name)
        order.push(name)
    }
    for (const name of methods.keys()) visit(name)
    return order
}

function calledBy(call: ts.CallExpression): string {
    return fieldOf(call.expression) ?? ""
}

/** The calls to replace, those in arguments of others first. */
function callsIn(node: ts.Node | undefined, inline: ReadonlySet<string>): ts.CallExpression[] {
    const calls: ts.CallExpression[] = []
    const visit = (inner: ts.Node): void => {
        ts.forEachChild(inner, visit)
        if (ts.isCallExpression(inner) && inline.has(calledBy(inner))) calls.push(inner)
    }
    if (node !== undefined) visit(node)
    return calls
}

/** @returns the text with the next call in a method replaced; undefined when there is none */
function withOneInlined(
    text: string,
    name: string,
    inline: ReadonlySet<string>
): string | undefined {
    const methods = methodsOf(parse(text))
    const method = methods.get(name)
    const [call] = callsIn(method?.body, inline)
    if (method === undefined || call === undefined) return undefined
    const callee = calleeOf(methods.get(calledBy(call)), calledBy(call))
    const effects = new FieldEffects(methods)
    const edits = new Edits()
    const expression = expressionFor(callee, call.arguments, effects)
    if (expression !== undefined) {
        edits.replace(call, expression)
        return edits.apply(text)
    }
    const statement = statementOf(call)
    const target = targetOf(statement, call)
    if (target === undefined) {
        checkFirst(statement, call, effects)
        const result = freshName("result", namesIn(method))
        edits.replace(call, result)
        const rest = edits.apply(text, statement.getStart(), statement.end)
        const lines = `const ${result} = ${call.getText()}\n${rest}`
        const whole = new Edits()
        whole.replace(statement, inBlock(statement) ? lines : `{\n${lines}\n}`)
        return whole.apply(text)
    }
    const taken = new Set([
        ...call.arguments.flatMap(argument => [...namesIn(argument)]),
        ...(target === "none" ? [] : namesOf(target.text)),
        ...(isFlat(target) ? namesIn(method) : []),
    ])
    const body = new Body(
        callee,
        call.arguments,
        target === "none" ? undefined : target,
        effects,
        taken
    )
    const lines = body.statements()
    edits.replace(statement, inBlock(statement) ? lines : `{\n${lines}\n}`)
    return edits.apply(text)
}

/** Its names stay beside those of the method. */
function isFlat(target: Target | "none"): boolean {
    return target !== "none" && target.isNew
}

function namesOf(text: string): ReadonlySet<string> {
    return namesIn(parse(text))
}

function freshName(name: string, taken: ReadonlySet<string>): string {
    for (let i = 1; ; i++) if (!taken.has(`${name}${i}`)) return `${name}${i}`
}

function calleeOf(method: ts.MethodDeclaration | undefined, name: string): Callee {
    if (method?.body === undefined) throw new Error(`there is no method ${name}`)
    return {
        name,
        parameters: method.parameters.map(p => p.name.getText()),
        body: method.body,
        type: method.type?.getText() ?? "void",
    }
}

/** The innermost statement around a call. */
function statementOf(call: ts.CallExpression): ts.Statement {
    let node: ts.Node = call
    while (!ts.isStatement(node)) node = node.parent
    return node
}

function inBlock(statement: ts.Statement): boolean {
    return ts.isBlock(statement.parent)
}

/** Where a statement puts a call's result, if that is all it does. */
function targetOf(statement: ts.Statement, call: ts.CallExpression): Target | "none" | undefined {
    if (ts.isExpressionStatement(statement)) {
        const { expression } = statement
        if (expression === call) return "none"
        const isPlain =
            isAssignment(expression) &&
            expression.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
            expression.right === call
        return isPlain ? { text: expression.left.getText(), isNew: false } : undefined
    }
    if (!ts.isVariableStatement(statement)) return undefined
    const [declaration, ...more] = statement.declarationList.declarations
    return declaration?.initializer === call && more.length === 0
        ? { text: declaration.name.getText(), isNew: true }
        : undefined
}

/** @throws Error when something that the call could change, or that decides about it, comes before it */
function checkFirst(statement: ts.Statement, call: ts.CallExpression, effects: FieldEffects): void {
    const refuse = (): never => {
        throw new Error(`a call is not the first in ${JSON.stringify(statement.getText())}`)
    }
    const isLoop = ts.isIterationStatement(statement, false)
    if (isLoop) refuse()
    const { writes } = effects.ofCode(call)
    for (let node: ts.Node = call; node !== statement; node = node.parent) {
        const { parent } = node
        const isChosen =
            (ts.isConditionalExpression(parent) && parent.condition !== node) ||
            (ts.isBinaryExpression(parent) && isLogical(parent) && parent.left !== node)
        if (isChosen) refuse()
        ts.forEachChild(parent, sibling => {
            if (sibling.end > node.pos) return
            walk(sibling, inner => {
                if (ts.isCallExpression(inner) || ts.isElementAccessExpression(inner)) refuse()
                if (writes.has(fieldOf(inner) ?? "")) refuse()
            })
        })
    }
}

function isLogical({ operatorToken }: ts.BinaryExpression): boolean {
    return (
        operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken ||
        operatorToken.kind === ts.SyntaxKind.BarBarToken
    )
}
