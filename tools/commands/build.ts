/** `suitcase build`: compiles an app and says how much room it takes. */
import Table from "cli-table3"
import { Command } from "commander"
import { knownBoards, type Board } from "../../sim/program/boards.js"
import { compile } from "../../sim/program/compile.js"
import { CLI_VERSION } from "../../sim/vm/cli-package.js"
import { appFile } from "../apps.js"
import { flashWriters, type FlashWriter } from "../build/flash-writers.js"
import { CODE_LIMIT_BYTES, imageSizes, type ImageSizes, type SectionSize } from "../build/image.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { bytes } from "../view/format.js"

const LARGEST = 10

const HELP = `
Boards are those in boards/ and those DeviceScript knows. Without --board the
figures of all boards in boards/ are shown.

Examples:
  suitcase build indoor-climate
  suitcase build indoor-climate --board pico_w
  suitcase build indoor-climate --json

Exit codes: 0 built and fits · 1 too large for the board
            2 does not compile, or wrong use`

interface BuildFlags {
    readonly board?: string
    readonly json?: true
}

export function buildCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("build")
        .summary("compile an app and show its size")
        .description(
            "Compiles an app with the DeviceScript compiler and shows how much of a board's " +
                "program storage and of the code limit it takes, which functions are largest, " +
                "and how often the app can write to flash."
        )
        .argument("<app>", "name of a file in devs/, such as indoor-climate")
        .option("--board <board>", "show the figures for this board only")
        .option("--json", "print the figures as one line of JSON, sizes in bytes")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action((name: string, flags: BuildFlags) => finish(build(name, flags, terminal)))
}

function build(name: string, flags: BuildFlags, terminal: Terminal): number {
    const file = appFile(name)
    const boards = chosenBoards(flags.board)
    const program = compile(file, { name })
    const sizes = imageSizes(program)
    const writers = flashWriters(program)
    const tooSmall = boards.filter(board => sizes.bytes > board.programBytes)
    if (flags.json === true)
        line(terminal.out, JSON.stringify(asJson(name, sizes, boards, writers)))
    else {
        show(name, sizes, boards, terminal)
        line(terminal.out, `\n${flashText(writers)}`)
    }
    for (const board of tooSmall)
        line(
            terminal.err,
            `suitcase: ${name} does not fit on ${board.id}: ` +
                `${bytes(sizes.bytes - board.programBytes)} too large`
        )
    return tooSmall.length > 0 ? EXIT_FAILED : EXIT_OK
}

/** @throws UsageError for an unknown board */
function chosenBoards(id: string | undefined): Board[] {
    const known = knownBoards()
    const chosen = known.filter(board => (id === undefined ? board.isOwn : board.id === id))
    if (id !== undefined && chosen.length === 0)
        throw new UsageError(
            `unknown board "${id}"; known are ${known.map(board => board.id).join(", ")}`
        )
    return chosen
}

function show(
    name: string,
    sizes: ImageSizes,
    boards: readonly Board[],
    { out, colors }: Terminal
): void {
    line(
        out,
        `${colors.bold(name)}: ${bytes(sizes.bytes)} of bytecode, DeviceScript ${CLI_VERSION}\n`
    )
    const table = new Table({
        head: ["room on the board", "used", "of", "share"].map(title => colors.bold(title)),
        colAligns: ["left", "right", "right", "right"],
        style: { head: [], border: [], compact: true },
    })
    const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
    for (const { id, architecture, programBytes } of boards)
        table.push([
            `${id} (${architecture})`,
            bytes(sizes.bytes),
            bytes(programBytes),
            share(sizes.bytes, programBytes),
        ])
    table.push([
        "code limit of the VM",
        bytes(sizes.codeEnd),
        bytes(CODE_LIMIT_BYTES),
        share(sizes.codeEnd, CODE_LIMIT_BYTES),
    ])
    line(out, table.toString())
    line(out, `\n${sizeTable("section", sizes.sections, colors.bold)}`)
    line(out, `\n${sizeTable("largest function", sizes.functions.slice(0, LARGEST), colors.bold)}`)
}

/** Flash writes that the app itself can cause; docs/settings.md says why that matters. */
export function flashText(writers: readonly FlashWriter[]): string {
    if (writers.length === 0)
        return (
            "flash writes per day: 0 (no function that is reachable in this app can write " +
            "settings or networks)"
        )
    const lines = writers.map(writer => {
        const callers = writer.calledBy.length === 0 ? "" : `, from ${writer.calledBy.join(", ")}`
        return `  ${writer.does} in ${writer.function}${callers}`
    })
    return [
        "flash writes per day: not known, for these can write; a power cut during a write " +
            "can lose all settings and the program:",
        ...lines,
    ].join("\n")
}

function sizeTable(
    title: string,
    rows: readonly SectionSize[],
    bold: (text: string) => string
): string {
    const table = new Table({
        head: [bold(title), bold("size")],
        colAligns: ["left", "right"],
        colWidths: [64, 12],
        style: { head: [], border: [], compact: true },
    })
    for (const row of rows) table.push([row.name, bytes(row.bytes)])
    return table.toString()
}

function asJson(
    name: string,
    sizes: ImageSizes,
    boards: readonly Board[],
    writers: readonly FlashWriter[]
): object {
    return {
        app: name,
        bytecodeBytes: sizes.bytes,
        codeEndBytes: sizes.codeEnd,
        codeLimitBytes: CODE_LIMIT_BYTES,
        sections: Object.fromEntries(sizes.sections.map(s => [s.name, s.bytes])),
        boards: boards.map(({ id, architecture, programBytes }) => ({
            board: id,
            architecture,
            programBytes,
        })),
        functions: sizes.functions,
        flashWritesPerDay: writers.length === 0 ? 0 : null,
        flashWriters: writers,
    }
}
