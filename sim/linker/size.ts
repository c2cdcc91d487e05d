/** How long code will be, before it is known where anything stands. */
import { type Node } from "./ir.js"
import { numberWidth } from "./lower.js"
import { DIRECT_MAX, DIRECT_MIN, Op, isJump, takesNumber } from "./opcodes.js"

/** An integer that is longer than this stands in the table of numbers. */
const LONGEST_NUMBER = 1

/** @returns bytes, with all jumps short and all indexes below 248 */
export function roughSize(node: Node): number {
    let size = 1
    for (const arg of node.args) size += roughSize(arg)
    const { op, num } = node
    if (op === Op.LITERAL)
        return num >= DIRECT_MIN && num <= DIRECT_MAX ? size : size + LONGEST_NUMBER
    if (isJump(op) || (takesNumber(op) && node.ref !== undefined)) return size + 1
    return takesNumber(op) ? size + numberWidth(num) : size
}

export function bodySize(body: readonly Node[]): number {
    return body.reduce((sum, statement) => sum + roughSize(statement), 0)
}
