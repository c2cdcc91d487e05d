/**
 * Results on their way out of a block: a jump to a short return returns itself,
 * and a result that is stored only to be taken over after a jump goes straight
 * to where it is taken.
 */
import { remove, targetCounts } from "../edit.js"
import { Flow, Liveness } from "../flow.js"
import { copyOf, type LinkFunction, type Statement } from "../ir.js"
import { Op } from "../opcodes.js"
import { isShortConstant } from "./copies.js"

/** @returns whether anything changed */
export function shortenResults(fn: LinkFunction): boolean {
    let isChanged = false
    for (let i = 0; i < fn.body.length; i++)
        if (returnHere(fn.body[i]) || takeOverResult(fn, i)) isChanged = true
    return isChanged
}

/** JMP A; A: RETURN x, where x is as short as the jump */
function returnHere(statement: Statement): boolean {
    const { target } = statement
    if (statement.op !== Op.JMP || target?.op !== Op.RETURN) return false
    const [value] = target.args
    if (value.op !== Op.RET_VAL && !isShortConstant(value)) return false
    statement.op = Op.RETURN
    statement.args = [copyOf(value)]
    delete statement.target
    return true
}

/**
 * ret_val := x; JMP A; A: t := ret_val → t := x; JMP (after A). The same for
 * A: RETURN ret_val. Not where a handler could see the difference.
 */
function takeOverResult(fn: LinkFunction, i: number): boolean {
    const { body } = fn
    const statement = body[i]
    const jump = body[i + 1] as Statement | undefined
    if (statement.op !== Op.STORE_RET_VAL || jump?.op !== Op.JMP) return false
    const taker = jump.target as Statement
    const [value] = taker.args
    if (taker.args.length !== 1 || value.op !== Op.RET_VAL) return false
    if (targetCounts(body).has(jump) || fn.tryFrames > 0) return false
    if (taker.op === Op.RETURN) {
        statement.op = Op.RETURN
        remove(fn, i + 1)
        return true
    }
    const at = body.indexOf(taker)
    const after = body[at + 1] as Statement | undefined
    if (taker.op !== Op.STORE_LOCAL || after === undefined) return false
    const live = new Liveness(new Flow(fn))
    if (live.after.has(at, live.result)) return false
    statement.op = Op.STORE_LOCAL
    statement.num = taker.num
    jump.target = after
    return true
}
