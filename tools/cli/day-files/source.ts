/** Reads the day files that `suitcase listen --out` wrote, in bounded memory. */
import { createReadStream, existsSync, readdirSync } from "node:fs"
import path from "node:path"
import { UsageError } from "../errors.js"
import { fileProblem } from "../file-problem.js"
import { type Row } from "./row.js"

export const SOURCES = ["ndjson", "parquet"] as const
export type Source = (typeof SOURCES)[number]

export interface DayFile {
    readonly source: Source
    readonly path: string
    /** "2026-11-30": on which its readings arrived. */
    readonly day: string
    /** Which one of the day, from 1 on. */
    readonly part: number
}

const NAME = /^readings-(\d{4}-\d\d-\d\d)(?:\.(\d+))?\.(ndjson|parquet)$/

/** Folders of tables that were imported. */
export const IMPORT_PREFIX = "import-"
/** What an import that was cut short leaves behind. */
export const UNFINISHED = ".unfinished"

/** Folders of listeners that share the nodes (docs/scale.md), and of imported tables. */
function isPart(name: string): boolean {
    if (name.endsWith(UNFINISHED)) return false
    return /^part-\d+-of-\d+$/.test(name) || name.startsWith(IMPORT_PREFIX)
}

/**
 * @param source wanted when a folder has files of both forms
 * @returns in the order of days; also those in its folders of parts
 * @throws UsageError when there are none, or of two forms
 */
export function dayFilesIn(folder: string, source?: Source): DayFile[] {
    const files = allFilesIn(folder)
        .filter(file => source === undefined || file.source === source)
        .sort((a, b) => (a.day === b.day ? a.part - b.part : a.day < b.day ? -1 : 1))
    if (files.length === 0)
        throw new UsageError(
            `${folder} has no day files (readings-….${source ?? "ndjson or .parquet"}): ` +
                "suitcase listen --out writes them"
        )
    if (new Set(files.map(({ source }) => source)).size > 1)
        throw new UsageError(
            `${folder} has NDJSON and Parquet files, which may have the same readings; say ` +
                "--source ndjson or --source parquet"
        )
    return files
}

/** @returns the form that a folder's files have; undefined when there are none @throws UsageError for both */
export function sourceOf(folder: string): Source | undefined {
    const isEmpty = !existsSync(folder) || allFilesIn(folder).length === 0
    return isEmpty ? undefined : dayFilesIn(folder)[0].source
}

function allFilesIn(folder: string): DayFile[] {
    const names = namesIn(folder)
    return [
        ...filesOf(folder, names),
        ...names
            .filter(isPart)
            .map(name => path.join(folder, name))
            .flatMap(part => filesOf(part, namesIn(part))),
    ]
}

function namesIn(folder: string): string[] {
    try {
        return readdirSync(folder)
    } catch (e) {
        throw new UsageError(`${folder}: ${fileProblem(e)}`)
    }
}

function filesOf(folder: string, names: readonly string[]): DayFile[] {
    return names
        .map(name => ({ name, match: NAME.exec(name) }))
        .flatMap(({ name, match }) =>
            match === null
                ? []
                : [
                      {
                          source: match[3] as Source,
                          path: path.join(folder, name),
                          day: match[1],
                          part: Number(match[2] ?? 1),
                      },
                  ]
        )
}

/** @throws UsageError naming the file and line that are damaged */
export async function* rowsOf(file: DayFile): AsyncGenerator<Row[]> {
    if (file.source === "ndjson") yield* ndjsonRows(file.path)
    else yield* parquetRows(file.path)
}

async function* ndjsonRows(file: string): AsyncGenerator<Row[]> {
    let rest = ""
    let line = 0
    for await (const chunk of createReadStream(file, {
        encoding: "utf8",
        highWaterMark: 1 << 18,
    })) {
        const lines = (rest + (chunk as string)).split("\n")
        // What has no end yet is being written just now, or comes with the next chunk.
        rest = lines.pop() ?? ""
        const rows: Row[] = []
        for (const text of lines) {
            line++
            if (text === "") continue
            try {
                rows.push(JSON.parse(text) as Row)
            } catch {
                throw new UsageError(`${file}: line ${line} is no JSON: ${text.slice(0, 60)}`)
            }
        }
        yield rows
    }
}

async function* parquetRows(file: string): AsyncGenerator<Row[]> {
    const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } =
        await import("hyparquet")
    const buffer = await asyncBufferFromFile(file)
    let from = 0
    try {
        const metadata = await parquetMetadataAsync(buffer)
        for (const group of metadata.row_groups) {
            const to = from + Number(group.num_rows)
            const objects = await parquetReadObjects({
                file: buffer,
                metadata,
                rowStart: from,
                rowEnd: to,
            })
            from = to
            yield objects.map(rowOfObject)
        }
    } catch (e) {
        throw new UsageError(`${file} is damaged after row ${from}: ${(e as Error).message}`)
    }
}

/** Files of before there were calibrations do not have the column. */
function calibrationOf(value: unknown): { calibration?: number } {
    return typeof value === "bigint" ? { calibration: Number(value) } : {}
}

/** Each field by its name: taking objects apart and spreading them takes eight times as long. */
function rowOfObject(object: Record<string, unknown>): Row {
    return {
        site: object["site"] as string,
        node: object["node"] as string,
        boot: object["boot"] as number,
        sequence: object["sequence"] as number,
        time: (object["time"] as Date).getTime(),
        timeUncertaintyMs: (object["time_uncertainty_ms"] as number | undefined) ?? null,
        channel: object["channel"] as string,
        unit: object["unit"] as string,
        value: (object["value"] as number | undefined) ?? null,
        integer: (object["integer"] as number | undefined) ?? null,
        quality: object["quality"] as string,
        ...calibrationOf(object["calibration"]),
        quantity: object["quantity"] as string,
        unitCode: object["unit_code"] as string,
    }
}
