/**
 * Sizes inside a compiled program. The layout is that of
 * microsoft/devicescript runtime/devicescript/devs_format.h: a fixed header of
 * 32 B, then {start, length} of each section as 32-bit words.
 */
import { placeText, type Program } from "../../sim/program/program.js"

const FIXED_HEADER_BYTES = 32
const SECTIONS = [
    "function table",
    "code",
    "numbers",
    "roles",
    "ASCII strings, index",
    "UTF-8 strings, index",
    "buffers, index",
    "text and buffers",
    "service descriptions",
    "board configuration",
] as const

/** Jumps have 16 bits: code must end within this many bytes of the image. */
export const CODE_LIMIT_BYTES = 65_536

export interface SectionSize {
    readonly name: string
    readonly bytes: number
}

export interface ImageSizes {
    /** Of the whole program. */
    readonly bytes: number
    readonly sections: readonly SectionSize[]
    /** Where the code ends; at most {@link CODE_LIMIT_BYTES}. */
    readonly codeEnd: number
    /** All functions, largest first. */
    readonly functions: readonly SectionSize[]
}

export function imageSizes(program: Program): ImageSizes {
    const { bytecode } = program
    const view = new DataView(bytecode.buffer, bytecode.byteOffset, bytecode.byteLength)
    const sections = SECTIONS.map((name, i) => {
        const at = FIXED_HEADER_BYTES + 8 * i
        return { name, start: view.getUint32(at, true), bytes: view.getUint32(at + 4, true) }
    })
    const code = sections[1] as { start: number; bytes: number }
    const header = FIXED_HEADER_BYTES + 8 * SECTIONS.length
    const used = sections.reduce((sum, section) => sum + section.bytes, header)
    return {
        bytes: bytecode.length,
        sections: [
            ...sections
                .map(({ name, bytes }) => ({ name, bytes }))
                .filter(section => section.bytes > 0),
            { name: "header and padding", bytes: header + bytecode.length - used },
        ].sort((a, b) => b.bytes - a.bytes),
        codeEnd: code.start + code.bytes,
        functions: program.debug.functions
            .map(({ size }, i) => ({ name: placeText(program, i), bytes: size }))
            .sort((a, b) => b.bytes - a.bytes),
    }
}
