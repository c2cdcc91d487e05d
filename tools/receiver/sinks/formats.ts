/** All forms in which readings can leave, by the names that people type. */
import { type Sink } from "../sink.js"
import { WIDE_CSV } from "./csv-wide.js"
import { FileSink } from "./files.js"
import { LINE_FORMATS, type LineFormat } from "./lines.js"
import { NodeFileSink } from "./node-files.js"
import { StreamSink } from "./stream.js"

export const FORMATS = [...LINE_FORMATS, "csv-wide"] as const
export type Format = (typeof FORMATS)[number]

export function isFormat(name: string): name is Format {
    return (FORMATS as readonly string[]).includes(name)
}

/** Whether it is lines that a pipe can take; the others are files only. */
export function isLineFormat(format: Format): format is LineFormat {
    return (LINE_FORMATS as readonly string[]).includes(format)
}

/** A sink that writes files into a folder. */
export function folderSink(format: Format, folder: string): Sink {
    if (isLineFormat(format)) return new FileSink(folder, format)
    return new NodeFileSink(folder, WIDE_CSV)
}

export function streamSink(format: LineFormat, stream: NodeJS.WritableStream): Sink {
    return new StreamSink(stream, format)
}
