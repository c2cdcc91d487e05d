/** Folds the direction of the row coder: what only the other one needs is left out. */
import ts from "typescript"
import { fieldOf } from "./effects.js"
import { declaredNames, isMemberName, transformed } from "./syntax.js"
import { type Tags } from "./tags.js"

const { factory } = ts

/** A field, or a variable of its value: true for decoders, false for encoders. */
const DIRECTION = "decoding"

/**
 * The module for one direction.
 *
 * @throws Error when a member of the other direction is still asked for
 */
export function withDirection(file: ts.SourceFile, tags: Tags, isDecoding: boolean): ts.SourceFile {
    const others = isDecoding ? tags.encoder : tags.decoder
    return transformed(file, context => {
        const visitor: ts.Visitor = node => {
            if (ts.isClassElement(node) && others.has(node.name?.getText() ?? "")) return undefined
            if (others.has(fieldOf(node) ?? "")) {
                const who = isDecoding ? "decoders" : "encoders"
                throw new Error(`${who} come to ${JSON.stringify(node.parent.getText())}`)
            }
            if (isDirection(node)) return isDecoding ? factory.createTrue() : factory.createFalse()
            if (isDeclaration(node)) return undefined
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
}

function foldIf(node: ts.IfStatement, visitor: ts.Visitor): ts.VisitResult<ts.Node | undefined> {
    const condition = expression(node.expression, visitor)
    const known = truth(condition)
    if (known === undefined) {
        const then = statement(node.thenStatement, visitor) ?? factory.createBlock([])
        const other = node.elseStatement && statement(node.elseStatement, visitor)
        return factory.createIfStatement(condition, then, other)
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

/** Reading `decoding` or `this.decoding`. */
function isDirection(node: ts.Node): boolean {
    if (fieldOf(node) === DIRECTION) return true
    return ts.isIdentifier(node) && node.text === DIRECTION && !isMemberName(node)
}

/** @throws Error when it starts as something else */
function isDeclaration(node: ts.Node): boolean {
    const declared = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node
    if (declared === undefined || !(ts.isVariableDeclaration(declared) || ts.isParameter(declared)))
        return false
    if (declared.name.getText() !== DIRECTION) return false
    const value = declared.initializer
    if (value !== undefined && !isDirection(value))
        throw new Error(`${JSON.stringify(node.getText())} is not the direction`)
    return true
}
