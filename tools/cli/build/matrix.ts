/** `suitcase build --all`: every app and every node of the kit file on every board, with sizes. */
import path from "node:path"
import Table from "cli-table3"
import { neededHeapBytes } from "../../../sim/apps/declared.js"
import { boardProfile } from "../../../sim/board/profile.js"
import { CODE_LIMIT_BYTES } from "../../../sim/linker/image.js"
import { codeEnd } from "../../../sim/linker/check.js"
import { type Board } from "../../../sim/program/boards.js"
import { type Program } from "../../../sim/program/program.js"
import { appNames } from "../../../sim/apps/registry.js"
import { programCalled, programOfNode, projectKit, type NamedProgram } from "../apps.js"
import { EXIT_FAILED, EXIT_OK } from "../errors.js"
import { line, showing, type Terminal } from "../terminal.js"
import { bytes, counted } from "../view/format.js"
import { checkOn, chosenBoards, type BoardCheck } from "./check.js"

/** Those of the suitcase; docs and boards/README.md say what each is good for. */
export const SUITCASE_BOARDS = [
    "suitcase_xiao_c3",
    "adafruit_qt_py_c3",
    "esp32c3_bare",
    "esp32s3_devkit_m",
    "feather_s2",
    "esp32_devkit_c",
    "suitcase_pico_w",
    "pico",
]

interface MatrixFlags {
    readonly board?: string
    readonly json?: true
}

interface Row {
    readonly named: NamedProgram
    readonly check: BoardCheck
}

/** @returns the exit code @throws CompileError, KitError, UsageError */
export async function buildAll(flags: MatrixFlags, terminal: Terminal): Promise<number> {
    const rows: Row[] = []
    for (const [named, boards] of await plan(flags.board))
        for (const board of boards) {
            const text = `Building ${named.called} for ${board.id} …`
            rows.push({ named, check: await showing(text, terminal, () => checkOn(board, named)) })
        }
    if (flags.json === true) line(terminal.out, JSON.stringify(rows.map(asJson)))
    else show(rows, terminal)
    const problems = rows.flatMap(({ check }) => check.problems)
    for (const problem of problems) line(terminal.err, `suitcase: ${problem}`)
    return problems.length > 0 ? EXIT_FAILED : EXIT_OK
}

/** Apps on all boards of the suitcase and of the kit file, nodes on the board that they have. */
async function plan(only: string | undefined): Promise<(readonly [NamedProgram, Board[]])[]> {
    const kit = await projectKit()
    const ids = new Set([...SUITCASE_BOARDS, ...(kit?.nodes ?? []).map(({ board }) => board.id)])
    const boards =
        only === undefined ? [...ids].flatMap(id => chosenBoards(id)) : chosenBoards(only)
    const apps = await Promise.all(appNames().map(name => programCalled(`devs/${name}.ts`)))
    const nodes = await Promise.all((kit?.nodes ?? []).map(programOfNode))
    return [
        ...apps.map(named => [{ ...named, called: named.name }, boardsFor(named, boards)] as const),
        ...nodes.map(
            named => [named, boards.filter(({ id }) => id === named.node?.board.id)] as const
        ),
    ]
}

/** Without those with less memory than the app says it needs. */
function boardsFor({ file, root }: NamedProgram, boards: readonly Board[]): Board[] {
    const needed = neededHeapBytes(path.resolve(root, file))
    return boards.filter(({ id }) => (boardProfile(id)?.heapBytes ?? needed) >= needed)
}

/** At most 80 columns wide. */
function show(rows: readonly Row[], { out, colors }: Terminal): void {
    const table = new Table({
        head: ["program", "board", "bytecode", "of code", "heap", "block"].map(title =>
            colors.bold(title)
        ),
        colWidths: [19, 19, 10, 8, 9, 8],
        colAligns: ["left", "left", "right", "right", "right", "right"],
        style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    })
    for (const { named, check } of rows) {
        const { program, trial, board, problems } = check
        const isStopped = problems.length > 0
        table.push([
            named.called,
            board.id,
            program === undefined ? "" : bytes(program.bytecode.length),
            program === undefined ? "" : codeShare(program),
            isStopped || trial === undefined ? colors.red("stops") : bytes(trial.leastFreeBytes),
            isStopped || trial === undefined ? "" : bytes(trial.leastBlockBytes),
        ])
    }
    line(out, table.toString())
    const boards = new Set(rows.map(({ check }) => check.board.id)).size
    line(
        out,
        `${counted(rows.length, "image")} for ${counted(boards, "board")}; heap that is left in the first minute, ` +
            "and its\nlargest block"
    )
}

function codeShare({ bytecode }: Program): string {
    return `${((100 * codeEnd(bytecode)) / CODE_LIMIT_BYTES).toFixed(1)} %`
}

function asJson({ named, check }: Row): object {
    const { board, program, trial, problems } = check
    return {
        program: named.called,
        isNode: named.node !== undefined,
        board: board.id,
        architecture: board.architecture,
        bytecodeBytes: program?.bytecode.length ?? null,
        programBytes: board.programBytes,
        codeEndBytes: program === undefined ? null : codeEnd(program.bytecode),
        codeLimitBytes: CODE_LIMIT_BYTES,
        heapBytes: trial?.heapBytes ?? null,
        leastFreeBytes: trial?.leastFreeBytes ?? null,
        leastBlockBytes: trial?.leastBlockBytes ?? null,
        problems,
    }
}
