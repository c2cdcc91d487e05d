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

/** Rounds after which a function is left as it is; each round makes it shorter. */
const MAX_ROUNDS = 30

/** @param captured slots that closures share */
export function simplify(fn: LinkFunction, captured: ReadonlySet<number>): void {
    for (let round = 0; round < MAX_ROUNDS; round++) {
        const results = [
            removeUnreachable(fn),
            shortenExpressions(fn),
            simplifyJumps(fn, captured),
            shortenResults(fn),
            propagateCopies(fn, captured),
            forwardValues(fn, captured),
            dropUnreadObjects(fn, captured),
            removeUnreachable(fn),
        ]
        if (!results.includes(true)) return
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
