/** `suitcase pack`: the node's compression, run over a CSV file. */
import { Command } from "commander"
import { EXIT_OK, UsageError } from "../errors.js"
import { untilInterrupted } from "../interrupt.js"
import { CSV_HELP, addCsvOptions, readingFlags, type CsvFlags } from "../csv/options.js"
import { collectOption, integerOption } from "../options.js"
import { openCsv } from "../csv/source.js"
import { openOutput } from "../pack/output.js"
import { packCsv, type PackReport } from "../pack/pack.js"
import { ProgressBar } from "../pack/progress.js"
import { reportTable } from "../pack/report-table.js"
import { line, type Terminal } from "../terminal.js"

/** Shortest budget that is of any use, B. */
const MIN_BYTES = 32
const MAX_BYTES = 65536

const HELP = `
The first column is the time, down to nanoseconds. Times may repeat, but not go
back; those without offset or --zone are kept as they are. The other columns are
numbers; an empty cell is a gap.

Every column is packed in steps of its last digit, which loses nothing. Where a
sensor resolves less than its digits say, --step packs better: only multiples
(as written, rounded to the column's digits) are accepted, unless --round.

The column costs are bits of all frames minus bits when the column is left out.

${CSV_HELP}

Examples:
  suitcase pack room.csv -o room.pack
  suitcase pack kontor.csv --zone Europe/Copenhagen --null NaN -o kontor.pack
  suitcase pack room.csv --rows 120 --json -o room.pack
  suitcase pack room.csv --step temperature=0.0625,co2=1 --round -o room.pack
  suitcase pack log.csv --skip note,status --sort -o log.pack
  gunzip -c big.csv.gz | suitcase pack - --no-costs -o - > big.pack

Exit codes: 0 packed · 2 wrong use, or the file has mistakes · 130 Ctrl-C`

interface PackFlags extends CsvFlags {
    readonly output: string
    readonly rows?: number
    readonly bytes?: number
    readonly step: readonly string[]
    readonly skip: readonly string[]
    readonly round?: true
    readonly sort?: true
    readonly costs: boolean
    readonly json?: true
}

export function packCommand(
    terminal: Terminal,
    finish: (code: number) => void,
    input: NodeJS.ReadableStream = process.stdin
): Command {
    return addCsvOptions(new Command("pack"))
        .summary("compress a CSV file as a node would")
        .description(
            "Packs the readings of a CSV file into the frames that nodes send, without loss."
        )
        .argument("<file>", "CSV file, or - for standard input")
        .requiredOption("-o, --output <file>", "packed file, or - for standard output")
        .option("--rows <n>", "rows of a frame", integerOption(1, 1_000_000))
        .option(
            "--bytes <bytes>",
            "longest frame, B (default: 1000)",
            integerOption(MIN_BYTES, MAX_BYTES)
        )
        .option("--step <steps>", "0.01 for all, or temperature=0.01,co2=1", collectOption, [])
        .option("--round", "round to the steps what is no multiple of them")
        .option("--skip <columns>", "leave out columns, such as text", collectOption, [])
        .option("--sort", "sort rows by time first; takes them all into memory")
        .option("--no-costs", "do not find out what each column costs; faster")
        .option("--json", "print the figures as one line of JSON")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (file: string, flags: PackFlags) =>
            finish(await pack(file, flags, terminal, input))
        )
}

async function pack(
    file: string,
    flags: PackFlags,
    terminal: Terminal,
    input: NodeJS.ReadableStream
): Promise<number> {
    if (flags.output === "-" && terminal.isLive)
        throw new UsageError("a terminal cannot show a packed file; give -o a file, or pipe it on")
    const showsBar = terminal.isLive && flags.json === undefined
    const bar = showsBar ? new ProgressBar(terminal, "packing") : undefined
    return await untilInterrupted(async signal => {
        try {
            const report = await packTo(file, flags, terminal, input, signal, bar)
            bar?.close()
            show(report, flags, terminal)
            return EXIT_OK
        } catch (e) {
            bar?.close()
            throw e
        }
    })
}

async function packTo(
    file: string,
    flags: PackFlags,
    terminal: Terminal,
    input: NodeJS.ReadableStream,
    signal: AbortSignal,
    bar: ProgressBar | undefined
): Promise<PackReport> {
    const source = await openCsv(file, input, signal)
    try {
        const output = openOutput(flags.output, terminal.out, file)
        try {
            const report = await packCsv(
                source,
                {
                    reading: readingFlags(flags),
                    steps: flags.step,
                    skip: flags.skip.flatMap(names => names.split(",")),
                    round: flags.round === true,
                    sort: flags.sort === true,
                    rows: flags.rows,
                    bytes: flags.bytes,
                    costs: flags.costs,
                    onProgress: share => bar?.show(share),
                    signal,
                },
                output
            )
            await output.close()
            return report
        } catch (e) {
            output.discard()
            throw e
        }
    } finally {
        source.close()
    }
}

/** The report goes to stderr when the packed file is on stdout. */
function show(report: PackReport, flags: PackFlags, { out, err, colors }: Terminal): void {
    const stream = flags.output === "-" ? err : out
    const target = flags.output === "-" ? "standard output" : flags.output
    if (flags.json === true) line(stream, JSON.stringify(report))
    else line(stream, reportTable(report, target, colors))
}
