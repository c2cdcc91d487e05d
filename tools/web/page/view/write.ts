/** The fourth step: the board is named, then written, read back and compared. */
import { html, nothing } from "lit"
import { type Session } from "../flow/session.js"
import { nodeName, type PieceState, type Progress } from "../flow/state.js"
import { type Word } from "../words/words.js"
import { backButton, heading, primary, sayIn, secondary, type Say, type View } from "./parts.js"
import { timeText } from "./settings.js"

const PIECES: Readonly<Record<string, Word>> = {
    runtime: "pieceRuntime",
    "board configuration": "pieceConfig",
    program: "pieceProgram",
    settings: "pieceSettings",
}

/** How often a screen reader is told of progress, %. */
const ANNOUNCED_PERCENT = 20

export function writeView(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const { found, progress } = state
    return html`${heading(say(state.isBusy ? "writingTitle" : "writeTitle"))}
    ${found === undefined ? nothing : html`<p class="found">${say("foundBoard", { ...found })}</p>`}
    ${
        state.isBusy
            ? html`<p class="lead">${say("keepPlugged")}</p>
                  ${progress === undefined ? nothing : progressView(say, progress)}
                  <div class="actions">${secondary(say("stop"), () => session.stop())}</div>`
            : html`<p class="lead">${say("writeLead", { node: nodeName(state) })}</p>
                  <div class="actions">
                      ${primary(say("write"), () => void session.write())} ${backButton(session)}
                  </div>`
    }`
}

function progressView(say: Say, progress: Progress): View {
    const percent = Math.floor(100 * progress.share)
    const { secondsLeft } = progress
    return html`<div class="progress">
            <progress max="100" value=${percent} aria-label=${say("writingTitle")}></progress>
            <p class="figures">
                <strong>${say("percent", { number: percent })}</strong>
                ${
                    secondsLeft === undefined || secondsLeft === 0
                        ? nothing
                        : html`<span>${say("left", { time: roughly(say, secondsLeft) })}</span>`
                }
            </p>
        </div>
        <ul class="pieces">
            ${progress.pieces.map(
                piece => html`<li class=${piece.kind}>${pieceText(say, piece)}</li>`
            )}
            ${
                progress.kept.length === 0
                    ? nothing
                    : html`<li class="same">${say("kept", { keys: progress.kept.join(", ") })}</li>`
            }
            ${progress.isTorn ? html`<li class="again">${say("torn")}</li>` : nothing}
        </ul>`
}

function pieceText(say: Say, state: PieceState): string {
    const piece = say(PIECES[state.piece])
    if (state.kind !== "writing") return say(state.kind, { piece })
    return `${say("writing", { piece })} …`
}

/** Whole minutes, or steps of 5 s: what is guessed is not told to the second. */
function roughly(say: Say, seconds: number): string {
    if (seconds > 90) return timeText(say, 60 * Math.round(seconds / 60))
    return say("seconds", { number: Math.max(5 * Math.ceil(seconds / 5), 5) })
}

/** What a screen reader says of progress. */
export function announcement(session: Session): View {
    const say = sayIn(session)
    const { progress, step, isBusy } = session.state
    if (step === "connect" && isBusy) return html`${say("connecting")}`
    if (step !== "write" || progress === undefined || !isBusy) return nothing
    const percent = ANNOUNCED_PERCENT * Math.floor((100 * progress.share) / ANNOUNCED_PERCENT)
    return html`${say("writingTitle")}: ${say("percent", { number: percent })}`
}
