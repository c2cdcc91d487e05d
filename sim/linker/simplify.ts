/** The passes within one function, until none of them finds anything more. */
import { type LinkFunction } from "./ir.js"
import { turnBranches } from "./passes/branches.js"
import { propagateCopies } from "./passes/copies.js"
import { shortenExpressions } from "./passes/expressions.js"
import { forwardValues } from "./passes/forward.js"
import { simplifyJumps } from "./passes/jumps.js"
import { shortenResults } from "./passes/results.js"
import { mergeTails } from "./passes/tails.js"
import { removeUnreachable } from "./passes/unreachable.js"
import { dropUnreadObjects } from "./passes/unread.js"
import { Snapshot } from "./snapshot.js"

/** Rounds after which a function is left as it is; each round makes it shorter. */
const MAX_ROUNDS = 30

type Pass = (fn: LinkFunction, captured: ReadonlySet<number>) => boolean

/** In their order. One after which nothing more is unreachable stands at either end. */
const PASSES: readonly Pass[] = [
    removeUnreachable,
    shortenExpressions,
    simplifyJumps,
    shortenResults,
    propagateCopies,
    forwardValues,
    dropUnreadObjects,
    removeUnreachable,
]

/** Functions in which no pass finds anything, as they were then. */
const settled = new WeakMap<LinkFunction, Snapshot>()

/** @param captured slots that closures share */
export function simplify(fn: LinkFunction, captured: ReadonlySet<number>): void {
    if (settled.get(fn)?.isOf(fn, captured) === true) return
    // Passes in a row that found nothing: when that is all of them, none will.
    let idle = 0
    for (let round = 0; round < MAX_ROUNDS; round++)
        for (const pass of PASSES) {
            idle = pass(fn, captured) ? 0 : idle + 1
            if (idle < PASSES.length) continue
            settled.set(fn, new Snapshot(fn, captured))
            return
        }
}

/** Merges equal ends of blocks, last of all: it hides what the other passes look for. */
export function compact(fn: LinkFunction, captured: ReadonlySet<number>): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
        const results = [mergeTails(fn), turnBranches(fn)]
        removeUnreachable(fn)
        simplifyJumps(fn, captured)
        removeUnreachable(fn)
        if (!results.includes(true)) return
    }
}
