/** A compiled DeviceScript program: bytecode plus what maps it to its source. */

/** The compiler's debug information, as far as it is used here. */
export interface DebugInfo {
    readonly sizes: Readonly<Record<string, number>>
    readonly functions: readonly { name: string; startpc: number; size: number }[]
    /** Triples: position step, length, program counter step. */
    readonly srcmap: readonly number[]
    readonly sources: readonly { path: string; length: number; text: string }[]
    /** Code that the linker put in place of calls; absent when nothing was inlined. */
    readonly inlined?: InlinedCode
}

/** Which parts of an image stand in place of a call. */
export interface InlinedCode {
    /**
     * The calls: name of the function called, where it was called (a position as in
     * the source map), and the call within whose code that is, or -1.
     */
    readonly calls: { name: string; calledAt: number; within: number }[]
    /** From `startpc` to the next range the code is that of a call, or (-1) of the function itself. */
    readonly ranges: { startpc: number; call: number }[]
}

export interface Program {
    readonly name: string
    readonly bytecode: Uint8Array
    readonly debug: DebugInfo
    /** Absent when the program is as the compiler made it. */
    readonly linked?: LinkReport
}

/** What the linker did to a program. */
export interface LinkReport {
    /** Length of the image as compiled, B. */
    readonly compiledBytes: number
    /** Where its code ended, B. */
    readonly compiledCodeEnd: number
    readonly compiledFunctions: number
    /**
     * Accesses through a computed name that can reach a method: because of them
     * every method stays and is called by its name.
     */
    readonly computedNames: readonly { readonly function: string; readonly position: number }[]
}

/** A place in a source file; line and column count from 1. */
export interface SourcePlace {
    readonly file: string
    readonly line: number
    readonly column: number
}

/** @returns where the instruction at `pc` of function number `fn` comes from */
export function placeOf(debug: DebugInfo, fn: number, pc: number): SourcePlace | undefined {
    const counter = counterOf(debug, fn, pc)
    const position = counter === undefined ? undefined : positionAt(debug, counter)
    return position === undefined ? undefined : placeOfPosition(debug, position)
}

/** A saved program counter points behind the instruction that was running. */
function counterOf(debug: DebugInfo, fn: number, pc: number): number | undefined {
    const entry = debug.functions[fn] as { startpc: number } | undefined
    return entry === undefined ? undefined : entry.startpc + Math.max(0, pc - 1)
}

function positionAt({ srcmap }: DebugInfo, wanted: number): number | undefined {
    let position = 0
    let counter = 0
    let found: number | undefined
    for (let i = 0; i + 2 < srcmap.length; i += 3) {
        counter += srcmap[i + 2]
        if (counter > wanted) break
        position += srcmap[i]
        found = position
    }
    return found
}

/** A function that was running, and where in it. */
interface TraceEntry {
    readonly name: string
    readonly place: SourcePlace
}

/**
 * @param name of the function in the image
 * @returns the functions of the source that were running in one function of the
 * image, innermost first: more than one where the linker put one into another
 */
function traceEntries(debug: DebugInfo, name: string, fn: number, pc: number): TraceEntry[] {
    const counter = counterOf(debug, fn, pc)
    let position = counter === undefined ? undefined : positionAt(debug, counter)
    const { calls, ranges } = debug.inlined ?? { calls: [], ranges: [] }
    const range = ranges.filter(({ startpc }) => startpc <= (counter ?? 0)).at(-1)
    const entries: TraceEntry[] = []
    const add = (of: string) => {
        const place = position === undefined ? undefined : placeOfPosition(debug, position)
        if (place !== undefined) entries.push({ name: of, place })
    }
    for (let i = range?.call ?? -1; i >= 0; i = calls[i].within) {
        add(calls[i].name)
        position = calls[i].calledAt
    }
    add(name)
    return entries
}

/** @returns file and line of a position in the concatenated sources */
export function placeOfPosition(debug: DebugInfo, position: number): SourcePlace | undefined {
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

/** From `pc` to the next mark, code comes from `file`. */
export interface PositionMark {
    readonly pc: number
    readonly file: string
}

/** @returns the whole source map, in ascending order of `pc` */
export function positionMarks({ srcmap, sources }: DebugInfo): PositionMark[] {
    const ends: number[] = []
    for (const { length } of sources) ends.push((ends.at(-1) ?? 0) + length)
    const marks: PositionMark[] = []
    let position = 0
    let pc = 0
    for (let i = 0; i + 2 < srcmap.length; i += 3) {
        position += srcmap[i]
        pc += srcmap[i + 2]
        const source = ends.findIndex(end => position < end)
        marks.push({ pc, file: source < 0 ? "?" : sources[source].path })
    }
    return marks
}

/** A function with its place: "add (src/core/frame/encoder.ts:82)". */
export function placeText({ debug }: Program, fn: number): string {
    const name = debug.functions[fn]?.name ?? `F${fn}`
    const place = placeOf(debug, fn, 0)
    return place === undefined ? name : `${name} (${place.file}:${place.line})`
}

/**
 * Rewrites the runtime's trace lines "at name_F3 (pc:12)" to file, line and column;
 * one line becomes several where the linker put functions into others. Lines of
 * another form are returned as they are.
 */
export function resolveTraceLine(debug: DebugInfo, line: string): string[] {
    const trace = /^(.*)at (\w+?)_F(\d+) \(pc:(\d+)\)(.*)$/.exec(line)
    if (trace === null) return [line]
    const [, before, name, fn, pc, after] = trace
    const entries = traceEntries(debug, name, Number(fn), Number(pc))
    if (entries.length === 0) return [line]
    return entries.map(
        ({ name: of, place }) =>
            `${before}at ${of} (${place.file}:${place.line}:${place.column})${after}`
    )
}
