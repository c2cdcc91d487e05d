/** Takes braces away where they do nothing. */
import ts from "typescript"
import { declaredNames, transformed } from "./syntax.js"

const { factory } = ts

/** A block within a block, whose names are new there, becomes its statements. */
export function withoutBraces(file: ts.SourceFile): ts.SourceFile {
    return transformed(file, context => {
        const visitor: ts.Visitor = node => {
            const inner = ts.visitEachChild(node, visitor, context)
            return ts.isBlock(inner) ? opened(inner) : inner
        }
        return visitor
    })
}

function opened(block: ts.Block): ts.Block {
    const names = new Set(block.statements.flatMap(declaredNames))
    const statements = block.statements.flatMap(statement => {
        if (!ts.isBlock(statement)) return [statement]
        const own = statement.statements.flatMap(declaredNames)
        if (own.some(name => names.has(name))) return [statement]
        for (const name of own) names.add(name)
        return [...statement.statements]
    })
    return factory.updateBlock(block, statements)
}
