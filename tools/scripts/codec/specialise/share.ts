/**
 * Lets local variables share places. The VM gives each declaration of a function a
 * place of 8 B in every call's frame, in whatever block it is; hundreds of bytes in
 * one piece for each row that is coded.
 */
import ts from "typescript"
import { isMemberName, transformed, walk } from "./syntax.js"

const { factory } = ts

interface Variable {
    readonly name: string
    /** From its declaration to the end of its block it is in use. */
    readonly start: number
    readonly end: number
    readonly declaration: ts.VariableDeclaration
}

/** Variables that share one, in order. */
type Place = Variable[]

/** Methods with fewer variables are left alone. */
const MANY = 32

/**
 * In long methods, variables that are numbers, declared in blocks and never in use at
 * the same time, become one that is declared at the top.
 *
 * @throws Error for functions within methods: they could see a variable change
 */
export function withSharedVariables(file: ts.SourceFile): ts.SourceFile {
    return transformed(file, context => {
        const visitor: ts.Visitor = node =>
            ts.isMethodDeclaration(node) && node.body !== undefined
                ? factory.updateMethodDeclaration(
                      node,
                      node.modifiers,
                      node.asteriskToken,
                      node.name,
                      node.questionToken,
                      node.typeParameters,
                      node.parameters,
                      node.type,
                      shared(node.body, context)
                  )
                : ts.visitEachChild(node, visitor, context)
        return visitor
    })
}

function shared(body: ts.Block, context: ts.TransformationContext): ts.Block {
    const variables = variablesIn(body)
    if (variables.length < MANY) return body
    const places = placesOf(variables)
    const names = namesOf(places, takenNames(body, variables))
    const visitor: ts.Visitor = node => {
        if (ts.isVariableStatement(node)) {
            const list = ts.visitNode(node.declarationList, visitor)
            if (list === undefined || ts.isExpression(list))
                return list && factory.createExpressionStatement(list)
            return ts.visitEachChild(node, visitor, context)
        }
        if (ts.isVariableDeclarationList(node)) {
            const [declaration] = node.declarations
            const variable = variables.find(v => v.declaration === declaration)
            if (variable === undefined) return ts.visitEachChild(node, visitor, context)
            const value = ts.visitNode(variable.declaration.initializer, visitor, ts.isExpression)
            const name = factory.createIdentifier(names.get(variable) as string)
            return value && factory.createAssignment(name, value)
        }
        const variable = ts.isIdentifier(node) ? variableOf(node, variables) : undefined
        if (variable !== undefined) return factory.createIdentifier(names.get(variable) as string)
        return ts.visitEachChild(node, visitor, context)
    }
    const block = ts.visitEachChild(body, visitor, context)
    const declarations = [...new Set(names.values())].map(declarationOf)
    return factory.updateBlock(block, [...declarations, ...block.statements])
}

/** `let name!: number` */
function declarationOf(name: string): ts.Statement {
    const type = factory.createKeywordTypeNode(ts.SyntaxKind.NumberKeyword)
    const isAssigned = factory.createToken(ts.SyntaxKind.ExclamationToken)
    return factory.createVariableStatement(
        undefined,
        factory.createVariableDeclarationList(
            [factory.createVariableDeclaration(name, isAssigned, type)],
            ts.NodeFlags.Let
        )
    )
}

function variableOf(node: ts.Identifier, variables: readonly Variable[]): Variable | undefined {
    if (isMemberName(node)) return undefined
    // The innermost one is declared last.
    return variables
        .filter(v => v.name === node.text && v.start <= node.pos && node.pos < v.end)
        .at(-1)
}

/** In the order of declaration, each gets the first place that is free, best one of its name. */
function placesOf(variables: readonly Variable[]): Place[] {
    const places: Place[] = []
    for (const variable of variables) {
        const free = places.filter(place => (place.at(-1)?.end ?? 0) <= variable.start)
        const place = free.find(p => p.some(v => v.name === variable.name)) ?? free[0]
        if (place === undefined) places.push([variable])
        else place.push(variable)
    }
    return places
}

/** A place of one name keeps it, if no other has it; the others are numbered. */
function namesOf(places: readonly Place[], taken: ReadonlySet<string>): Map<Variable, string> {
    const names = new Map<Variable, string>()
    const used = new Set(taken)
    let number = 0
    for (const place of places) {
        const [name = "", ...others] = new Set(place.map(v => v.name))
        const isOwn = others.length === 0 && !used.has(name)
        const chosen = isOwn ? name : `shared${++number}`
        used.add(chosen)
        for (const variable of place) names.set(variable, chosen)
    }
    return names
}

/** Names in a method of what does not share. */
function takenNames(body: ts.Block, variables: readonly Variable[]): Set<string> {
    const names = new Set<string>()
    walk(body.parent, node => {
        if (ts.isIdentifier(node) && variableOf(node, variables) === undefined) names.add(node.text)
    })
    return names
}

/** The variables that may share: not those of the outermost block, which are in use to its end. */
function variablesIn(body: ts.Block): Variable[] {
    const found: Variable[] = []
    walk(body, node => {
        if (ts.isFunctionLike(node)) throw new Error("a function within a method")
        if (!ts.isVariableDeclarationList(node)) return
        const block = ts.isForStatement(node.parent) ? node.parent : node.parent.parent
        if (block === body || node.declarations.length !== 1) return
        const [declaration] = node.declarations
        if (declaration === undefined || !isNumber(declaration)) return
        const name = (declaration.name as ts.Identifier).text
        found.push({ name, start: declaration.pos, end: block.end, declaration })
    })
    return found
}

/** Whether a variable is surely a number, from how it is declared. */
function isNumber({ type, initializer: value }: ts.VariableDeclaration): boolean {
    if (type !== undefined) return type.kind === ts.SyntaxKind.NumberKeyword
    return value !== undefined && isNumeric(value)
}

function isNumeric(value: ts.Expression): boolean {
    if (ts.isParenthesizedExpression(value)) return isNumeric(value.expression)
    if (ts.isConditionalExpression(value))
        return isNumeric(value.whenTrue) && isNumeric(value.whenFalse)
    if (ts.isPrefixUnaryExpression(value)) return value.operator !== ts.SyntaxKind.ExclamationToken
    if (ts.isBinaryExpression(value)) return ARITHMETIC.has(value.operatorToken.kind)
    if (ts.isElementAccessExpression(value))
        return ts.isIdentifier(value.expression) && value.expression.text !== "lanes"
    return ts.isNumericLiteral(value) || ts.isIdentifier(value)
}

const ARITHMETIC: ReadonlySet<ts.SyntaxKind> = new Set([
    ts.SyntaxKind.PlusToken,
    ts.SyntaxKind.MinusToken,
    ts.SyntaxKind.AsteriskToken,
    ts.SyntaxKind.SlashToken,
    ts.SyntaxKind.AmpersandToken,
    ts.SyntaxKind.BarToken,
    ts.SyntaxKind.LessThanLessThanToken,
    ts.SyntaxKind.GreaterThanGreaterThanToken,
])
