/** What `--format` and `--out` say together: where readings go, and in which form. */
import path from "node:path"
import {
    FORMATS,
    folderSink,
    isFormat,
    isLineFormat,
    streamSink,
    type Format,
    type LineFormat,
    type Places,
    type Sink,
} from "../../receiver/index.js"
import { UsageError } from "../errors.js"
import { type Terminal } from "../terminal.js"

export type ListenFormat = "table" | Format

export interface FolderOutput {
    readonly format: Format
    readonly folder: string
}

export interface Outputs {
    /** What is on the terminal or goes to stdout; undefined: nothing. */
    readonly shown: "table" | LineFormat | undefined
    readonly folders: readonly FolderOutput[]
}

/**
 * @param format of stdout, or of the folders that name none
 * @param outs FOLDER or FORMAT=FOLDER
 * @throws UsageError for what contradicts itself
 */
export function outputsOf(format: ListenFormat | undefined, outs: readonly string[]): Outputs {
    const parts = outs.map(partsOf)
    const isForFolders = parts.some(part => part.format === undefined)
    if (isForFolders && format === "table")
        throw new UsageError("--out writes no table: --format says what, or --out FORMAT=FOLDER")
    const unnamed = format === undefined || format === "table" ? "ndjson" : format
    const folders = parts.map(part => ({ format: part.format ?? unnamed, folder: part.folder }))
    refuseTwice(folders)
    if (isForFolders) return { shown: undefined, folders }
    const shown = format ?? (folders.length === 0 ? "table" : undefined)
    if (shown !== undefined && shown !== "table" && !isLineFormat(shown))
        throw new UsageError(`${shown} is for files only: --out ${shown}=FOLDER`)
    return { shown, folders }
}

/** The sinks of all outputs that follow the journal. */
export function sinksOf({ shown, folders }: Outputs, places: Places, terminal: Terminal): Sink[] {
    const sinks = folders.map(({ format, folder }) => folderSink(format, folder, places))
    if (shown !== undefined && shown !== "table")
        sinks.push(streamSink(shown, terminal.out, places))
    return sinks
}

function partsOf(out: string): { format: Format | undefined; folder: string } {
    const [, word, folder] = /^([\w-]+)=(.*)$/.exec(out) ?? [undefined, "", out]
    if (folder === "") throw new UsageError(`--out ${out}: name a folder`)
    if (word === "") return { format: undefined, folder }
    if (isFormat(word)) return { format: word, folder }
    throw new UsageError(
        `--out ${out}: there is no format "${word}"; there are ${FORMATS.join(", ")} ` +
            `(./${out} for a folder of that name)`
    )
}

function refuseTwice(folders: readonly FolderOutput[]): void {
    const seen = new Set<string>()
    for (const { format, folder } of folders) {
        const key = `${format}=${path.resolve(folder)}`
        if (seen.has(key)) throw new UsageError(`--out ${format}=${folder} is there twice`)
        seen.add(key)
    }
}
