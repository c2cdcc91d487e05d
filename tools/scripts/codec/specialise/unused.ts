/** Tidies a module in which conditions were folded. */
import ts from "typescript"
import { fieldOf, isWritten } from "./effects.js"
import {
    declaredNames,
    isAssignment,
    isEffect,
    isExported,
    isMemberName,
    isStep,
    methodsOf,
    transformed,
    walk,
} from "./syntax.js"

const { factory } = ts

/** Leaves out imports, constants, variables, functions and private members that stand nowhere else. */
export function withoutUnused(file: ts.SourceFile): ts.SourceFile {
    const unused = unusedParameters(file)
    const isUnused = (node: ts.ParameterDeclaration): boolean =>
        ts.isMethodDeclaration(node.parent) &&
        (unused.get(node.parent.name.getText())?.has(node.parent.parameters.indexOf(node)) ?? false)
    const withoutArguments = (node: ts.CallExpression): ts.CallExpression => {
        const places = unused.get(fieldOf(node.expression) ?? "")
        if (places === undefined || places.size === 0) return node
        const args = node.arguments.filter((argument, i) => {
            if (places.has(i) && isEffect(argument))
                throw new Error(`${argument.getText()} would not be done`)
            return !places.has(i)
        })
        return factory.updateCallExpression(node, node.expression, undefined, args)
    }
    return transformed(file, context => {
        const visitor: ts.Visitor = node => {
            if (ts.isClassElement(node) && isUnusedMember(node, file)) return undefined
            if (ts.isParameter(node) && isUnused(node)) return undefined
            if (ts.isCallExpression(node))
                return ts.visitEachChild(withoutArguments(node), visitor, context)
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
                    return value !== undefined && isEffect(value)
                        ? factory.createExpressionStatement(effectOf(value))
                        : undefined
                }
            }
            return ts.visitEachChild(node, visitor, context)
        }
        return visitor
    })
}

/** Places of a private method's parameters that nothing reads. */
function unusedParameters(file: ts.SourceFile): Map<string, Set<number>> {
    const unused = new Map<string, Set<number>>()
    for (const [name, method] of methodsOf(file)) {
        if (!isPrivate(method)) continue
        const places = [...method.parameters.keys()].filter(i => {
            const parameter = method.parameters[i]
            return count(method, parameter.name.getText()) < 2
        })
        unused.set(name, new Set(places))
    }
    return unused
}

function isPrivate(node: ts.ClassElement): boolean {
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined
    return modifiers?.some(m => m.kind === ts.SyntaxKind.PrivateKeyword) ?? false
}

/** A private method or field that no other place names. */
function isUnusedMember(node: ts.ClassElement, file: ts.SourceFile): boolean {
    if (!isPrivate(node) || node.name === undefined) return false
    const name = node.name.getText()
    let isUsed = false
    walk(file, inner => {
        isUsed ||= fieldOf(inner) === name && !isWithin(inner, node)
    })
    return !isUsed
}

function isWithin(inner: ts.Node, outer: ts.Node): boolean {
    return inner.pos >= outer.pos && inner.end <= outer.end
}

/** Makes `const` of each `let` that has no assignments left, or the only one beside it. */
export function withConstants(file: ts.SourceFile): ts.SourceFile {
    const late = lateConstants(file)
    return transformed(file, context => {
        const visitor: ts.Visitor = node => {
            const name = late.get(node)
            if (name === "") return undefined
            if (name !== undefined && ts.isExpressionStatement(node))
                return constant(name, (node.expression as ts.BinaryExpression).right)
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

function constant(name: string, value: ts.Expression): ts.Statement {
    const declaration = factory.createVariableDeclaration(name, undefined, undefined, value)
    const list = factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const)
    return factory.createVariableStatement(undefined, list)
}

/**
 * Variables without a value that get their only one in the same block: the name at
 * the place of the assignment, an empty one at that of the declaration.
 */
function lateConstants(file: ts.SourceFile): Map<ts.Node, string> {
    const found = new Map<ts.Node, string>()
    walk(file, block => {
        if (!ts.isBlock(block)) return
        for (const statement of block.statements) {
            if (!ts.isVariableStatement(statement)) continue
            const [declaration, ...more] = statement.declarationList.declarations
            if (declaration?.initializer !== undefined || more.length > 0) continue
            const name = declaration?.name.getText() ?? ""
            const writes: ts.Node[] = []
            walk(block, node => {
                if (ts.isIdentifier(node) && node.text === name && isWritten(node))
                    writes.push(node.parent.parent)
            })
            const [only] = writes
            if (only === undefined || writes.length > 1 || only.parent !== block) continue
            found.set(statement, "")
            found.set(only, name)
        }
    })
    return found
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

/** Of `call() === 1` the call is enough. */
function effectOf(node: ts.Expression): ts.Expression {
    const isPlain = ts.isBinaryExpression(node) && !isAssignment(node)
    return isPlain && !isEffect(node.right) ? effectOf(node.left) : node
}
