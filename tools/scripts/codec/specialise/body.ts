/** The body of a method as it stands where the method was called. */
import ts from "typescript"
import { Edits } from "./edits.js"
import { type FieldEffects, fieldOf, isWritten } from "./effects.js"
import { declaredNames, isEffect, isMemberName, walk } from "./syntax.js"

export interface Callee {
    readonly name: string
    readonly parameters: readonly string[]
    readonly body: ts.Block
    /** Of what it returns. */
    readonly type: string
}

/** Where the result goes. */
export interface Target {
    readonly text: string
    /** It is declared here. */
    readonly isNew: boolean
}

/** `return …` and nothing else. */
export function oneReturn(callee: Callee): ts.Expression | undefined {
    const [only, ...more] = callee.body.statements
    return only !== undefined && more.length === 0 && ts.isReturnStatement(only)
        ? only.expression
        : undefined
}

/**
 * The expression in place of a call.
 *
 * @returns undefined when an argument would be worked out more than once
 */
export function expressionFor(
    callee: Callee,
    args: readonly ts.Expression[],
    effects: FieldEffects
): string | undefined {
    const value = oneReturn(callee)
    if (value === undefined) return undefined
    const edits = new Edits()
    const written = effects.ofCode(value).writes
    for (const [i, parameter] of callee.parameters.entries()) {
        const argument = args[i]
        const uses = usesOf(value, parameter)
        if (!isStable(argument, written) && (uses.length > 1 || isEffect(value))) return undefined
        for (const use of uses) edits.replace(use, inParentheses(argument))
    }
    return `(${edits.apply(value.getSourceFile().text, value.getStart(), value.end)})`
}

/** What stands in place of a statement that was only a call, or that put its result somewhere. */
export class Body {
    private readonly edits = new Edits()
    private readonly lines: string[] = []
    private readonly text: string
    private isBlock = false

    /**
     * @param taken names that mean something else where the body will stand
     * @throws Error for a `return` within a loop
     */
    constructor(
        private readonly callee: Callee,
        private readonly args: readonly ts.Expression[],
        private readonly target: Target | undefined,
        effects: FieldEffects,
        taken: ReadonlySet<string>
    ) {
        this.text = callee.body.getSourceFile().text
        const result = this.resultVariable()
        const names = namesIn(callee.body)
        const rename = (name: string): string => {
            let fresh = name
            for (let i = 2; taken.has(fresh) || (fresh !== name && names.has(fresh)); i++)
                fresh = `${name}${i}`
            return fresh
        }
        const written = effects.of(callee.name).writes
        for (const [i, parameter] of callee.parameters.entries())
            this.parameter(parameter, args[i], written, result, rename)
        walk(callee.body, node => {
            if (!ts.isVariableDeclaration(node)) return
            const name = node.name.getText()
            const fresh = name === result && target !== undefined ? target.text : rename(name)
            if (fresh !== name)
                for (const use of usesOf(callee.body, name)) this.edits.replace(use, fresh)
            if (name === result && target?.isNew === false) this.assign(node, target.text)
            else if (node.parent.parent.parent === callee.body && name !== result)
                this.isBlock = true
        })
    }

    /** The declaration of what is declared elsewhere. */
    private assign(node: ts.VariableDeclaration, name: string): void {
        const value = node.initializer
        const statement = node.parent.parent
        if (value === undefined) this.edits.replace(statement, "")
        else this.edits.replaceSpan(statement.getStart(), value.getStart(), `${name} = `)
    }

    /** @returns statements */
    statements(): string {
        const { callee, target } = this
        const isDeclared = target?.isNew === true && this.resultVariable() === undefined
        const inner = [...this.lines, this.list(callee.body.statements)].join("\n")
        const block = this.isBlock && !this.isFlat() ? `{\n${inner}\n}` : inner
        return isDeclared ? `let ${target.text}!: ${callee.type}\n${block}` : block
    }

    /** The variable that is the result is declared among the others. */
    private isFlat(): boolean {
        return this.target?.isNew === true && this.resultVariable() !== undefined
    }

    /** A variable or parameter that a new target can be: what the one `return` returns. */
    private resultVariable(): string | undefined {
        if (this.target === undefined) return undefined
        const returns: ts.ReturnStatement[] = []
        walk(this.callee.body, node => {
            if (ts.isReturnStatement(node)) returns.push(node)
        })
        const [only] = returns
        const value = only?.expression
        if (value === undefined || returns.length > 1 || !ts.isIdentifier(value)) return undefined
        if (only?.parent !== this.callee.body) return undefined
        const isParameter = this.callee.parameters.includes(value.text)
        const isOwn = this.callee.body.statements.flatMap(declaredNames).includes(value.text)
        if (this.target.isNew) return isParameter || isOwn ? value.text : undefined
        // `x = this.f(y)`: a variable of the body can be x itself.
        const target = this.target.text
        const isFree = !this.args.some(argument => namesIn(argument).has(target))
        if (isOwn) return /^\w+$/.test(target) && isFree ? value.text : undefined
        // `x = this.f(x)`: the parameter can be x itself.
        const at = this.callee.parameters.indexOf(value.text)
        const same = this.args.filter(argument => argument.getText() === this.target?.text)
        return isParameter && same.length === 1 && same[0] === this.args[at]
            ? value.text
            : undefined
    }

    private parameter(
        parameter: string,
        argument: ts.Expression,
        written: ReadonlySet<string>,
        result: string | undefined,
        rename: (name: string) => string
    ): void {
        const uses = usesOf(this.callee.body, parameter)
        const isAssigned = uses.some(isWritten)
        const isResult = parameter === result && this.target !== undefined
        if (!isAssigned && !isResult && isStable(argument, written)) {
            for (const use of uses) this.edits.replace(use, argument.getText())
            return
        }
        const name = isResult ? (this.target?.text ?? "") : rename(parameter)
        for (const use of uses) this.edits.replace(use, name)
        const isUsed = uses.length > 0 || isEffect(argument)
        if (isResult && this.target?.isNew === false) return
        if (!isUsed) return
        this.lines.push(`${isAssigned ? "let" : "const"} ${name} = ${argument.getText()}`)
        if (!isResult) this.isBlock = true
    }

    private of(node: ts.Node): string {
        return this.edits.apply(this.text, node.getStart(), node.end)
    }

    /** Statements with each `return` in its place as the last thing that is done. */
    private list(statements: readonly ts.Statement[]): string {
        const [first, ...rest] = statements
        if (first === undefined) return ""
        if (ts.isReturnStatement(first)) return this.result(first)
        if (!hasReturn(first)) return `${this.of(first)}\n${this.list(rest)}`
        if (ts.isBlock(first)) return this.list([...first.statements, ...rest])
        if (!ts.isIfStatement(first)) throw new Error(`a return within ${this.of(first)}`)
        const then = statementsOf(first.thenStatement)
        const other = statementsOf(first.elseStatement)
        const after = (branch: readonly ts.Statement[]) =>
            this.list(alwaysReturns(branch) ? branch : [...branch, ...rest])
        if (rest.length > 0 && !alwaysReturns(then) && !alwaysReturns(other))
            throw new Error(`a return after which it may go on: ${this.of(first)}`)
        return `if (${this.of(first.expression)}) {\n${after(then)}\n} else {\n${after(other)}\n}`
    }

    private result({ expression }: ts.ReturnStatement): string {
        if (expression === undefined) return ""
        const value = this.of(expression)
        if (this.target === undefined) return isEffect(expression) ? value : ""
        return value === this.target.text ? "" : `${this.target.text} = ${value}`
    }
}

/** Whether it means the same at each place of the body. */
function isStable(node: ts.Expression, written: ReadonlySet<string>): boolean {
    const field = fieldOf(node)
    if (field !== undefined) return !written.has(field)
    return ts.isIdentifier(node) || ts.isNumericLiteral(node)
}

function inParentheses(node: ts.Expression): string {
    const isWhole =
        ts.isIdentifier(node) || ts.isNumericLiteral(node) || fieldOf(node) !== undefined
    return isWhole ? node.getText() : `(${node.getText()})`
}

function usesOf(body: ts.Node, name: string): ts.Identifier[] {
    const uses: ts.Identifier[] = []
    walk(body, node => {
        if (ts.isIdentifier(node) && node.text === name && !isMemberName(node)) uses.push(node)
    })
    return uses
}

/** Names that mean something in a piece of code. */
export function namesIn(node: ts.Node): Set<string> {
    const names = new Set<string>()
    walk(node, inner => {
        if (ts.isIdentifier(inner) && !isMemberName(inner)) names.add(inner.text)
    })
    return names
}

function statementsOf(node: ts.Statement | undefined): readonly ts.Statement[] {
    if (node === undefined) return []
    return ts.isBlock(node) ? node.statements : [node]
}

function hasReturn(node: ts.Node): boolean {
    let found = false
    walk(node, inner => {
        found ||= ts.isReturnStatement(inner)
    })
    return found
}

function alwaysReturns(statements: readonly ts.Statement[]): boolean {
    const last = statements.at(-1)
    if (last === undefined) return false
    if (ts.isReturnStatement(last)) return true
    if (ts.isBlock(last)) return alwaysReturns(last.statements)
    return (
        ts.isIfStatement(last) &&
        alwaysReturns(statementsOf(last.thenStatement)) &&
        alwaysReturns(statementsOf(last.elseStatement))
    )
}
