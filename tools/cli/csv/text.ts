/** The bytes of a table as text: which encoding they are in, and the text piece by piece. */
import { createReadStream, openSync, readSync, closeSync } from "node:fs"
import { Transform } from "node:stream"
import { readError } from "../../../sim/traces/csv.js"

/** A file, and its name for messages. */
type CsvSource = { readonly file: string; readonly name: string }

export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const
export type Encoding = (typeof ENCODINGS)[number]

/** What files of offices begin with. */
const MARKS: readonly (readonly [readonly number[], Encoding])[] = [
    [[0xef, 0xbb, 0xbf], "utf-8"],
    [[0xff, 0xfe], "utf-16le"],
    [[0xfe, 0xff], "utf-16be"],
]

/** Marked as something else, or not UTF-8 somewhere, is how older programs write letters such as ø and µ. */
export async function encodingOf({ file, name }: CsvSource): Promise<Encoding> {
    const start = beginningOf({ file, name }, 3)
    const marked = MARKS.find(([mark]) => mark.every((byte, i) => start[i] === byte))
    if (marked !== undefined) return marked[1]
    const decoder = new TextDecoder("utf-8", { fatal: true })
    try {
        for await (const piece of createReadStream(file, { highWaterMark: 1 << 18 }))
            decoder.decode(piece as Buffer, { stream: true })
        decoder.decode()
        return "utf-8"
    } catch (e) {
        if (e instanceof TypeError) return "windows-1252"
        throw readError(e, name)
    }
}

/** The first bytes of a file. @throws TraceError when it cannot be read */
export function beginningOf({ file, name }: CsvSource, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    try {
        const handle = openSync(file, "r")
        try {
            return bytes.subarray(0, readSync(handle, bytes, 0, length, 0))
        } finally {
            closeSync(handle)
        }
    } catch (e) {
        throw readError(e, name)
    }
}

/** Bytes in, text without its mark out. */
export function decoded(encoding: Encoding): Transform {
    const decoder = new TextDecoder(encoding)
    return new Transform({
        readableObjectMode: false,
        decodeStrings: false,
        transform(piece: Buffer, _encoding, done) {
            done(null, Buffer.from(decoder.decode(piece, { stream: true })))
        },
        flush(done) {
            done(null, Buffer.from(decoder.decode()))
        },
    })
}
