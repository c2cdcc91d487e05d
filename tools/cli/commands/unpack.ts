/** `suitcase unpack`: the rows of a packed file, as they were. */
import { createReadStream } from "node:fs"
import { Command, Option } from "commander"
import { readProblem } from "../../../sim/traces/csv.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { untilInterrupted } from "../interrupt.js"
import { PackError } from "../pack/errors.js"
import { openOutput } from "../pack/output.js"
import { StreamSource } from "../pack/pack-source.js"
import { UNPACK_FORMATS, rowWriter, type UnpackFormat } from "../pack/row-writers.js"
import { unpack, type UnpackCounts } from "../pack/unpack.js"
import { line, type Terminal } from "../terminal.js"
import { counted } from "../view/format.js"

const HELP = `
Formats:
  csv      as the file was: time, then a column per channel; gaps are empty
  ndjson   one JSON object per row and line, by column name; gaps are null

A damaged file ends in an error that names the frame. Rows before it are right;
on standard output they are there already, a file is not left behind.

Examples:
  suitcase unpack room.pack
  suitcase unpack room.pack --format ndjson -o room.ndjson
  suitcase unpack - < room.pack | head

Exit codes: 0 unpacked · 1 the file is damaged · 2 wrong use · 130 Ctrl-C`

interface UnpackFlags {
    readonly format: UnpackFormat
    readonly output: string
}

export function unpackCommand(
    terminal: Terminal,
    finish: (code: number) => void,
    input: NodeJS.ReadableStream = process.stdin
): Command {
    return new Command("unpack")
        .summary("print the rows of a packed file")
        .description("Unpacks what suitcase pack made: the same numbers, digit for digit.")
        .argument("<file>", "packed file, or - for standard input")
        .addOption(
            new Option("--format <format>", "how rows are written")
                .choices(UNPACK_FORMATS)
                .default("csv")
        )
        .option("-o, --output <file>", "where to, - for standard output", "-")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (file: string, flags: UnpackFlags) =>
            finish(await run(file, flags, terminal, input))
        )
}

async function run(
    file: string,
    flags: UnpackFlags,
    terminal: Terminal,
    input: NodeJS.ReadableStream
): Promise<number> {
    return await untilInterrupted(async signal => {
        try {
            const counts = await unpackTo(file, flags, terminal, input, signal)
            if (flags.output !== "-")
                line(
                    terminal.out,
                    `${flags.output}: ${counted(counts.rows, "row")} from ${counted(counts.frames, "frame")}`
                )
            return EXIT_OK
        } catch (e) {
            if (!(e instanceof PackError)) throw e
            if (e.code === "magic" || e.code === "version") throw new UsageError(e.message)
            line(terminal.err, `suitcase: ${e.message}`)
            return EXIT_FAILED
        }
    })
}

async function unpackTo(
    file: string,
    flags: UnpackFlags,
    terminal: Terminal,
    input: NodeJS.ReadableStream,
    signal: AbortSignal
): Promise<UnpackCounts> {
    const isInput = file === "-"
    const name = isInput ? "standard input" : file
    const output = openOutput(flags.output, terminal.out, file)
    const stream = isInput ? input : createReadStream(file)
    try {
        const source = new StreamSource(stream as AsyncIterable<Uint8Array>)
        const counts = await unpack(source, name, rowWriter(flags.format, output), signal)
        await output.close()
        return counts
    } catch (e) {
        output.discard()
        if (e instanceof Error && "syscall" in e)
            throw new UsageError(`${name}: ${readProblem(e)}; give the path of a packed file`)
        throw e
    }
}
