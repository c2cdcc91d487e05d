/** `suitcase build`: compiles and links an app, and says how much room it takes. */
import { Command } from "commander"
import { DEFAULT_BOARD, boardProfile } from "../../../sim/board/profile.js"
import { knownBoards, type Board } from "../../../sim/program/boards.js"
import { compileNamed, programCalled, type NamedProgram } from "../apps.js"
import {
    chosenBoards,
    compileFor,
    sizeProblems,
    stopProblems,
    type BoardTrial,
} from "../build/check.js"
import { buildAll } from "../build/matrix.js"
import { flashWriters } from "../build/flash-writers.js"
import { imageSizes } from "../build/image.js"
import { builtAsJson, showBuilt } from "../build/report.js"
import { strappingPins, strappingText } from "../build/strapping-pins.js"
import { trialBoot } from "../build/trial.js"
import { whyInImage } from "../build/why.js"
import { EXIT_FAILED, EXIT_OK, UsageError } from "../errors.js"
import { openFile, type Output } from "../pack/output.js"
import { line, showing, type Terminal } from "../terminal.js"
import { bytes } from "../view/format.js"

const HELP = `
Boards are those in boards/ and those DeviceScript knows. Without --board the
sizes for all boards in boards/ are shown, of a node those for its own. -o
writes the image for one board, ${DEFAULT_BOARD} unless --board names another.

Each board's image is booted for a simulated minute against models of the parts
that it has: what stops it there, such as two channels of one name or too little
memory, would stop it on the wall. Parts without a model are absent meanwhile.

Examples:
  suitcase build indoor-climate
  suitcase build indoor-climate --board pico_w -o indoor-climate.devs
  suitcase build indoor-climate --why putBase64
  suitcase build indoor-climate --json
  suitcase build hall-1                          a node of suitcase.yaml
  suitcase build --all                           all on all boards

Exit codes: 0 built, fits and runs · 1 too large for the board or for the VM,
            or stopped · 2 does not compile, or wrong use`

interface BuildFlags {
    readonly all?: true
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
        .argument("[app]", "name of a file in devs/, its path, or a node of the kit file")
        .option("--all", "every app and node on every board, as a table")
        .option("--board <board>", "show the sizes for this board only")
        .option("-o, --output <file>", "write the board's image to this file")
        .option("--files", "show every source file, not only the folders")
        .option("--why <function>", "show what keeps a function in the image")
        .option("--json", "print the results as one line of JSON, sizes in bytes")
        .helpOption("-h, --help", "print this help")
        .addHelpText("after", HELP)
        .action(async (name: string | undefined, flags: BuildFlags) => {
            if (flags.all === true) {
                refuseWithAll(name, flags)
                finish(await buildAll(flags, terminal))
                return
            }
            if (name === undefined)
                throw new UsageError("name an app, a path or a node, or write --all")
            // Opened first: nobody waits for a build whose image cannot be written.
            const image = flags.output === undefined ? undefined : openFile(flags.output, "-o")
            try {
                finish(await build(name, flags, image, terminal))
            } finally {
                image?.discard()
            }
        })
}

/** @throws UsageError for what goes with one program only */
function refuseWithAll(name: string | undefined, flags: BuildFlags): void {
    const isMore = [name, flags.output, flags.why, flags.files].some(value => value !== undefined)
    if (isMore) throw new UsageError("--all goes with --board and --json only")
}

async function build(
    name: string,
    flags: BuildFlags,
    image: Output | undefined,
    terminal: Terminal
): Promise<number> {
    const named = await programCalled(name)
    const ownBoard = flags.board ?? named.node?.board.id
    const boards = chosenBoards(ownBoard)
    const [compiled, program] = await showing(`Compiling ${named.file} …`, terminal, () => [
        compileNamed(named, { linked: false }),
        compileFor(ownBoard ?? DEFAULT_BOARD, named),
    ])
    if (flags.why !== undefined) {
        for (const text of whyInImage(program, compiled, flags.why)) line(terminal.out, text)
        return EXIT_OK
    }
    const problems = sizeProblems(name, program, boards)
    const trials = problems.length > 0 ? [] : await trialBoots(named, boards, terminal)
    problems.push(...stopProblems(name, trials))
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
    line(terminal.out, `\nwrote ${flags.output}: ${size} for ${ownBoard ?? DEFAULT_BOARD}`)
    return EXIT_OK
}

async function trialBoots(
    named: NamedProgram,
    boards: readonly Board[],
    terminal: Terminal
): Promise<BoardTrial[]> {
    const trials: BoardTrial[] = []
    for (const board of boards) {
        const profile = boardProfile(board.id)
        if (profile === undefined) continue
        const boot = () => trialBoot(compileFor(board.id, named), profile)
        trials.push({ board, ...(await showing(`Booting ${board.id} …`, terminal, boot)) })
    }
    return trials
}
