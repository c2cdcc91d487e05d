/** A compiled DeviceScript program: bytecode plus what maps it to its source. */

/** The compiler's debug information, as far as it is used here. */
export interface DebugInfo {
    readonly sizes: Readonly<Record<string, number>>
    readonly functions: readonly { name: string; startpc: number; size: number }[]
    /** Triples: position step, length, program counter step. */
    readonly srcmap: readonly number[]
    readonly sources: readonly { path: string; length: number; text: string }[]
}

export interface Program {
    readonly name: string
    readonly bytecode: Uint8Array
    readonly debug: DebugInfo
}

/** A place in a source file; line and column count from 1. */
export interface SourcePlace {
    readonly file: string
    readonly line: number
    readonly column: number
}

/** @returns where the instruction at `pc` of function number `fn` comes from */
export function placeOf(debug: DebugInfo, fn: number, pc: number): SourcePlace | undefined {
    const entry = debug.functions[fn]
    if (entry === undefined) return undefined
    // A saved program counter points behind the instruction that was running.
    const absolute = entry.startpc + Math.max(0, pc - 1)
    let position = 0
    let counter = 0
    let found = -1
    for (let i = 0; i + 2 < debug.srcmap.length; i += 3) {
        counter += debug.srcmap[i + 2]
        if (counter > absolute) break
        position += debug.srcmap[i]
        found = position
    }
    return found < 0 ? undefined : placeOfPosition(debug, found)
}

function placeOfPosition(debug: DebugInfo, position: number): SourcePlace | undefined {
    let rest = position
    for (const source of debug.sources) {
        if (rest < source.length) {
            const before = source.text.slice(0, rest).split("\n")
            return {
                file: source.path,
                line: before.length,
                column: (before.at(-1) as string).length + 1,
            }
        }
        rest -= source.length
    }
    return undefined
}

/** A function with its place: "add (src/core/frame/encoder.ts:82)". */
export function placeText({ debug }: Program, fn: number): string {
    const name = debug.functions[fn]?.name ?? `F${fn}`
    const place = placeOf(debug, fn, 0)
    return place === undefined ? name : `${name} (${place.file}:${place.line})`
}

/**
 * Rewrites the runtime's trace lines "at name_F3 (pc:12)" to file, line and column.
 * Lines of another form are returned as they are.
 */
export function resolveTraceLine(debug: DebugInfo, line: string): string {
    return line.replace(/at (\w+?)_F(\d+) \(pc:(\d+)\)/, (whole, name: string, fn, pc) => {
        const place = placeOf(debug, Number(fn), Number(pc))
        return place === undefined
            ? whole
            : `at ${name} (${place.file}:${place.line}:${place.column})`
    })
}
