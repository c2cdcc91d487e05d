/**
 * Makes src/core/frame/row-encoder.ts: the row coder of rows.ts without what only
 * decoders need, so that boards neither store it nor ask for the direction at
 * each decision. Conditions on the direction are folded; what nothing reads any
 * more is left out; variables share places.
 */
import { readFileSync } from "node:fs"
import { withoutDecoding } from "./specialise/fold.js"
import { withSharedVariables } from "./specialise/share.js"
import { parse, print } from "./specialise/syntax.js"
import { withConstants, withoutUnused } from "./specialise/unused.js"

const ROWS = new URL("../../../src/core/frame/rows.ts", import.meta.url)
export const ROW_ENCODER = new URL("row-encoder.ts", ROWS)

const HEADER = "/** Made by `npm run specialise:codec`; do not edit. */\n"
const CLASS_COMMENT = `/**
 * RowCoder of rows.ts for encoders alone, with the same fields and methods: they
 * are described there.
 */
`

/** @returns the text of the module, not yet formatted */
export function rowEncoderModule(): string {
    return specialise(readFileSync(ROWS, "utf8"))
}

/**
 * @param text a module with the class RowCoder and what it uses
 * @returns a module with the class RowEncoder
 * @throws Error when an encoder would set one of the names that are false for it
 */
export function specialise(text: string): string {
    let module = print(withoutDecoding(parse(text)))
    for (;;) {
        const next = print(withoutUnused(parse(module)))
        if (next === module) break
        module = next
    }
    const constant = print(withConstants(parse(module)))
    const spaced = print(withSharedVariables(parse(constant)))
        .replace(/^(import .*\n)(?!import )/gm, "$1\n")
        .replace(/^( {4}|)\}\n(?=\1\S)/gm, "$&\n")
        .replace(/^ +constructor\(/m, "\n$&")
    return HEADER + spaced.replace(/^export class/m, `${CLASS_COMMENT}$&`)
}
