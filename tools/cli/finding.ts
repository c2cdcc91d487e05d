/** What commands that look whether all is there say, a line each. */
import { line, type Terminal } from "./terminal.js"

export interface Finding {
    /** "note": nothing is wrong, but something is not there. */
    readonly state: "ok" | "note" | "missing"
    readonly words: string
}

export function tellFinding({ state, words }: Finding, { out, colors }: Terminal): void {
    const color = { ok: colors.green, note: colors.yellow, missing: colors.red }[state]
    line(out, `${color(state.padEnd(7))}  ${words}`)
}
