/** `suitcase import`: tables of other systems into the day files of `suitcase listen`. */
import { createHash } from "node:crypto"
import { createReadStream, existsSync } from "node:fs"
import { mkdir, rename, rm } from "node:fs/promises"
import path from "node:path"
import { Command, Option } from "commander"
import { CSV_HELP, addCsvOptions, readingFlags, type CsvFlags } from "../csv/options.js"
import { openCsv, type CsvSource } from "../csv/source.js"
import { IMPORT_PREFIX, SOURCES, UNFINISHED, sourceOf, type Source } from "../day-files/source.js"
import { EXIT_OK, UsageError } from "../errors.js"
import { openTarget, type Target } from "../export/target.js"
import { channelsOf } from "../import/columns.js"
import { TableFrames } from "../import/rows.js"
import { untilInterrupted } from "../interrupt.js"
import { collectOption, nameOption } from "../options.js"
import { readTwice } from "../pack/passes.js"
import { ProgressBar } from "../pack/progress.js"
import { readAsText } from "../pack/report-table.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"

const HELP = `
Brings readings of an earlier system into the folder of suitcase listen --out,
so that suitcase query and export have them with those of the nodes. They are
kept in a folder of their own there, import-FILE: removing it takes them out
again.

The first column is the time, which must say its zone, or --zone does. The other
columns are channels: a header such as "Temperature (°C)" or "co2 [ppm]" says
name and unit, otherwise --channel does. Numbers are kept digit for digit; an
empty cell is a gap, "skipped". How right the times are is not known, and the
readings say so.

${CSV_HELP}

Examples:
  suitcase import kontor.csv --site town --node office \\
    --zone Europe/Copenhagen --into readings
  suitcase import log.csv --site town --node yard --into readings \\
    --channel "T=temperature:Cel" --channel "RH=humidity:%RH" --skip note

Exit codes: 0 imported · 2 wrong use, or the file has mistakes: nothing was
            imported · 130 Ctrl-C: nothing was imported`

interface ImportFlags extends CsvFlags {
    readonly site: string
    readonly node: string
    readonly into: string
    readonly as?: Source
    readonly channel: readonly string[]
    readonly skip: readonly string[]
    readonly sort?: true
}

export function importCommand(
    terminal: Terminal,
    finish: (code: number) => void,
    input: NodeJS.ReadableStream = process.stdin
): Command {
    return addCsvOptions(new Command("import"))
        .summary("bring tables of other systems into the day files")
        .description("Brings the readings of a CSV file into the day files of suitcase listen.")
        .argument("<file>", "CSV file, or - for standard input")
        .requiredOption("--site <site>", "site that the readings are of", nameOption)
        .requiredOption("--node <node>", "node that the readings are of", nameOption)
        .requiredOption("--into <folder>", "folder of suitcase listen --out, or a new one")
        .addOption(
            new Option("--as <form>", "form of the files (default: that of the folder)").choices(
                SOURCES
            )
        )
        .option(
            "--channel <column=name:unit>",
            "what a column is; several times",
            collectOption,
            []
        )
        .option("--skip <columns>", "leave out columns, such as text", collectOption, [])
        .option("--sort", "sort rows by time first; takes them all into memory")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (file: string, flags: ImportFlags) =>
            finish(await importTable(file, flags, terminal, input))
        )
}

async function importTable(
    file: string,
    flags: ImportFlags,
    terminal: Terminal,
    input: NodeJS.ReadableStream
): Promise<number> {
    const bar = terminal.isLive ? new ProgressBar(terminal, "importing") : undefined
    return await untilInterrupted(async signal => {
        const source = await openCsv(file, input, signal)
        try {
            const said = await importFrom(source, flags, terminal, signal, share =>
                bar?.show(share)
            )
            bar?.close()
            line(terminal.err, `suitcase: ${said}`)
            return EXIT_OK
        } catch (e) {
            bar?.close()
            throw e
        } finally {
            source.close()
        }
    })
}

/** @returns what was done, in words */
async function importFrom(
    source: CsvSource,
    flags: ImportFlags,
    terminal: Terminal,
    signal: AbortSignal,
    onProgress: (share: number) => void
): Promise<string> {
    const form = flags.as ?? sourceOf(flags.into) ?? "ndjson"
    const folder = path.join(flags.into, `${IMPORT_PREFIX}${folderNameOf(source.name)}`)
    if (existsSync(folder))
        throw new UsageError(`${folder} is there already; remove it to import the file again`)
    const boot = await bootOf(source.file)
    const { site, node } = flags
    // What a kill leaves behind must not pass for the whole.
    const unfinished = `${folder}${UNFINISHED}`
    await rm(unfinished, { recursive: true, force: true })
    await mkdir(flags.into, { recursive: true })
    let table: TableFrames | undefined
    let target: Target | undefined
    const write = async () => {
        target ??= await openTarget(form, unfinished, new Map(), terminal)
        await target.write(table?.take() ?? [])
    }
    try {
        const { readAs } = await readTwice(
            source,
            {
                reading: readingFlags(flags),
                steps: [],
                skip: flags.skip.flatMap(names => names.split(",")),
                round: false,
                sort: flags.sort === true,
                onProgress,
                signal,
            },
            survey => {
                const channels = channelsOf(
                    survey.columns.map(({ name }) => name),
                    flags.channel
                )
                const known = new TableFrames(
                    { site, node, boot },
                    survey,
                    channels,
                    flags.sort !== true
                )
                table = known
                return { row: row => known.row(row), pause: write }
            }
        )
        // Set in the second pass, without which that had thrown.
        const known = table as unknown as TableFrames
        await write()
        const opened = target as unknown as Target
        await opened.write(known.finish())
        await opened.finish()
        await rename(unfinished, folder)
        const read = readAsText(readAs)
        return (
            `${counted(known.readings, "reading")} of ${counted(known.rows, "row")} of ${source.name} ` +
            `are in ${folder}${read === "" ? "" : `; read as: ${read}`}`
        )
    } catch (e) {
        await target?.discard()
        throw e
    }
}

/** The same for the same file, so that a reading that was imported twice can be told. */
async function bootOf(file: string): Promise<number> {
    const hash = createHash("sha256")
    for await (const piece of createReadStream(file)) hash.update(piece as Buffer)
    return hash.digest().readUInt16LE(0)
}

/** "Kontor 2. sal.csv" → "Kontor-2.-sal" */
function folderNameOf(file: string): string {
    const name = path.basename(file).replace(/\.\w{1,5}$/, "")
    return name.replace(/[^\p{L}\p{N}._-]+/gu, "-")
}
