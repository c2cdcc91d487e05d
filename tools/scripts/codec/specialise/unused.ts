/** Tidies a module in which conditions were folded. */
import ts from "typescript"
import {
    declaredNames,
    isAssignment,
    isExported,
    isMemberName,
    transformed,
    walk,
} from "./syntax.js"

const { factory } = ts

/** Leaves out imports, constants, variables and functions that stand nowhere else. */
export function withoutUnused(file: ts.SourceFile): ts.SourceFile {
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
                        ? factory.createExpressionStatement(effectOf(value))
                        : undefined
                }
            }
            return ts.visitEachChild(node, visitor, context)
        }
        return visitor
    })
}

/** Makes `const` of each `let` that has lost its assignments. */
export function withConstants(file: ts.SourceFile): ts.SourceFile {
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
        else if (isStep(inner)) found ||= inner.operand.getText() === name
    })
    return found
}

/** `x++` and the like. */
function isStep(node: ts.Node): node is ts.PrefixUnaryExpression | ts.PostfixUnaryExpression {
    return (
        ts.isPostfixUnaryExpression(node) ||
        (ts.isPrefixUnaryExpression(node) &&
            (node.operator === ts.SyntaxKind.PlusPlusToken ||
                node.operator === ts.SyntaxKind.MinusMinusToken))
    )
}

/** Of `call() === 1` the call is enough. */
function effectOf(node: ts.Expression): ts.Expression {
    const isPlain = ts.isBinaryExpression(node) && !isAssignment(node)
    return isPlain && !hasEffect(node.right) ? effectOf(node.left) : node
}

/** Whether leaving it out would leave out more than its value. */
function hasEffect(node: ts.Node): boolean {
    let found = false
    walk(node, inner => {
        found ||=
            ts.isCallExpression(inner) ||
            ts.isNewExpression(inner) ||
            isAssignment(inner) ||
            isStep(inner)
    })
    return found
}
