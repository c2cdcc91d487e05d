/** From what was thrown to what is said about it. */
import { BoardError, type BoardReason } from "../../../flash/board-access.js"
import { layoutOf } from "../../../flash/chips.js"
import { ImageError, type ImageReason } from "../../../flash/image-error.js"
import { StoreError } from "../../../flash/store/write.js"
import { type ProblemId } from "../words/problems.js"
import { WORDS, say } from "../words/words.js"
import { boardOf, nodeName, nodesLeft, type Problem, type State } from "./state.js"

/** A problem of the page itself. */
export class PageError extends Error {
    override name = "PageError"

    constructor(
        readonly id: ProblemId,
        message: string = id
    ) {
        super(message)
    }
}

const BOARD: Readonly<Record<BoardReason, ProblemId>> = {
    gone: "gone",
    stalled: "stalled",
    "no answer": "no answer",
    "unknown chip": "unknown chip",
    "other board": "other board",
    "no runtime": "no runtime",
    differs: "differs",
    transfer: "transfer",
    "no boot mode": "no boot mode",
    RP2350: "RP2350",
    "drive only": "drive only",
    driver: "driver",
    denied: "denied",
    busy: "busy",
    "not opened": "not opened",
    other: "unexpected",
}

const IMAGE: Readonly<Record<ImageReason, ProblemId>> = {
    damaged: "image damaged",
    "other chip": "image other chip",
    bundle: "image bundle",
    "no runtime": "image no runtime",
}

/** @param found the chip that was found, where it is another one than the node's */
export function problemFrom(e: unknown, state: State, found?: string): Problem {
    return { id: idOf(e), fill: fillOf(state, found), detail: detailOf(e) }
}

function idOf(e: unknown): ProblemId {
    if (e instanceof PageError) return e.id
    if (e instanceof BoardError) return BOARD[e.reason]
    if (e instanceof ImageError) return IMAGE[e.reason]
    return e instanceof StoreError ? "full" : "unexpected"
}

function detailOf(e: unknown): string {
    if (!(e instanceof Error || e instanceof DOMException)) return String(e)
    return e.name === "Error" ? e.message : `${e.name}: ${e.message}`
}

function fillOf(state: State, found: string | undefined): Problem["fill"] {
    const { language } = state
    const board = boardOf(state)
    return {
        how: board?.bootMode[language] ?? "",
        wanted: board === undefined ? "" : layoutOf(board.architecture).chip,
        found: found ?? "",
        node: nodeName(state) || say(language, "node"),
        others: othersWith(state, found),
    }
}

/** Nodes that the board would be right for. */
function othersWith(state: State, found: string | undefined): string {
    const { kit, language } = state
    const fitting = nodesLeft(state).filter(
        ({ board }) => kit.boards.find(({ id }) => id === board)?.chip === found
    )
    if (found === undefined || fitting.length === 0) return ""
    const names = fitting.map(({ name }) => name).join(", ")
    return WORDS.orChoose[language].replace("{names}", names)
}
