/** Folds the direction of the row coder: it encodes. */
import ts from "typescript"
import { declaredNames, isAssignment, isExported, isMemberName, transformed } from "./syntax.js"

/** Fields, variables and parameters that are false for an encoder, or that only a decoder reads. */
const FALSE_NAMES: ReadonlySet<string> = new Set(["decoding", "bad", "isEnd"])

const { factory } = ts

/**
 * The module of RowCoder as one of RowEncoder, without whatever depends on
 * decoding. What else it exports is imported from rows.ts.
 *
 * @throws Error when an encoder would set one of the names that are false for it
 */
export function withoutDecoding(file: ts.SourceFile): ts.SourceFile {
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
            if (ts.isConditionalExpression(node)) return foldConditional(node, visitor)
            if (ts.isBinaryExpression(node) && isLogical(node)) return foldLogical(node, visitor)
            const known =
                ts.isPrefixUnaryExpression(node) && isNot(node)
                    ? truth(expression(node.operand, visitor))
                    : undefined
            if (known !== undefined) return known ? factory.createFalse() : factory.createTrue()
            return ts.visitEachChild(node, visitor, context)
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
    if (known === undefined) {
        const then = statement(node.thenStatement, visitor) ?? factory.createBlock([])
        const other = node.elseStatement && statement(node.elseStatement, visitor)
        // Or the "else" might become that of an "if" within.
        const isOpen = other !== undefined && ts.isIfStatement(then)
        return factory.createIfStatement(
            condition,
            isOpen ? factory.createBlock([then]) : then,
            other
        )
    }
    const taken = known ? node.thenStatement : node.elseStatement
    if (taken === undefined) return undefined
    const result = statement(taken, visitor)
    if (result === undefined || !ts.isBlock(result) || !ts.isBlock(node.parent)) return result
    // In a block it needs no braces, as long as its names are new there.
    const names = new Set(node.parent.statements.flatMap(declaredNames))
    const isNew = result.statements.flatMap(declaredNames).every(name => !names.has(name))
    return isNew ? [...result.statements] : result
}

function foldConditional(node: ts.ConditionalExpression, visitor: ts.Visitor): ts.Expression {
    const condition = expression(node.condition, visitor)
    const known = truth(condition)
    if (known !== undefined) return expression(known ? node.whenTrue : node.whenFalse, visitor)
    const yes = expression(node.whenTrue, visitor)
    const no = expression(node.whenFalse, visitor)
    return factory.createConditionalExpression(condition, undefined, yes, undefined, no)
}

function foldLogical(node: ts.BinaryExpression, visitor: ts.Visitor): ts.Expression {
    const operator = node.operatorToken.kind
    const left = expression(node.left, visitor)
    const known = truth(left)
    if (known === (operator === ts.SyntaxKind.BarBarToken)) return left
    const right = expression(node.right, visitor)
    return known === undefined ? factory.createBinaryExpression(left, operator, right) : right
}

function isLogical(node: ts.BinaryExpression): boolean {
    const operator = node.operatorToken.kind
    return (
        operator === ts.SyntaxKind.AmpersandAmpersandToken || operator === ts.SyntaxKind.BarBarToken
    )
}

function isNot(node: ts.PrefixUnaryExpression): boolean {
    return node.operator === ts.SyntaxKind.ExclamationToken
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
