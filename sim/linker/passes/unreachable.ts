/** Takes out statements that no path leads to. */
import { reachable } from "../flow.js"
import { type LinkFunction } from "../ir.js"

/** @returns whether there were any */
export function removeUnreachable(fn: LinkFunction): boolean {
    const seen = reachable(fn.body)
    if (seen === undefined) return false
    fn.body = fn.body.filter((_, i) => seen[i])
    return true
}
