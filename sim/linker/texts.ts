/**
 * The texts of an image. Code names a text by its index in one of two tables:
 * plain ASCII of up to 199 characters, and UTF-8 with a table of positions. Any
 * text may stand in the second one.
 */
import { LinkError, type Text } from "./ir.js"
import {
    TEXT_ASCII,
    TEXT_BUILTIN,
    TEXT_KIND_SHIFT,
    TEXT_WIDE,
    type Image,
    padded,
    viewOf,
} from "./image.js"

/** Each table entry has that many code points between positions that the VM can jump to. */
const CODE_POINTS_PER_JUMP = 16
const INDEX_MASK = (1 << TEXT_KIND_SHIFT) - 1

/** All texts of an image, in the order of their tables. */
export interface TextTables {
    readonly ascii: readonly Text[]
    readonly wide: readonly Text[]
}

export function readTexts({ sections }: Image): TextTables {
    const { asciiTexts, wideTexts, data } = sections
    const asciiView = viewOf(asciiTexts)
    const wideView = viewOf(wideTexts)
    const dataView = viewOf(data)
    const ascii: Text[] = []
    for (let at = 0; at < asciiTexts.length; at += 2) {
        const start = asciiView.getUint16(at, true)
        // The table is padded to 4 B; only the first text stands at the beginning.
        if (start === 0 && at > 0) break
        ascii.push({ text: utf8(data, start, data.indexOf(0, start)), isWide: false })
    }
    const wide: Text[] = []
    for (let at = 0; at < wideTexts.length; at += 4) {
        const start = wideView.getUint32(at, true)
        const size = dataView.getUint16(start, true)
        const jumps = Math.floor(dataView.getUint16(start + 2, true) / CODE_POINTS_PER_JUMP)
        const text = start + 4 + 2 * jumps
        wide.push({ text: utf8(data, text, text + size), isWide: true })
    }
    return { ascii, wide }
}

function utf8(bytes: Uint8Array, from: number, to: number): string {
    return Buffer.from(bytes.subarray(from, to)).toString("utf8")
}

/** @returns the text with this number, or the number again when every VM has the text */
export function textOf(tables: TextTables, number: number): Text | number {
    const kind = number >> TEXT_KIND_SHIFT
    if (kind === TEXT_BUILTIN) return number
    const table = kind === TEXT_ASCII ? tables.ascii : kind === TEXT_WIDE ? tables.wide : []
    const text = table[number & INDEX_MASK] as Text | undefined
    if (text === undefined) throw new LinkError(`there is no text number 0x${number.toString(16)}`)
    return text
}

/** Where each text stands in the tables of an image that is being written. */
export class TextNumbers {
    private readonly numbers = new Map<Text, number>()

    constructor(readonly tables: TextTables) {
        tables.ascii.forEach((text, i) =>
            this.numbers.set(text, (TEXT_ASCII << TEXT_KIND_SHIFT) | i)
        )
        tables.wide.forEach((text, i) => this.numbers.set(text, (TEXT_WIDE << TEXT_KIND_SHIFT) | i))
    }

    /** @throws LinkError for a text that is in neither table */
    of(text: Text | number): number {
        if (typeof text === "number") return text
        const number = this.numbers.get(text)
        if (number === undefined)
            throw new LinkError(`the text ${JSON.stringify(text.text)} is in no table`)
        return number
    }

    isWide(text: Text): boolean {
        return this.of(text) >> TEXT_KIND_SHIFT === TEXT_WIDE
    }

    index(text: Text): number {
        return this.of(text) & INDEX_MASK
    }
}

/** The sections that hold texts and buffers. */
export interface DataSections {
    readonly asciiTexts: Uint8Array
    readonly wideTexts: Uint8Array
    readonly buffers: Uint8Array
    readonly data: Uint8Array
}

/** Lays out texts and buffers as the compiler does. */
export function writeData(tables: TextTables, buffers: readonly Uint8Array[]): DataSections {
    const data: number[] = []
    const align = () => {
        while (data.length % 4 !== 0) data.push(0)
    }
    const ascii: number[] = []
    for (const { text } of tables.ascii) {
        if (data.length > 0xffff) throw new LinkError("more than 64 KB of ASCII texts")
        ascii.push(data.length & 0xff, data.length >> 8)
        data.push(...Buffer.from(text, "utf8"), 0)
    }
    const wide: number[] = []
    for (const { text } of tables.wide) {
        align()
        wide.push(...u32(data.length))
        const bytes = Buffer.from(text, "utf8")
        for (const word of [bytes.length, ...codePointTable(bytes)])
            data.push(word & 0xff, word >> 8)
        data.push(...bytes, 0)
    }
    const entries: number[] = []
    for (const buffer of buffers) {
        align()
        entries.push(...u32(data.length), ...u32(buffer.length))
        for (const byte of buffer) data.push(byte)
    }
    data.push(0)
    return {
        asciiTexts: padded(ascii),
        wideTexts: padded(wide),
        buffers: padded(entries),
        data: padded(data),
    }
}

/** Number of code points, then the position of every sixteenth of them. */
function codePointTable(bytes: Uint8Array): number[] {
    const positions: number[] = []
    let count = 0
    for (let i = 0; i < bytes.length; i++) {
        count++
        while ((bytes[i + 1] & 0xc0) === 0x80) i++
        if (count % CODE_POINTS_PER_JUMP === 0) positions.push(i + 1)
    }
    return [count, ...positions]
}

export function readBuffers({ sections }: Image): Uint8Array[] {
    const view = viewOf(sections.buffers)
    const buffers: Uint8Array[] = []
    for (let at = 0; at < sections.buffers.length; at += 8) {
        const start = view.getUint32(at, true)
        buffers.push(sections.data.subarray(start, start + view.getUint32(at + 4, true)))
    }
    return buffers
}

function u32(value: number): number[] {
    return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24]
}
