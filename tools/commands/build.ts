/** `suitcase build`: compiles and links an app, and says how much room it takes. */
import { writeFileSync } from "node:fs"
import Table from "cli-table3"
import { Command } from "commander"
import { CODE_LIMIT_BYTES } from "../../sim/linker/image.js"
import { codeOverflow } from "../../sim/linker/check.js"
import { knownBoards, type Board } from "../../sim/program/boards.js"
import { compile } from "../../sim/program/compile.js"
import { placeOfPosition, type Program } from "../../sim/program/program.js"
import { CLI_VERSION } from "../../sim/vm/cli-package.js"
import { appFile } from "../apps.js"
import { flashWriters, type FlashWriter } from "../build/flash-writers.js"
import { folderSizes, imageSizes, type ImageSizes, type SectionSize } from "../build/image.js"
import { whyInImage } from "../build/why.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { line, type Terminal } from "../terminal.js"
import { bytes, count } from "../view/format.js"

const LARGEST = 10
/** The board of the kit whose image `-o` writes unless another one is named. */
const USUAL_BOARD = "suitcase_xiao_c3"

const HELP = `
Boards are those in boards/ and those DeviceScript knows. Without --board the
sizes for all boards in boards/ are shown. -o writes the image for one board,
${USUAL_BOARD} unless --board names another one.

Examples:
  suitcase build indoor-climate
  suitcase build indoor-climate --board pico_w -o indoor-climate.devs
  suitcase build indoor-climate --why putBase64
  suitcase build indoor-climate --json

Exit codes: 0 built and fits · 1 too large for the board or for the VM
            2 does not compile, or wrong use`

interface BuildFlags {
    readonly board?: string
    readonly output?: string
    readonly why?: string
    readonly files?: true
    readonly json?: true
}

export function buildCommand(terminal: Terminal, finish: (code: number) => void): Command {
    return new Command("build")
        .summary("compile an app and show its size")
        .description(
            "Compiles and links an app and shows how much of a board's program storage and of " +
                "the code limit it takes, where its bytes come from, and how often the app can " +
                "write to flash."
        )
        .argument("<app>", "name of a file in devs/, such as indoor-climate")
        .option("--board <board>", "show the sizes for this board only")
        .option("-o, --output <file>", "write the board's image to this file")
        .option("--files", "show every source file, not only the folders")
        .option("--why <function>", "show what keeps a function in the image")
        .option("--json", "print the results as one line of JSON, sizes in bytes")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action((name: string, flags: BuildFlags) => finish(build(name, flags, terminal)))
}

function build(name: string, flags: BuildFlags, terminal: Terminal): number {
    const file = appFile(name)
    const boards = chosenBoards(flags.board)
    const compiled = compile(file, { name, linked: false })
    const program = compile(file, { name, target: "board" })
    if (flags.why !== undefined) {
        for (const text of whyInImage(program, compiled, flags.why)) line(terminal.out, text)
        return EXIT_OK
    }
    const sizes = imageSizes(program)
    const writers = flashWriters(compiled)
    if (flags.json === true)
        line(terminal.out, JSON.stringify(asJson(name, program, sizes, boards, writers)))
    else {
        show(name, program, sizes, boards, flags.files === true, terminal)
        line(terminal.out, `\n${flashText(writers)}`)
    }
    const problems = problemsOf(name, program, boards)
    for (const problem of problems) line(terminal.err, `suitcase: ${problem}`)
    if (problems.length > 0) return EXIT_FAILED
    if (flags.output !== undefined) write(flags.output, program, flags.board, terminal)
    return EXIT_OK
}

/** Why the program cannot run on the boards. */
function problemsOf(name: string, { bytecode }: Program, boards: readonly Board[]): string[] {
    const overflow = codeOverflow(bytecode)
    const tooSmall = boards.filter(board => bytecode.length > board.programBytes)
    return [
        ...(overflow === undefined
            ? []
            : [`${name} cannot run on any board: ${overflow}. Leave out a sensor or a feature.`]),
        ...tooSmall.map(
            board =>
                `${name} does not fit on ${board.id}: ` +
                `${bytes(bytecode.length - board.programBytes)} too large`
        ),
    ]
}

function write(
    file: string,
    { bytecode }: Program,
    board: string | undefined,
    { out }: Terminal
): void {
    try {
        writeFileSync(file, bytecode)
    } catch (e) {
        throw new UsageError(`cannot write ${file}: ${(e as Error).message}`)
    }
    line(out, `\nwrote ${file}: ${bytes(bytecode.length)} for ${board ?? USUAL_BOARD}`)
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
    program: Program,
    sizes: ImageSizes,
    boards: readonly Board[],
    hasFiles: boolean,
    { out, colors }: Terminal
): void {
    line(
        out,
        `${colors.bold(name)}: ${bytes(sizes.bytes)} of bytecode, DeviceScript ${CLI_VERSION}`
    )
    line(out, `${linkText(program, sizes)}\n`)
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
        "code that the VM can reach",
        bytes(sizes.codeEnd),
        bytes(CODE_LIMIT_BYTES),
        share(sizes.codeEnd, CODE_LIMIT_BYTES),
    ])
    line(out, table.toString())
    line(out, `\n${sizeTable("code by source folder", folderRows(sizes, hasFiles), colors.bold)}`)
    line(out, `\n${sizeTable("section", sizes.sections, colors.bold)}`)
    line(out, `\n${sizeTable("largest function", sizes.functions.slice(0, LARGEST), colors.bold)}`)
}

function folderRows({ files }: ImageSizes, hasFiles: boolean): SectionSize[] {
    return folderSizes(files).flatMap(folder => [
        folder,
        ...(hasFiles
            ? folder.files.map(file => ({
                  name: `  ${file.name.slice(folder.name.length + 1)}`,
                  bytes: file.bytes,
              }))
            : []),
    ])
}

/** What the linker did, and what kept it from more. */
function linkText(program: Program, sizes: ImageSizes): string {
    const { linked, debug } = program
    if (linked === undefined) return "not linked: SUITCASE_LINKER=off"
    const lines = [
        `linked: code ${bytes(linked.compiledCodeEnd)} → ${bytes(sizes.codeEnd)}, ` +
            `functions ${count(linked.compiledFunctions)} → ${count(debug.functions.length)}`,
    ]
    for (const { function: of, position } of linked.computedNames) {
        const place = placeOfPosition(debug, position)
        const where = place === undefined ? of : `${of} (${place.file}:${place.line})`
        lines.push(
            `all methods are kept: ${where} reads a member whose name is computed, ` +
                "which could be any of them"
        )
    }
    return lines.join("\n")
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
    program: Program,
    sizes: ImageSizes,
    boards: readonly Board[],
    writers: readonly FlashWriter[]
): object {
    return {
        app: name,
        bytecodeBytes: sizes.bytes,
        codeEndBytes: sizes.codeEnd,
        codeLimitBytes: CODE_LIMIT_BYTES,
        compiledCodeEndBytes: program.linked?.compiledCodeEnd ?? null,
        sections: Object.fromEntries(sizes.sections.map(s => [s.name, s.bytes])),
        boards: boards.map(({ id, architecture, programBytes }) => ({
            board: id,
            architecture,
            programBytes,
        })),
        files: Object.fromEntries(sizes.files.map(s => [s.name, s.bytes])),
        functions: sizes.functions,
        flashWritesPerDay: writers.length === 0 ? 0 : null,
        flashWriters: writers,
    }
}
