/** Takes out statements that no path leads to. */
import { Flow } from "../flow.js"
import { type LinkFunction } from "../ir.js"

/** @returns whether there were any */
export function removeUnreachable(fn: LinkFunction): boolean {
    const reachable = new Flow(fn).reachable()
    if (reachable.every(Boolean)) return false
    fn.body = fn.body.filter((_, i) => reachable[i])
    return true
}
