/** Changes to a list of statements that keep its jumps right. */
import { type LinkFunction, type Statement } from "./ir.js"

/** @returns how many jumps lead to each statement that is the target of one */
export function targetCounts(body: readonly Statement[]): Map<Statement, number> {
    const counts = new Map<Statement, number>()
    for (const { target } of body)
        if (target !== undefined) counts.set(target, (counts.get(target) ?? 0) + 1)
    return counts
}

/** Makes every jump to the one statement lead to the other. */
export function retarget(body: readonly Statement[], from: Statement, to: Statement): void {
    for (const statement of body) if (statement.target === from) statement.target = to
}

/**
 * Takes a statement out; jumps to it lead to the next one.
 * @returns false when it is the last one and jumped to, which it then stays
 */
export function remove(fn: LinkFunction, index: number): boolean {
    const { body } = fn
    const statement = body[index]
    const next = body[index + 1] as Statement | undefined
    if (next === undefined && body.some(({ target }) => target === statement)) return false
    if (next !== undefined) retarget(body, statement, next)
    body.splice(index, 1)
    return true
}

/** Puts other statements in the place of one; jumps to it lead to the first of them. */
export function replace(fn: LinkFunction, index: number, by: readonly Statement[]): void {
    const [first] = by
    retarget(fn.body, fn.body[index], first)
    fn.body.splice(index, 1, ...by)
}
