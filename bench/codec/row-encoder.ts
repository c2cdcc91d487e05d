/**
 * Makes src/core/frame/row-encoder.ts: the row coder of rows.ts without what only
 * decoders need, so that boards neither store it nor ask for the direction at
 * each decision. Conditions on the direction are folded; what nothing reads any
 * more is left out.
 */
import { readFileSync } from "node:fs"
import ts from "typescript"

const ROWS = new URL("../../src/core/frame/rows.ts", import.meta.url)
export const ROW_ENCODER = new URL("row-encoder.ts", ROWS)

/** Fields, variables and parameters that are false for an encoder, or that only a decoder reads. */
const FALSE_NAMES: ReadonlySet<string> = new Set(["decoding", "bad", "isEnd"])

const HEADER = "/** Made by `npm run specialise:codec`; do not edit. */\n"
const CLASS_COMMENT = `/**
 * RowCoder of rows.ts for encoders alone, with the same fields and methods: they
 * are described there.
 */
`

const { factory } = ts

/** @returns the text of the module, not yet formatted */
export function rowEncoderModule(): string {
    return specialise(readFileSync(ROWS, "utf8"))
}

/**
 * @param text a module with the class RowCoder and what it uses
 * @returns a module with the class RowEncoder
 * @throws Error when an encoder would set one of the names that are false for it
 */
export function specialise(text: string): string {
    let module = print(withoutDecoding(parse(text)))
    for (;;) {
        const next = print(withoutUnused(parse(module)))
        if (next === module) break
        module = next
    }
    const spaced = print(withConstants(parse(module)))
        .replace(/^(import .*\n)(?!import )/gm, "$1\n")
        .replace(/^( {4}|)\}\n(?=\1\S)/gm, "$&\n")
        .replace(/^ +constructor\(/m, "\n$&")
    return HEADER + spaced.replace(/^export class/m, `${CLASS_COMMENT}$&`)
}

function parse(text: string): ts.SourceFile {
    return ts.createSourceFile("rows.ts", text, ts.ScriptTarget.ES2022, true)
}

function print(file: ts.SourceFile): string {
    return ts.createPrinter({ removeComments: true }).printFile(file)
}

/** Applies a visitor to everything in a file. */
function transformed(
    file: ts.SourceFile,
    visitor: (context: ts.TransformationContext) => ts.Visitor
): ts.SourceFile {
    const result = ts.transform(file, [
        context => root => ts.visitEachChild(root, visitor(context), context),
    ])
    const [root] = result.transformed
    if (root === undefined) throw new Error("nothing was transformed")
    return root
}

// ---- The direction folded

function withoutDecoding(file: ts.SourceFile): ts.SourceFile {
    const shared: string[] = []
    const folded = transformed(file, context => {
        const visitor: ts.Visitor = node => {
            if (
                ts.isStatement(node) &&
                node.parent === file &&
                isExported(node) &&
                !ts.isClassDeclaration(node)
            ) {
                shared.push(...declaredNames(node))
                return undefined
            }
            if (ts.isIdentifier(node) && node.text === "RowCoder")
                return factory.createIdentifier("RowEncoder")
            if (isFalseName(node)) return factory.createFalse()
            if (isDeclarationOfFalse(node)) return undefined
            if (
                ts.isExpressionStatement(node) &&
                isAssignment(node.expression) &&
                isFalseName(node.expression.left)
            ) {
                if (node.expression.right.kind === ts.SyntaxKind.FalseKeyword) return undefined
                throw new Error(`encoders come to ${JSON.stringify(node.getText())}`)
            }
            if (ts.isIfStatement(node)) return foldIf(node, visitor)
            if (ts.isConditionalExpression(node)) {
                const condition = expression(node.condition, visitor)
                const known = truth(condition)
                if (known !== undefined)
                    return expression(known ? node.whenTrue : node.whenFalse, visitor)
                return factory.createConditionalExpression(
                    condition,
                    undefined,
                    expression(node.whenTrue, visitor),
                    undefined,
                    expression(node.whenFalse, visitor)
                )
            }
            if (ts.isBinaryExpression(node)) {
                const operator = node.operatorToken.kind
                const isAnd = operator === ts.SyntaxKind.AmpersandAmpersandToken
                if (isAnd || operator === ts.SyntaxKind.BarBarToken) {
                    const left = expression(node.left, visitor)
                    const known = truth(left)
                    if (known === !isAnd) return left
                    const right = expression(node.right, visitor)
                    return known === undefined
                        ? factory.createBinaryExpression(left, operator, right)
                        : right
                }
            }
            const inner = ts.visitEachChild(node, visitor, context)
            if (
                ts.isPrefixUnaryExpression(inner) &&
                inner.operator === ts.SyntaxKind.ExclamationToken
            ) {
                const known = truth(inner.operand)
                if (known !== undefined) return known ? factory.createFalse() : factory.createTrue()
            }
            return inner
        }
        return visitor
    })
    const imports = folded.statements.filter(ts.isImportDeclaration)
    const others = folded.statements.filter(node => !ts.isImportDeclaration(node))
    return factory.updateSourceFile(folded, [
        ...imports,
        importOf(shared.sort(), "./rows.js"),
        ...others,
    ])
}

function foldIf(node: ts.IfStatement, visitor: ts.Visitor): ts.VisitResult<ts.Node | undefined> {
    const condition = expression(node.expression, visitor)
    const known = truth(condition)
    if (known === undefined)
        return factory.createIfStatement(
            condition,
            statement(node.thenStatement, visitor) ?? factory.createBlock([]),
            node.elseStatement && statement(node.elseStatement, visitor)
        )
    const taken = known ? node.thenStatement : node.elseStatement
    if (taken === undefined) return undefined
    const result = statement(taken, visitor)
    if (result === undefined || !ts.isBlock(result) || !ts.isBlock(node.parent)) return result
    // In a block it needs no braces, as long as its names are new there.
    const names = new Set(node.parent.statements.flatMap(declaredNames))
    const isNew = result.statements.flatMap(declaredNames).every(name => !names.has(name))
    return isNew ? [...result.statements] : result
}

function expression(node: ts.Expression, visitor: ts.Visitor): ts.Expression {
    const result = ts.visitNode(node, visitor, ts.isExpression)
    if (result === undefined)
        throw new Error(`nothing is left of ${JSON.stringify(node.getText())}`)
    return result
}

function statement(node: ts.Statement, visitor: ts.Visitor): ts.Statement | undefined {
    return ts.visitNode(node, visitor, ts.isStatement, list =>
        factory.createBlock(list as ts.Statement[])
    )
}

/** @returns the value of an expression that is true or false whatever happens */
function truth(node: ts.Expression): boolean | undefined {
    if (ts.isParenthesizedExpression(node)) return truth(node.expression)
    if (node.kind === ts.SyntaxKind.TrueKeyword) return true
    return node.kind === ts.SyntaxKind.FalseKeyword ? false : undefined
}

/** Reading, or being assigned to, `decoding` or `this.decoding` and the like. */
function isFalseName(node: ts.Node): boolean {
    if (ts.isPropertyAccessExpression(node))
        return node.expression.kind === ts.SyntaxKind.ThisKeyword && FALSE_NAMES.has(node.name.text)
    return ts.isIdentifier(node) && FALSE_NAMES.has(node.text) && !isMemberName(node)
}

/** @throws Error when it starts as something else than false */
function isDeclarationOfFalse(node: ts.Node): boolean {
    const declared = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node
    if (
        declared === undefined ||
        !(
            ts.isVariableDeclaration(declared) ||
            ts.isParameter(declared) ||
            ts.isPropertyDeclaration(declared)
        )
    )
        return false
    if (!ts.isIdentifier(declared.name) || !FALSE_NAMES.has(declared.name.text)) return false
    const value = declared.initializer
    if (value !== undefined && !isFalseName(value) && truth(value) !== false)
        throw new Error(`${JSON.stringify(node.getText())} is not false for encoders`)
    return true
}

// ---- What nothing reads any more

function withoutUnused(file: ts.SourceFile): ts.SourceFile {
    return transformed(file, context => {
        const visitor: ts.Visitor = node => {
            if (ts.isImportSpecifier(node))
                return count(file, node.name.text) > 1 ? node : undefined
            if (
                ts.isImportDeclaration(node) &&
                declaredNames(node).every(name => count(file, name) < 2)
            )
                return undefined
            if (ts.isVariableStatement(node) || ts.isFunctionDeclaration(node)) {
                const [name, ...others] = declaredNames(node)
                if (
                    name !== undefined &&
                    others.length === 0 &&
                    !isExported(node) &&
                    count(node.parent, name) < 2
                ) {
                    const value = ts.isVariableStatement(node)
                        ? node.declarationList.declarations[0]?.initializer
                        : undefined
                    return value !== undefined && hasEffect(value)
                        ? factory.createExpressionStatement(value)
                        : undefined
                }
            }
            return ts.visitEachChild(node, visitor, context)
        }
        return visitor
    })
}

/** Makes `const` of each `let` that has lost its assignments. */
function withConstants(file: ts.SourceFile): ts.SourceFile {
    return transformed(file, context => {
        const visitor: ts.Visitor = node => {
            if (
                ts.isVariableStatement(node) &&
                (node.declarationList.flags & ts.NodeFlags.Let) !== 0 &&
                node.declarationList.declarations.every(
                    d => d.initializer !== undefined && !isAssignedIn(node.parent, d.name.getText())
                )
            )
                return factory.updateVariableStatement(
                    node,
                    node.modifiers,
                    factory.createVariableDeclarationList(
                        node.declarationList.declarations,
                        ts.NodeFlags.Const
                    )
                )
            return ts.visitEachChild(node, visitor, context)
        }
        return visitor
    })
}

/** How often a name stands in a piece of code, other than as a member's. */
function count(node: ts.Node, name: string): number {
    let found = 0
    walk(node, inner => {
        if (ts.isIdentifier(inner) && inner.text === name && !isMemberName(inner)) found++
    })
    return found
}

function isAssignedIn(node: ts.Node, name: string): boolean {
    let found = false
    walk(node, inner => {
        if (isAssignment(inner)) found ||= inner.left.getText() === name
        else if (ts.isPostfixUnaryExpression(inner)) found ||= inner.operand.getText() === name
    })
    return found
}

function hasEffect(node: ts.Node): boolean {
    let found = false
    walk(
        node,
        inner =>
            (found ||=
                ts.isCallExpression(inner) || ts.isNewExpression(inner) || isAssignment(inner))
    )
    return found
}

/** Visits a node and all within. */
function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
    visit(node)
    ts.forEachChild(node, child => {
        walk(child, visit)
    })
}

/** `=`, `+=` and the like. */
function isAssignment(node: ts.Node): node is ts.BinaryExpression {
    if (!ts.isBinaryExpression(node)) return false
    const operator = node.operatorToken.kind
    return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment
}

function isExported(node: ts.Node): boolean {
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined
    return modifiers?.some(modifier => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false
}

/** The name after a dot. */
function isMemberName(node: ts.Identifier): boolean {
    return ts.isPropertyAccessExpression(node.parent) && node.parent.name === node
}

/** Names that a statement declares in the block around it. */
function declaredNames(node: ts.Statement): string[] {
    if (ts.isVariableStatement(node))
        return node.declarationList.declarations.map(d => (d.name as ts.Identifier).text)
    if (ts.isFunctionDeclaration(node) || ts.isInterfaceDeclaration(node))
        return [node.name?.text ?? ""]
    if (!ts.isImportDeclaration(node)) return []
    const named = node.importClause?.namedBindings
    return named !== undefined && ts.isNamedImports(named)
        ? named.elements.map(e => e.name.text)
        : []
}

function importOf(names: readonly string[], from: string): ts.ImportDeclaration {
    const specifiers = names.map(name =>
        factory.createImportSpecifier(false, undefined, factory.createIdentifier(name))
    )
    return factory.createImportDeclaration(
        undefined,
        factory.createImportClause(undefined, undefined, factory.createNamedImports(specifiers)),
        factory.createStringLiteral(from)
    )
}
