/** `suitcase export`: readings of day files, some of them, in another form. */
import { Command, InvalidArgumentError, Option } from "commander"
import { unixMsOf } from "../../../sim/time/iso-time.js"
import { FORMATS, type Format } from "../../receiver/index.js"
import { SOURCES, dayFilesIn, rowsOf, type Source } from "../day-files/source.js"
import { FrameMaker } from "../day-files/frames.js"
import { isWanted, type RowFilter } from "../day-files/row.js"
import { EXIT_OK } from "../errors.js"
import { openTarget, type Target } from "../export/target.js"
import { readPlaces } from "../listen/places-file.js"
import { collectOption, nameOption } from "../options.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"
import { type ResolvedFrame } from "../../decoder/index.js"

const HELP = `
Reads the files that suitcase listen --out wrote as NDJSON or Parquet, also
while it runs, and writes what is asked for to stdout, or with --out into files
of an empty folder, one for each day (UTC) on which readings arrived. Forms are
those of suitcase listen --help.

Times are those of sampling: a day as 2026-11-30, which begins at midnight UTC,
or a moment with its zone, as 2026-11-30T12:00Z or 2026-11-30T12:00+01:00.
--from is included, --to is not.

Examples:
  suitcase export readings --node hall-1 --channel co2 > co2.csv
  suitcase export readings --from 2026-11-01 --to 2026-12-01 --format csv-da \\
    --out november
  suitcase export readings --format parquet --out archive

Exit codes: 0 done, also when nothing is in that time · 2 wrong use, or a
            damaged file`

interface ExportFlags {
    readonly format: Format
    readonly out?: string
    readonly source?: Source
    readonly site?: string
    readonly node: readonly string[]
    readonly channel: readonly string[]
    readonly from?: number
    readonly to?: number
    readonly places?: string
}

export function exportCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("export")
        .summary("write readings of day files in another form")
        .description("Writes readings of day files, some of them, in another form.")
        .argument("<folder>", "folder of suitcase listen --out")
        .addOption(new Option("--format <format>", "form").choices(FORMATS).default("csv"))
        .option("--out <folder>", "write files there (default: stdout)")
        .addOption(new Option("--source <form>", "files to read").choices(SOURCES))
        .option("--site <site>", "only nodes of this site", nameOption)
        .option("--node <node>", "only this node; can be given several times", collectName, [])
        .option("--channel <channel>", "only this channel; several times", collectOption, [])
        .option("--from <time>", "from this time on", timeOption)
        .option("--to <time>", "before this time", timeOption)
        .option("--places <file>", "where nodes are, for ngsi-ld: docs/data.md")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (folder: string, flags: ExportFlags) =>
            finish(await exportReadings(folder, flags, terminal))
        )
}

async function exportReadings(
    folder: string,
    flags: ExportFlags,
    terminal: Terminal
): Promise<number> {
    const files = dayFilesIn(folder, flags.source)
    const places = flags.places === undefined ? new Map() : readPlaces(flags.places)
    const filter: RowFilter = {
        site: flags.site,
        nodes: flags.node,
        channels: flags.channel,
        fromMs: flags.from ?? -Infinity,
        toMs: flags.to ?? Infinity,
    }
    const target = await openTarget(flags.format, flags.out, places, terminal)
    let count = 0
    try {
        for (const file of files) count += await copy(rowsOf(file), filter, file.day, target)
        await target.finish()
    } catch (e) {
        await target.discard()
        throw e
    }
    line(terminal.err, `suitcase: ${counted(count, "reading")} of ${counted(files.length, "file")}`)
    return EXIT_OK
}

/** @returns how many rows were wanted */
async function copy(
    rows: ReturnType<typeof rowsOf>,
    filter: RowFilter,
    day: string,
    target: Target
): Promise<number> {
    const arrivedMs = Date.parse(day)
    const maker = new FrameMaker()
    const write = (frames: readonly ResolvedFrame[]) =>
        target.write(frames.map(frame => ({ ...frame, arrivedMs })))
    let count = 0
    for await (const some of rows) {
        const frames: ResolvedFrame[] = []
        for (const row of some) {
            if (!isWanted(row, filter)) continue
            count++
            frames.push(...maker.add(row))
        }
        await write(frames)
    }
    await write(maker.flush())
    return count
}

/** @returns Unix ms */
export function timeOption(text: string): number {
    const unixMs = unixMsOf(text)
    if (unixMs === undefined)
        throw new InvalidArgumentError(
            "Write a day such as 2026-11-30, or a time with its zone such as 2026-11-30T12:00Z."
        )
    return unixMs
}

function collectName(text: string, before: readonly string[]): readonly string[] {
    return [...before, nameOption(text)]
}
