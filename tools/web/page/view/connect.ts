/** The third step: the board is plugged in, and the browser asks which one it is. */
import { html, nothing } from "lit"
import { type Session } from "../flow/session.js"
import { boardOf } from "../flow/state.js"
import { backButton, heading, primary, sayIn, secondary, type View } from "./parts.js"
import { boardPicture } from "./pictures.js"

export function connectView(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const board = boardOf(state)
    if (board === undefined) return nothing
    const how = board.bootMode[state.language]
    // Only these boards get into their boot mode by themselves.
    const needsButton = !["esp32", "esp32c3"].includes(board.architecture)
    const canConnect = !session.isPico || session.hasUsb
    return html`${heading(say("connectTitle"))}
        ${state.wasInterrupted ? html`<p class="note">${say("connectAgain")}</p>` : nothing}
        <div class="beside">
            <ol class="how">
                ${needsButton ? html`<li>${say("connectHold", { how })}</li>` : nothing}
                <li>${say("connectLead", { board: board.name })}</li>
                <li>${say("connectChoose")}</li>
            </ol>
            ${boardPicture(say("boardPicture"), needsButton)}
        </div>
        ${needsButton ? nothing : html`<p class="hint">${say("connectSerialTip", { how })}</p>`}
        <div class="actions">
            ${
                canConnect
                    ? primary(
                          state.isBusy ? say("connecting") : say("connect"),
                          () => void session.connect(),
                          state.isBusy
                      )
                    : primary(say("useFile"), () => session.tell({ kind: "drive", isUsed: true }))
            }
            ${backButton(session)}
        </div>
        ${session.isPico && canConnect ? otherWays(session) : nothing}`
}

function otherWays(session: Session): View {
    const say = sayIn(session)
    return html`<div class="other-ways">
        ${secondary(
            say("useFile"),
            () => session.tell({ kind: "drive", isUsed: true }),
            session.state.isBusy
        )}
        <details>
            <summary>${say("touch")}</summary>
            <p>${say("touchLead")}</p>
            ${secondary(say("touchButton"), () => void session.touch(), session.state.isBusy)}
        </details>
    </div>`
}
