/** What the specialisation of the row coder asks of TypeScript's syntax trees. */
import ts from "typescript"

export function parse(text: string): ts.SourceFile {
    return ts.createSourceFile("row-coder.ts", text, ts.ScriptTarget.ES2022, true)
}

export function print(file: ts.SourceFile): string {
    return ts.createPrinter({ removeComments: true }).printFile(file)
}

/** Applies a visitor to everything in a file. */
export function transformed(
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

/** Visits a node and all within. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
    visit(node)
    ts.forEachChild(node, child => {
        walk(child, visit)
    })
}

/** `=`, `+=` and the like. */
export function isAssignment(
    node: ts.Node
): node is ts.AssignmentExpression<ts.AssignmentOperatorToken> {
    if (!ts.isBinaryExpression(node)) return false
    const operator = node.operatorToken.kind
    return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment
}

export function isExported(node: ts.Node): boolean {
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined
    return modifiers?.some(modifier => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false
}

/** The name after a dot. */
export function isMemberName(node: ts.Identifier): boolean {
    return ts.isPropertyAccessExpression(node.parent) && node.parent.name === node
}

/** Names that a statement declares in the block around it. */
export function declaredNames(node: ts.Statement): string[] {
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

/** The methods of a module's class by name. */
export function methodsOf(file: ts.SourceFile): Map<string, ts.MethodDeclaration> {
    const members = file.statements.filter(ts.isClassDeclaration).flatMap(node => [...node.members])
    return new Map(members.filter(ts.isMethodDeclaration).map(m => [m.name.getText(), m]))
}

/** `x++` and the like. */
export function isStep(
    node: ts.Node
): node is ts.PrefixUnaryExpression | ts.PostfixUnaryExpression {
    return (
        ts.isPostfixUnaryExpression(node) ||
        (ts.isPrefixUnaryExpression(node) &&
            (node.operator === ts.SyntaxKind.PlusPlusToken ||
                node.operator === ts.SyntaxKind.MinusMinusToken))
    )
}

/** Whether leaving it out would leave out more than its value. */
export function isEffect(node: ts.Node): boolean {
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
