/**
 * Calls with more arguments than the compiler takes. It stops at them with
 * "Internal error: Assertion failed" at a line of its own choice, so they are
 * looked for when it did.
 */
import { createRequire } from "node:module"
import type * as TypeScript from "typescript"

/** What one call instruction takes (BinFmt.MAX_ARGS_SHORT_CALL). */
const MAX_ARGUMENTS = 8

export interface LongCall {
    /** From 1. */
    readonly line: number
    readonly arguments: number
}

/**
 * @param source text of a TypeScript file
 * @returns its calls that have too many arguments; one with a spread has none that count
 */
export function longCalls(source: string): LongCall[] {
    // Loaded here: only a program that failed to compile needs it.
    const ts = createRequire(import.meta.url)("typescript") as typeof TypeScript
    const file = ts.createSourceFile("program.ts", source, ts.ScriptTarget.Latest)
    const found: LongCall[] = []
    const visit = (node: TypeScript.Node): void => {
        if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
            const given = node.arguments ?? []
            if (given.length > MAX_ARGUMENTS && !given.some(part => ts.isSpreadElement(part))) {
                const { line } = file.getLineAndCharacterOfPosition(node.getStart(file))
                found.push({ line: line + 1, arguments: given.length })
            }
        }
        ts.forEachChild(node, visit)
    }
    visit(file)
    return found
}
