/**
 * Branches turned so that they take fewer bytes: the two sides of a negated
 * condition change places, and a return that is jumped over is left to another
 * one like it.
 */
import { retarget, targetCounts } from "../edit.js"
import { isSame, type LinkFunction, type Statement } from "../ir.js"
import { Op, endsFlow } from "../opcodes.js"
import { asCondition, negated } from "./conditions.js"

/** A jump that far, in statements, may take more than two bytes. */
const NEAR = 50

/** @returns whether anything changed */
export function turnBranches(fn: LinkFunction): boolean {
    let isChanged = false
    for (let i = 0; i < fn.body.length; i++)
        while (swapSides(fn, i) || useOtherReturn(fn, i)) isChanged = true
    return isChanged
}

/** JMP_Z !c E; A; JMP M; E: B; M: → JMP_Z c A; B; JMP M; A; M: */
function swapSides(fn: LinkFunction, i: number): boolean {
    const { body } = fn
    const branch = body[i]
    if (branch.op !== Op.JMP_Z || branch.args[0].op !== Op.NOT) return false
    const elseAt = body.indexOf(branch.target as Statement)
    const jump = body[elseAt - 1] as Statement | undefined
    if (elseAt < i + 3 || jump?.op !== Op.JMP) return false
    const endAt = body.indexOf(jump.target as Statement)
    if (endAt <= elseAt) return false
    const thenSide = body.slice(i + 1, elseAt - 1)
    const elseSide = body.slice(elseAt, endAt)
    if (hasHandler(thenSide) || hasHandler(elseSide)) return false
    const end = body[endAt]
    // The jump at the end of the first side goes; the other side gets one if it needs it.
    retarget(body, jump, end)
    const isOpen = !endsFlow((elseSide.at(-1) as Statement).op)
    branch.args = [asCondition(negated(branch.args[0]))]
    branch.target = thenSide[0]
    jump.target = end
    body.splice(i + 1, endAt - i - 1, ...elseSide, ...(isOpen ? [jump] : []), ...thenSide)
    return true
}

/** Beginnings and ends of handlers stay in the order in which they were. */
function hasHandler(statements: readonly Statement[]): boolean {
    return statements.some(({ op }) => op === Op.CATCH || op === Op.FINALLY || op === Op.TRY)
}

/** JMP_Z c A; RETURN x; A: → JMP_Z !c R, where R: RETURN x stands elsewhere */
function useOtherReturn(fn: LinkFunction, i: number): boolean {
    const { body } = fn
    const branch = body[i]
    const next = body[i + 1] as Statement | undefined
    if (branch.op !== Op.JMP_Z || next?.op !== Op.RETURN) return false
    if (body[i + 2] !== branch.target || targetCounts(body).has(next)) return false
    const other = body
        .slice(Math.max(0, i - NEAR), i + NEAR)
        .find(statement => statement !== next && isSame(statement, next))
    if (other === undefined) return false
    branch.args = [asCondition(negated(branch.args[0]))]
    branch.target = other
    body.splice(i + 1, 1)
    return true
}
