/** Everything that is known of a program before it is on a board: size, a boot against models, pins. */
import { boardProfile, theBoard } from "../../../sim/board/profile.js"
import { codeOverflow } from "../../../sim/linker/check.js"
import { knownBoards, type Board } from "../../../sim/program/boards.js"
import { CompileError } from "../../../sim/program/compile.js"
import { type Program } from "../../../sim/program/program.js"
import { planMemory } from "../../../src/core/memory-plan.js"
import { compileNamed, type NamedProgram } from "../apps.js"
import { UsageError } from "../errors.js"
import { bytes } from "../view/format.js"
import { trialBoot, type Trial } from "./trial.js"

export interface BoardTrial extends Trial {
    readonly board: Board
}

/** What a program takes of a board, and whether it runs there. */
export interface BoardCheck {
    readonly board: Board
    /** Undefined when it does not compile. */
    readonly program: Program | undefined
    /** Undefined when it was not booted: it is too large, or nothing is known of the board's runtime. */
    readonly trial: BoardTrial | undefined
    /** Why it cannot run there; empty when it can. */
    readonly problems: readonly string[]
}

/** The image that a board gets: its heap and the pin of its beat are part of it. */
export function compileFor(board: string, named: NamedProgram): Program {
    const { heapBytes, beatPin } = boardProfile(board) ?? theBoard()
    return compileNamed(named, { target: "board", heapBytes, beatPin })
}

/** @throws LinkError */
export async function checkOn(board: Board, named: NamedProgram): Promise<BoardCheck> {
    let program: Program
    try {
        program = compileFor(board.id, named)
    } catch (e) {
        if (!(e instanceof CompileError)) throw e
        return { board, program: undefined, trial: undefined, problems: [e.message] }
    }
    const problems = sizeProblems(named.called, program, [board])
    const profile = boardProfile(board.id)
    if (problems.length > 0 || profile === undefined)
        return { board, program, trial: undefined, problems }
    const trial = { board, ...(await trialBoot(program, profile)) }
    return {
        board,
        program,
        trial,
        problems: [
            ...stopProblems(named.called, [trial]),
            ...memoryProblems(named.called, trial, named.node !== undefined),
        ],
    }
}

/**
 * Whether the station's own reckoning leaves memory for frames that wait. A boot of a minute does not
 * show it: garbage collects over hours, and frames only while the network is away.
 */
export function memoryProblems(name: string, trial: BoardTrial, isNode: boolean): string[] {
    const { board, columns, parts, heapBytes, store } = trial
    if (!isNode || columns === 0) return []
    const { outboxBytes, spareBytes } = planMemory(heapBytes, columns, parts.length)
    const least = planMemory(0, 0, 0).outboxBytes
    if ((store === undefined ? outboxBytes : spareBytes) > least) return []
    return [
        `${name} takes more memory than ${board.id} has to spare: ${columns} columns of ${parts.length} sensors. ` +
            "Leave out a sensor, or take a board with more memory.",
    ]
}

/** Why a program does not fit on boards. */
export function sizeProblems(
    name: string,
    { bytecode }: Program,
    boards: readonly Board[]
): string[] {
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

export function stopProblems(name: string, trials: readonly BoardTrial[]): string[] {
    return trials.flatMap(({ board, stop }) =>
        stop === undefined ? [] : [`${name} stops on ${board.id}: ${stop}`]
    )
}

/**
 * @param id undefined: those of boards/
 * @throws UsageError for an unknown board
 */
export function chosenBoards(id: string | undefined): Board[] {
    const known = knownBoards()
    const chosen = known.filter(board => (id === undefined ? board.isOwn : board.id === id))
    if (id !== undefined && chosen.length === 0)
        throw new UsageError(
            `unknown board "${id}"; known are ${known.map(board => board.id).join(", ")}`
        )
    return chosen
}
