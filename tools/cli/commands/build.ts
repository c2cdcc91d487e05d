/** `suitcase build`: compiles and links an app, and says how much room it takes. */
import { Command } from "commander"
import { codeOverflow } from "../../../sim/linker/check.js"
import { DEFAULT_BOARD, boardProfile, theBoard } from "../../../sim/board/profile.js"
import { knownBoards, type Board } from "../../../sim/program/boards.js"
import { compile } from "../../../sim/program/compile.js"
import { type Program } from "../../../sim/program/program.js"
import { appFile } from "../apps.js"
import { flashWriters } from "../build/flash-writers.js"
import { imageSizes } from "../build/image.js"
import { builtAsJson, showBuilt, type BoardTrial } from "../build/report.js"
import { strappingPins, strappingText } from "../build/strapping-pins.js"
import { trialBoot } from "../build/trial.js"
import { whyInImage } from "../build/why.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { openFile, type Output } from "../pack/output.js"
import { line, showing, type Terminal } from "../terminal.js"
import { bytes } from "../view/format.js"
const HELP = `
Boards are those in boards/ and those DeviceScript knows. Without --board the
sizes for all boards in boards/ are shown. -o writes the image for one board,
${DEFAULT_BOARD} unless --board names another one.

Each board's image is booted for a simulated minute against models of the parts
that it has: what stops it there, such as two channels of one name or too little
memory, would stop it on the wall. Parts without a model are absent meanwhile.

Examples:
  suitcase build indoor-climate
  suitcase build indoor-climate --board pico_w -o indoor-climate.devs
  suitcase build indoor-climate --why putBase64
  suitcase build indoor-climate --json

Exit codes: 0 built, fits and runs · 1 too large for the board or for the VM,
            or stopped · 2 does not compile, or wrong use`

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
                "the code limit it takes, where its bytes come from, how much memory is left when it " +
                "runs, and how often the app can write to flash."
        )
        .argument("<app>", "name of a file in devs/, such as indoor-climate")
        .option("--board <board>", "show the sizes for this board only")
        .option("-o, --output <file>", "write the board's image to this file")
        .option("--files", "show every source file, not only the folders")
        .option("--why <function>", "show what keeps a function in the image")
        .option("--json", "print the results as one line of JSON, sizes in bytes")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (name: string, flags: BuildFlags) => {
            // Opened first: nobody waits for a build whose image cannot be written.
            const image = flags.output === undefined ? undefined : openFile(flags.output, "-o")
            try {
                finish(await build(name, flags, image, terminal))
            } finally {
                image?.discard()
            }
        })
}

async function build(
    name: string,
    flags: BuildFlags,
    image: Output | undefined,
    terminal: Terminal
): Promise<number> {
    const file = appFile(name)
    const boards = chosenBoards(flags.board)
    const [compiled, program] = await showing(`Compiling ${file} …`, terminal, () => [
        compile(file, { name, linked: false }),
        compileFor(flags.board ?? DEFAULT_BOARD, name),
    ])
    if (flags.why !== undefined) {
        for (const text of whyInImage(program, compiled, flags.why)) line(terminal.out, text)
        return EXIT_OK
    }
    const problems = problemsOf(name, program, boards)
    const trials = problems.length > 0 ? [] : await trialBoots(name, boards, terminal)
    for (const { board, stop } of trials)
        if (stop !== undefined) problems.push(`${name} stops on ${board.id}: ${stop}`)
    const sizes = imageSizes(program)
    const pins = strappingPins(compiled, knownBoards())
    const writers = flashWriters(compiled)
    const built = { name, program, sizes, boards, trials, writers, strappingPins: pins }
    if (flags.json === true) line(terminal.out, JSON.stringify(builtAsJson(built)))
    else showBuilt(built, flags.files === true, terminal)
    for (const pin of pins) line(terminal.err, `suitcase: ${strappingText(pin)}`)
    for (const problem of problems) line(terminal.err, `suitcase: ${problem}`)
    if (problems.length > 0) return EXIT_FAILED
    if (image === undefined) return EXIT_OK
    image.write(program.bytecode)
    await image.close()
    const size = bytes(program.bytecode.length)
    line(terminal.out, `\nwrote ${flags.output}: ${size} for ${flags.board ?? DEFAULT_BOARD}`)
    return EXIT_OK
}

/** The image that a board gets: its heap and the pin of its beat are part of it. */
function compileFor(board: string, name: string): Program {
    const { heapBytes, beatPin } = boardProfile(board) ?? theBoard()
    return compile(appFile(name), { name, target: "board", heapBytes, beatPin })
}

async function trialBoots(
    name: string,
    boards: readonly Board[],
    terminal: Terminal
): Promise<BoardTrial[]> {
    const trials: BoardTrial[] = []
    for (const board of boards) {
        const profile = boardProfile(board.id)
        if (profile === undefined) continue
        const boot = () => trialBoot(compileFor(board.id, name), profile)
        trials.push({ board, ...(await showing(`Booting ${board.id} …`, terminal, boot)) })
    }
    return trials
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
