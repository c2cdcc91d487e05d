/** Puts functions, texts and numbers together as an image, with its debug information. */
import type { DebugInfo } from "../program/program.js"
import { FUNCTION_BYTES, HEADER_BYTES, viewOf, writeImage } from "./image.js"
import { type LinkFunction } from "./ir.js"
import { type LiftedProgram } from "./lift.js"
import { lower, type Lowered, type Numbering } from "./lower.js"
import { SourceMapWriter } from "./source-map.js"
import { nameOffsets } from "./services.js"
import { TextNumbers, textOf, writeData, type TextTables } from "./texts.js"

export interface Assembled {
    readonly bytecode: Uint8Array
    readonly debug: DebugInfo
}

/** What an image is assembled from. */
export interface Layout {
    /** In the order of the function table. */
    readonly functions: readonly LinkFunction[]
    readonly texts: TextTables
    readonly numbers: readonly Uint8Array[]
    readonly integers: ReadonlyMap<number, number>
    readonly keepsWidths: boolean
}

export function assemble(program: LiftedProgram, layout: Layout, debug: DebugInfo): Assembled {
    const numbering: Numbering = {
        functions: new Map(layout.functions.map((fn, i) => [fn, i])),
        texts: new TextNumbers(layout.texts),
        integers: layout.integers,
        keepsWidths: layout.keepsWidths,
    }
    const { functions } = layout
    const lowered = functions.map(fn => lower(fn, numbering))
    const codeStart = HEADER_BYTES + FUNCTION_BYTES * functions.length
    const sections = {
        ...program.image.sections,
        ...writeData(layout.texts, program.buffers),
        functions: functionTable(functions, lowered, codeStart, numbering),
        code: joined(lowered.map(({ code }) => code)),
        numbers: joined(layout.numbers),
        services: renamedServices(program, numbering.texts),
    }
    return {
        bytecode: writeImage({ header: program.image.header, sections }),
        debug: debugInfo(functions, lowered, codeStart, debug),
    }
}

function functionTable(
    functions: readonly LinkFunction[],
    lowered: readonly Lowered[],
    codeStart: number,
    numbering: Numbering
): Uint8Array {
    const table = new Uint8Array(FUNCTION_BYTES * functions.length)
    const view = viewOf(table)
    let start = codeStart
    functions.forEach((fn, i) => {
        const at = FUNCTION_BYTES * i
        const { length } = lowered[i].code
        view.setUint32(at, start, true)
        view.setUint32(at + 4, length, true)
        view.setUint16(at + 8, fn.slots, true)
        table[at + 10] = fn.parameters
        table[at + 11] = fn.flags
        view.setUint16(at + 12, numbering.texts.of(fn.nameRef), true)
        table[at + 14] = fn.tryFrames
        start += length
    })
    return table
}

/** Service descriptions with the numbers that their texts have now. */
function renamedServices(program: LiftedProgram, texts: TextNumbers): Uint8Array {
    const services = program.image.sections.services.slice()
    const view = viewOf(services)
    for (const at of nameOffsets(program.image))
        view.setUint16(at, texts.of(textOf(program.texts, view.getUint16(at, true))), true)
    return services
}

function debugInfo(
    functions: readonly LinkFunction[],
    lowered: readonly Lowered[],
    codeStart: number,
    debug: DebugInfo
): DebugInfo {
    const map = new SourceMapWriter()
    let start = codeStart
    const entries = functions.map((fn, i) => {
        const { code, marks } = lowered[i]
        for (const { pc, place } of marks) map.add(start + pc, place)
        const entry = { name: fn.name, startpc: start, size: code.length }
        start += code.length
        return entry
    })
    return {
        sizes: debug.sizes,
        functions: entries,
        srcmap: map.triples,
        inlined: map.inlined,
        sources: debug.sources,
    }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
    return new Uint8Array(Buffer.concat(parts))
}
