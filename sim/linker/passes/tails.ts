/**
 * Merges equal runs of statements that end in the same place: one of them stays,
 * the other becomes a jump into it.
 */
import { retarget } from "../edit.js"
import { isSame, jumpTo, type LinkFunction, type Statement } from "../ir.js"
import { Op, endsFlow } from "../opcodes.js"
import { roughSize } from "../size.js"

/** A jump to the run that stays. */
const JUMP_BYTES = 2

interface Merge {
    /** The run that goes: its first statement, and how many. */
    readonly from: number
    readonly count: number
    /** First statement of the run that stays. */
    readonly into: number
    readonly saved: number
    /** Whether the run that goes ends with a jump, which then leads into the other one. */
    readonly keepsJump: boolean
}

/** @returns whether anything was merged */
export function mergeTails(fn: LinkFunction): boolean {
    let isChanged = false
    for (;;) {
        const merge = bestMerge(fn)
        if (merge === undefined) return isChanged
        apply(fn, merge)
        isChanged = true
    }
}

function bestMerge(fn: LinkFunction): Merge | undefined {
    const { body } = fn
    const index = new Map(body.map((statement, i) => [statement, i]))
    let best: Merge | undefined
    const offer = (merge: Merge | undefined) => {
        if (merge !== undefined && merge.saved > (best?.saved ?? 0)) best = merge
    }
    body.forEach((statement, i) => {
        if (statement.op === Op.JMP) {
            const to = index.get(statement.target as Statement) as number
            if (to > 0 && to - 1 !== i && !endsFlow(body[to - 1].op)) offer(beforeJump(body, i, to))
        }
        if (statement.op === Op.RETURN || statement.op === Op.THROW)
            for (let j = i + 1; j < body.length; j++) offer(beforeEnd(body, i, j))
    })
    return best
}

/** … run; JMP A with … run; A: */
function beforeJump(body: readonly Statement[], jump: number, to: number): Merge | undefined {
    const { count, bytes } = commonRun(body, jump - 1, to - 1)
    if (count === 0) return undefined
    return { from: jump - count, count, into: to - count, saved: bytes, keepsJump: true }
}

/** … run; RETURN x twice */
function beforeEnd(body: readonly Statement[], i: number, j: number): Merge | undefined {
    const { count, bytes } = commonRun(body, i, j)
    if (count === 0) return undefined
    const from = i - count + 1
    return { from, count, into: j - count + 1, saved: bytes - JUMP_BYTES, keepsJump: false }
}

/** @returns the longest equal runs that end at these two statements */
function commonRun(body: readonly Statement[], i: number, j: number) {
    let count = 0
    let bytes = 0
    const limit = Math.abs(i - j)
    while (count < limit && i - count >= 0 && j - count >= 0) {
        const a = body[i - count]
        const b = body[j - count]
        if (!isMergeable(a) || a.target !== b.target || !isSame(a, b)) break
        bytes += roughSize(a)
        count++
    }
    return { count, bytes }
}

/** Beginnings and ends of handlers are known to the VM by their position. */
function isMergeable({ op }: Statement): boolean {
    return (
        op !== Op.TRY && op !== Op.END_TRY && op !== Op.CATCH && op !== Op.FINALLY && op !== Op.JMP
    )
}

function apply({ body }: LinkFunction, { from, count, into, keepsJump }: Merge): void {
    const stays = body[into]
    const gone = body.slice(from, from + count)
    const { place } = gone[0]
    gone.forEach((statement, k) => retarget(body, statement, body[into + k]))
    if (keepsJump) {
        body[from + count].target = stays
        body.splice(from, count)
    } else body.splice(from, count, jumpTo(stays, place))
}
