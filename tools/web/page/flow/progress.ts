/** How far writing has come, and how long it still takes. */
import { type FlashEvent } from "../../../flash/flash-board.js"
import { type Piece } from "../../../flash/board-image.js"
import { SCRIPT_PREFIX } from "../../../flash/store/format.js"
import { NO_PROGRESS, type PieceState, type Progress } from "./state.js"

/** From so much on the speed is known well enough to tell the rest. */
const KNOWN_SHARE = 0.05
/** Comparing a piece takes a fraction of the time that writing it takes. */
const COMPARING = 0.1

export class ProgressMeter {
    private readonly allBytes: number
    private doneBytes = 0
    /** Work that took time, in bytes. */
    private workedBytes = 0
    private startedMs: number | undefined
    private shown: Progress = NO_PROGRESS

    /**
     * @param pieces that shall be on the board
     * @param nowMs a clock that only goes forward
     */
    constructor(
        pieces: readonly Piece[],
        private readonly nowMs: () => number
    ) {
        this.allBytes = pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)
    }

    /** @returns what to show now */
    on(event: FlashEvent): Progress {
        switch (event.kind) {
            case "kept":
                this.shown = { ...this.shown, kept: event.keys.map(shownKey).sort() }
                break
            case "torn":
                this.shown = { ...this.shown, isTorn: true }
                break
            case "same":
                this.workedBytes += COMPARING * event.piece.bytes.length
                this.ended(event.piece, "same")
                break
            case "verified":
                this.workedBytes += event.piece.bytes.length
                this.ended(event.piece, "verified")
                break
            case "again":
                this.put({ piece: nameOf(event.piece), kind: "again" })
                break
            case "writing":
                this.writing(event.piece, event.share)
                break
            case "board":
            case "restarted":
                break
        }
        return this.shown
    }

    private writing(piece: Piece, share: number): void {
        this.startedMs ??= this.nowMs()
        this.put({ piece: nameOf(piece), kind: "writing", share })
        const bytes = share * piece.bytes.length
        this.show(this.doneBytes + bytes, this.workedBytes + bytes)
    }

    private ended(piece: Piece, kind: "same" | "verified"): void {
        this.startedMs ??= this.nowMs()
        this.doneBytes += piece.bytes.length
        this.put({ piece: nameOf(piece), kind })
        this.show(this.doneBytes, this.workedBytes)
    }

    private show(done: number, worked: number): void {
        const share = Math.min(done / this.allBytes, 1)
        const passedMs = this.nowMs() - (this.startedMs ?? 0)
        const isKnown = worked / this.allBytes >= KNOWN_SHARE && passedMs > 0
        const leftMs = isKnown ? ((this.allBytes - done) * passedMs) / worked : undefined
        this.shown = {
            ...this.shown,
            // A piece that is written once more does not take back what was shown.
            share: Math.max(share, this.shown.share),
            secondsLeft: leftMs === undefined ? undefined : Math.ceil(leftMs / 1000),
        }
    }

    /** The runtime lies in several parts of flash: they are one piece to people. */
    private put(piece: PieceState): void {
        const others = this.shown.pieces.filter(other => other.piece !== piece.piece)
        this.shown = { ...this.shown, pieces: [...others, piece] }
    }
}

function nameOf({ name }: Piece): string {
    return name
}

function shownKey(key: string): string {
    return key.startsWith(SCRIPT_PREFIX) ? key.slice(SCRIPT_PREFIX.length) : key
}
