/**
 * Sizes inside a program: of its sections, its functions, and of the source files
 * that its code comes from. The layout is that of microsoft/devicescript
 * runtime/devicescript/devs_format.h: a fixed header of 32 B, then {start, length}
 * of each section as 32-bit words.
 */
import { positionMarks, placeText, type Program } from "../../../sim/program/program.js"
import { codeEnd } from "../../../sim/linker/check.js"
import {
    FUNCTION_BYTES,
    HEADER_BYTES,
    SECTIONS,
    viewOf,
    type Section,
} from "../../../sim/linker/image.js"

const FIXED_HEADER_BYTES = 32

const SECTION_NAMES: Readonly<Record<Section, string>> = {
    functions: "function table",
    code: "code",
    numbers: "numbers",
    roles: "roles",
    asciiTexts: "ASCII strings, index",
    wideTexts: "UTF-8 strings, index",
    buffers: "buffers, index",
    data: "text and buffers",
    services: "service descriptions",
    board: "board configuration",
}

export interface SectionSize {
    readonly name: string
    readonly bytes: number
}

export interface ImageSizes {
    /** Of the whole program. */
    readonly bytes: number
    readonly sections: readonly SectionSize[]
    /** Where the code ends, counted from the start of the image. */
    readonly codeEnd: number
    /** All functions with their entries in the function table, largest first. */
    readonly functions: readonly SectionSize[]
    /**
     * Code and function table by source file, largest first. Code that was put into
     * other functions counts for the file that it was written in, and the compiler's
     * table of classes for theirs.
     */
    readonly files: readonly SectionSize[]
}

export function imageSizes(program: Program): ImageSizes {
    const { bytecode } = program
    const view = viewOf(bytecode)
    const sections = SECTIONS.map((section, i) => ({
        name: SECTION_NAMES[section],
        bytes: view.getUint32(FIXED_HEADER_BYTES + 8 * i + 4, true),
    }))
    const used = sections.reduce((sum, section) => sum + section.bytes, HEADER_BYTES)
    return {
        bytes: bytecode.length,
        sections: [
            ...sections.filter(section => section.bytes > 0),
            { name: "header and padding", bytes: HEADER_BYTES + bytecode.length - used },
        ].sort(bySize),
        codeEnd: codeEnd(bytecode),
        functions: program.debug.functions
            .map((_, i) => ({ name: placeText(program, i), bytes: functionBytes(program, i) }))
            .sort(bySize),
        files: fileSizes(program),
    }
}

/** @returns bytes of a function's code and of its entry in the function table */
function functionBytes({ bytecode }: Program, index: number): number {
    const entry = HEADER_BYTES + FUNCTION_BYTES * index
    return viewOf(bytecode).getUint32(entry + 4, true) + FUNCTION_BYTES
}

function fileSizes(program: Program): SectionSize[] {
    const sizes = new Map<string, number>()
    const add = (file: string, bytes: number) => sizes.set(file, (sizes.get(file) ?? 0) + bytes)
    const view = viewOf(program.bytecode)
    const marks = positionMarks(program.debug)
    let m = 0
    program.debug.functions.forEach((_, i) => {
        const entry = HEADER_BYTES + FUNCTION_BYTES * i
        const start = view.getUint32(entry, true)
        const end = start + view.getUint32(entry + 4, true)
        while (m + 1 < marks.length && marks[m + 1].pc <= start) m++
        add(marks[m].file, FUNCTION_BYTES)
        for (let at = start; at < end;) {
            const next = Math.min(end, marks[m + 1]?.pc ?? end)
            add(marks[m].file, next - at)
            at = next
            if (at < end) m++
        }
    })
    return [...sizes].map(([name, bytes]) => ({ name, bytes })).sort(bySize)
}

/** @returns the same by folder, with the files of each */
export function folderSizes(
    files: readonly SectionSize[]
): (SectionSize & { readonly files: readonly SectionSize[] })[] {
    const folders = new Map<string, SectionSize[]>()
    for (const file of files) {
        const folder = folderOf(file.name)
        folders.set(folder, [...(folders.get(folder) ?? []), file])
    }
    return [...folders]
        .map(([name, inside]) => ({
            name,
            bytes: inside.reduce((sum, { bytes }) => sum + bytes, 0),
            files: inside,
        }))
        .sort(bySize)
}

/** Packages count as one folder each: "node_modules/@devicescript/core". */
function folderOf(file: string): string {
    const parts = file.split("/")
    return parts[0] === "node_modules" ? parts.slice(0, 3).join("/") : parts.slice(0, -1).join("/")
}

function bySize(a: SectionSize, b: SectionSize): number {
    return b.bytes - a.bytes || (a.name < b.name ? -1 : 1)
}
