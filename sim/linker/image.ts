/**
 * The file format of a program: a fixed header, ten sections, and what is in
 * them, as microsoft/devicescript runtime/devicescript/devs_format.h has it.
 * Here sections are taken apart and put together; the code itself is read by
 * lift.ts and written by lower.ts.
 */
import { LinkError } from "./ir.js"

export const MAGIC = 0xf1296e0a53766544n
const FIXED_HEADER_BYTES = 32
export const SECTIONS = [
    "functions",
    "code",
    "numbers",
    "roles",
    "asciiTexts",
    "wideTexts",
    "buffers",
    "data",
    "services",
    "board",
] as const
export type Section = (typeof SECTIONS)[number]

/** Where the function table begins; the code follows it. */
export const HEADER_BYTES = FIXED_HEADER_BYTES + 8 * SECTIONS.length
export const FUNCTION_BYTES = 16
/** The image's length is a multiple of it, bytes. */
const IMAGE_ALIGNMENT = 32

/**
 * Where the code of a program must end, bytes from the start of the image. The
 * VM keeps positions in 16 bits, and its check wants each function's end below
 * 65,536; functions are aligned to 4 B.
 */
export const CODE_LIMIT_BYTES = 65_532

/** The two highest bits of a text's number say which table it is in. */
export const TEXT_KIND_SHIFT = 14
export const TEXT_BUILTIN = 1
export const TEXT_ASCII = 2
export const TEXT_WIDE = 3

export interface Image {
    /** The fixed header: magic, version, number of globals and of service descriptions. */
    readonly header: Uint8Array
    readonly sections: Readonly<Record<Section, Uint8Array>>
}

/** @throws LinkError when it is no program of this format */
export function readImage(bytes: Uint8Array): Image {
    const view = viewOf(bytes)
    if (bytes.length < HEADER_BYTES || view.getBigUint64(0, true) !== MAGIC)
        throw new LinkError("no DeviceScript program: its first bytes are wrong")
    let expected = HEADER_BYTES
    const sections = {} as Record<Section, Uint8Array>
    SECTIONS.forEach((name, i) => {
        const at = FIXED_HEADER_BYTES + 8 * i
        const start = view.getUint32(at, true)
        const length = view.getUint32(at + 4, true)
        if (start !== expected || start + length > bytes.length)
            throw new LinkError(`section "${name}" is not where the one before it ends`)
        sections[name] = bytes.subarray(start, start + length)
        expected = start + length
    })
    return { header: bytes.slice(0, FIXED_HEADER_BYTES), sections }
}

export function writeImage({ header, sections }: Image): Uint8Array {
    const used = SECTIONS.reduce((sum, name) => sum + sections[name].length, HEADER_BYTES)
    const bytes = new Uint8Array(Math.ceil(used / IMAGE_ALIGNMENT) * IMAGE_ALIGNMENT)
    bytes.set(header)
    const view = viewOf(bytes)
    let at = HEADER_BYTES
    SECTIONS.forEach((name, i) => {
        const section = sections[name]
        if (section.length % 4 !== 0)
            throw new LinkError(`section "${name}" has ${section.length} B, no multiple of 4`)
        view.setUint32(FIXED_HEADER_BYTES + 8 * i, at, true)
        view.setUint32(FIXED_HEADER_BYTES + 8 * i + 4, section.length, true)
        bytes.set(section, at)
        at += section.length
    })
    return bytes
}

export function viewOf(bytes: Uint8Array): DataView {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Bytes for a section, padded to a multiple of 4. */
export function padded(bytes: readonly number[]): Uint8Array {
    const section = new Uint8Array(Math.ceil(bytes.length / 4) * 4)
    section.set(bytes)
    return section
}
