/** All forms in which readings can leave, by the names that people type. */
import { type Sink } from "../sink.js"
import { WIDE_CSV } from "./csv-wide.js"
import { FileSink } from "./files.js"
import { LINE_FORMATS, type LineFormat } from "./lines.js"
import { NodeFileSink } from "./node-files.js"
import { ParquetSink } from "./parquet-sink.js"
import { type Places } from "./places.js"
import { StreamSink } from "./stream.js"

export const FORMATS = [...LINE_FORMATS, "csv-wide", "parquet"] as const
export type Format = (typeof FORMATS)[number]

export function isFormat(name: string): name is Format {
    return (FORMATS as readonly string[]).includes(name)
}

/** Whether it is lines that a pipe can take; the others are files only. */
export function isLineFormat(format: Format): format is LineFormat {
    return (LINE_FORMATS as readonly string[]).includes(format)
}

/** A sink that writes files into a folder. @param places of nodes, for forms that say them */
export function folderSink(format: Format, folder: string, places?: Places): Sink {
    if (isLineFormat(format)) return new FileSink(folder, format, places)
    return format === "parquet" ? new ParquetSink(folder) : new NodeFileSink(folder, WIDE_CSV)
}

export function streamSink(
    format: LineFormat,
    stream: NodeJS.WritableStream,
    places?: Places
): Sink {
    return new StreamSink(stream, format, places)
}
