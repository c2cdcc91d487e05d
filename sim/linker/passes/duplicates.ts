/**
 * Functions with the same code become one. Not constructors, which are told
 * apart by their prototypes, and not closures, which are told apart by where
 * they were made.
 */
import { IS_CONSTRUCTOR, walk, walkBody, type LinkFunction, type Node, type Text } from "../ir.js"
import { Op, refersToFunction } from "../opcodes.js"

/**
 * @param main the function that is started, which stays as it is
 * @returns the functions that are left
 */
export function mergeDuplicates(
    functions: readonly LinkFunction[],
    main: LinkFunction
): LinkFunction[] {
    let left = [...functions]
    for (;;) {
        const replacements = duplicatesOf(left, main)
        if (replacements.size === 0) return left
        left = left.filter(fn => !replacements.has(fn))
        for (const fn of left)
            walkBody(fn, node => {
                if (!refersToFunction(node.op)) return
                const other = replacements.get(node.ref as LinkFunction)
                if (other !== undefined) node.ref = other
            })
    }
}

/** @returns for each function that has the code of another one, that other one */
function duplicatesOf(functions: readonly LinkFunction[], main: LinkFunction) {
    const closures = new Set<LinkFunction>()
    for (const fn of functions)
        walkBody(fn, node => {
            if (node.op === Op.MAKE_CLOSURE) closures.add(node.ref as LinkFunction)
        })
    const numbers = new Map<LinkFunction | Text, number>()
    const byCode = new Map<string, LinkFunction>()
    const replacements = new Map<LinkFunction, LinkFunction>()
    for (const fn of functions) {
        if (fn === main || (fn.flags & IS_CONSTRUCTOR) !== 0 || closures.has(fn)) continue
        const code = fingerprint(fn, numbers)
        const first = byCode.get(code)
        if (first === undefined) byCode.set(code, fn)
        else replacements.set(fn, first)
    }
    return replacements
}

/** Everything that a function does, as text. */
function fingerprint(fn: LinkFunction, numbers: Map<LinkFunction | Text, number>): string {
    const index = new Map(fn.body.map((statement, i) => [statement, i]))
    const parts: (number | string)[] = [fn.parameters, fn.flags, fn.tryFrames, fn.slots]
    const add = (node: Node) => {
        if (node.ref !== undefined && !numbers.has(node.ref)) numbers.set(node.ref, numbers.size)
        const ref = node.ref === undefined ? "" : `#${numbers.get(node.ref)}`
        parts.push(`${node.op}/${node.num}${ref}/${node.args.length}`)
    }
    for (const statement of fn.body) {
        walk(statement, add)
        parts.push(statement.target === undefined ? ";" : `>${index.get(statement.target)}`)
    }
    return parts.join(" ")
}
