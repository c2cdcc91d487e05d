/** Expressions of a program that is written for people: on one line where it fits, else broken as prettier does. */

/** An expression: text, or what stands between brackets. */
export type Code = string | Brackets

export interface Brackets {
    /** With what stands before the bracket: "sensors: [". */
    readonly open: string
    readonly items: readonly Code[]
    readonly close: string
    /** A space inside, as in { a: 1 }. */
    readonly isSpaced?: boolean
    /** The last item stays on the line of the bracket: f(a, { … }). */
    readonly isHugging?: boolean
}

/** As this project's prettier has it. */
export const WIDTH = 100
const INDENT = "    "

export function call(name: string, items: readonly Code[]): Code {
    return { open: `${name}(`, items, close: ")", isHugging: typeof items.at(-1) !== "string" }
}

export function before(text: string, code: Code): Code {
    return typeof code === "string" ? text + code : { ...code, open: text + code.open }
}

export function quoted(text: string): string {
    return JSON.stringify(text)
}

/** @param indent of the first line, that all others get besides @param behind what follows on the last line */
export function lines(code: Code, indent: number, behind = ""): string[] {
    const whole = flat(code) + behind
    if (typeof code === "string" || indent + whole.length <= WIDTH) return [whole]
    const { open, items, close, isHugging = false } = code
    const last = items.at(-1)
    if (isHugging && last !== undefined && typeof last !== "string") {
        const first = items
            .slice(0, -1)
            .map(item => `${flat(item)}, `)
            .join("")
        return lines(
            { ...last, open: open + first + last.open, close: last.close + close },
            indent,
            behind
        )
    }
    const inner = items.flatMap(item =>
        lines(item, indent + INDENT.length, ",").map(line => INDENT + line)
    )
    return [open, ...inner, close + behind]
}

function flat(code: Code): string {
    if (typeof code === "string") return code
    const { open, items, close, isSpaced = false } = code
    const space = isSpaced && items.length > 0 ? " " : ""
    return `${open}${space}${items.map(flat).join(", ")}${space}${close}`
}
