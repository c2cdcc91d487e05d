/** The fifth step: what the board measures. */
import { html } from "lit"
import { type Session } from "../flow/session.js"
import { nodeName } from "../flow/state.js"
import { heading, primary, sayIn, type View } from "./parts.js"

export function readingsView(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    return html`${heading(say("readingsTitle"))}
        <p class="lead">${say("readingsNotHere", { node: nodeName(state) })}</p>
        <div class="actions">
            ${primary(say("next"), () => session.tell({ kind: "readings seen" }))}
        </div>`
}
