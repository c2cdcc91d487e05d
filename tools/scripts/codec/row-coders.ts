/**
 * Makes src/core/frame/row-encoder.ts and row-decoder.ts, which run, of the row coder
 * in src/core/frame/coder/, which is read: one class of its chain, for one direction,
 * with small methods put where they are called and fields kept in variables.
 */
import { readFileSync } from "node:fs"
import { withoutBraces } from "./specialise/blocks.js"
import { flattened } from "./specialise/flatten.js"
import { withDirection } from "./specialise/fold.js"
import { withInlined } from "./specialise/inline.js"
import { withSharedVariables } from "./specialise/share.js"
import { parse, print } from "./specialise/syntax.js"
import { tagsOf } from "./specialise/tags.js"
import { withConstants, withoutUnused } from "./specialise/unused.js"

const FOLDER = new URL("../../../src/core/frame/", import.meta.url)

/** The chain, from the class at the bottom to RowCoder. */
const CHAIN = [
    "range-coder",
    "frame-end",
    "chances",
    "first-values",
    "predictions",
    "scales",
    "sizes",
    "memory",
    "values",
    "row-coder",
]

interface Kind {
    /** Where it is written. */
    readonly file: URL
    readonly className: string
    readonly isDecoding: boolean
    readonly comment: string
}

export const ROW_ENCODER: Kind = {
    file: new URL("row-encoder.ts", FOLDER),
    className: "RowEncoder",
    isDecoding: false,
    comment: "RowCoder of coder/row-coder.ts for encoders alone; it is described there.",
}
export const ROW_DECODER: Kind = {
    file: new URL("row-decoder.ts", FOLDER),
    className: "RowDecoder",
    isDecoding: true,
    comment: "RowCoder of coder/row-coder.ts for decoders alone; it is described there.",
}

const HEADER = "/** Made by `npm run specialise:codec`; do not edit. */\n"

/** @returns the text of the module, not yet formatted */
export function rowCoderModule(kind: Kind): string {
    const texts = CHAIN.map(name => readFileSync(new URL(`coder/${name}.ts`, FOLDER), "utf8"))
    return HEADER + specialise(texts, kind)
}

/**
 * @param texts modules of a chain of classes, the one at the bottom first
 * @returns a module with one class
 * @throws Error when it needs something of the other direction, or a call cannot be replaced
 */
export function specialise(texts: readonly string[], kind: Omit<Kind, "file">): string {
    const whole = flattened(texts.map(parse), oneFolderUp, kind.className)
    const tags = tagsOf(parse(whole))
    const folded = print(withDirection(parse(whole), tags, kind.isDecoding))
    const inlined = print(withoutBraces(parse(withInlined(folded, tags))))
    const tidy = settled(inlined)
    // V8 needs no help with variables.
    const shared = kind.isDecoding ? tidy : print(withSharedVariables(parse(tidy)))
    return print(withoutBraces(parse(shared)))
        .replace(/^(import .*\n)(?!import )/gm, "$1\n")
        .replace(/^( {4}|)\}\n(?=\1\S)/gm, "$&\n")
        .replace(/^function/gm, "\n$&")
        .replace(/^ +constructor\(/m, "\n$&")
        .replace(/^export class/m, `\n/** ${kind.comment} */\n$&`)
}

/** An import of a file in src/core/frame/coder/, as seen from src/core/frame/. */
function oneFolderUp(specifier: string): string {
    const path = specifier.replace("../", "")
    return path.startsWith(".") ? path : `./${path}`
}

/** What nothing reads any more is left out, until there is no more of that. */
function settled(module: string): string {
    for (let text = module; ;) {
        const next = print(withConstants(parse(print(withoutUnused(parse(text))))))
        if (next === text) return text
        text = next
    }
}
