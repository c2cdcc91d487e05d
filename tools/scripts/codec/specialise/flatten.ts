/** Makes one module with one class of the files that each have a part of it. */
import ts from "typescript"
import { walk } from "./syntax.js"

/**
 * @param files the chain, from the class at the bottom to the one that is used
 * @param at where an import of theirs is, as seen from the result
 * @param name of the class in the result
 * @returns a module without imports of each other; comments stay on the members
 * @throws Error for a constructor above the bottom
 */
export function flattened(
    files: readonly ts.SourceFile[],
    at: (specifier: string) => string,
    name: string
): string {
    const classes = files.map(theClass)
    const own = new Set(files.flatMap(exportedNames))
    const members = classes.flatMap(node => [...node.members]).sort((a, b) => kind(a) - kind(b))
    const late = members.filter(ts.isPropertyDeclaration).filter(isLate)
    const texts = members.map(member => memberText(member, late))
    if (members.filter(ts.isConstructorDeclaration).length !== 1)
        throw new Error("one constructor, of the class at the bottom")
    const others = files.flatMap(file =>
        file.statements.filter(
            node => !ts.isImportDeclaration(node) && !ts.isClassDeclaration(node)
        )
    )
    return [
        ...importsOf(files, own, at),
        ...others.map(node => node.getText().replace(/^export /, "")),
        `export class ${name} {`,
        ...texts,
        "}",
    ].join("\n")
}

function theClass(file: ts.SourceFile): ts.ClassDeclaration {
    const [node, ...more] = file.statements.filter(ts.isClassDeclaration)
    if (node === undefined || more.length > 0) throw new Error("a part has one class")
    return node
}

function exportedNames(file: ts.SourceFile): string[] {
    return file.statements.flatMap(node => {
        if (ts.isVariableStatement(node))
            return node.declarationList.declarations.map(d => d.name.getText())
        if (ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node))
            return [node.name?.text ?? ""]
        return []
    })
}

/** Fields, then the constructor, then methods. */
function kind(member: ts.ClassElement): number {
    if (ts.isConstructorDeclaration(member)) return 1
    return ts.isMethodDeclaration(member) ? 2 : 0
}

/** Fields that start from others: parameters of the constructor are set after the fields. */
function isLate(member: ts.PropertyDeclaration): boolean {
    let found = false
    if (member.initializer !== undefined)
        walk(member.initializer, node => {
            found ||= node.kind === ts.SyntaxKind.ThisKeyword
        })
    return found
}

function memberText(member: ts.ClassElement, late: readonly ts.PropertyDeclaration[]): string {
    const text = member
        .getFullText()
        .replace(/\b(protected|private)\b (abstract )?/g, "private ")
        .replace(/\boverride /g, "")
    if (ts.isConstructorDeclaration(member)) {
        const starts = late.map(
            field => `this.${field.name.getText()} = ${field.initializer?.getText() ?? ""}`
        )
        return text.replace(/\{[^{}]*\}\s*$/, `{\n${starts.join("\n")}\n}`)
    }
    const field = late.find(f => f === member)
    if (field?.initializer === undefined) return text
    return text.slice(0, text.lastIndexOf(field.initializer.getText())).replace(/\s*=\s*$/, "")
}

/** Imports of what is not in the chain, each name once. */
function importsOf(
    files: readonly ts.SourceFile[],
    own: ReadonlySet<string>,
    at: (specifier: string) => string
): string[] {
    const modules = new Map<string, Set<string>>()
    for (const node of files.flatMap(f => f.statements.filter(ts.isImportDeclaration))) {
        const from = at((node.moduleSpecifier as ts.StringLiteral).text)
        const names = modules.get(from) ?? new Set()
        modules.set(from, names)
        const bindings = node.importClause?.namedBindings
        if (bindings === undefined || !ts.isNamedImports(bindings)) continue
        for (const { name } of bindings.elements) if (!own.has(name.text)) names.add(name.text)
    }
    return [...modules]
        .filter(([, names]) => names.size > 0)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([from, names]) => `import { ${[...names].sort().join(", ")} } from "${from}"`)
}
