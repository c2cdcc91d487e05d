/** The last step: the label, and the next board. */
import { html, nothing, svg } from "lit"
import { encode } from "uqr"
import { type Session } from "../flow/session.js"
import { boardOf, nodeName, nodeOf, nodesLeft, type State } from "../flow/state.js"
import { heading, primary, sayIn, secondary, type View } from "./parts.js"

/** White modules around a QR code (ISO/IEC 18004:2015, section 6.3.8). */
const QUIET_ZONE = 4

export function labelView(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const [following] = nodesLeft(state)
    const nextText =
        following === undefined ? say("nextBoard") : say("nextBoardIs", { node: following.name })
    return html`${heading(say("labelTitle", { node: nodeName(state) }))}
        <p class="lead">${say("labelLead")}</p>
        ${label(session)}
        ${
            state.kit.nodes.length > 0 && following === undefined
                ? html`<p class="note">${say("allDone")}</p>`
                : nothing
        }
        <div class="actions">
            ${primary(say("print"), () => window.print())}
            ${secondary(nextText, () => goOn(session))}
        </div>`
}

/** Straight to the settings of the next node of the kit. */
function goOn(session: Session): void {
    const [following] = nodesLeft(session.state)
    session.tell({ kind: "next board" })
    if (following !== undefined)
        session.tell({ kind: "chosen", choice: { kind: "node", node: following.name } })
}

function label(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const node = nodeOf(state)
    return html`<section class="label">
        ${qrCode(`${say("labelCode")} ${codeText(state)}`, codeText(state))}
        <div>
            <p class="label-name">${node?.title ?? nodeName(state)}</p>
            <p>${node?.siteTitle ?? state.form.site}</p>
            ${placeText(state) === "" ? nothing : html`<p>${placeText(state)}</p>`}
            <p class="small">${say("node")}: ${nodeName(state)}</p>
            <p class="small">
                ${say("labelBoard")}: ${boardOf(state)?.name} ${state.found?.serial ?? ""}
            </p>
        </div>
    </section>`
}

function placeText(state: State): string {
    const { place } = nodeOf(state) ?? {}
    const typed = state.form.place ?? ""
    if (typed !== "" || place === undefined) return typed
    return `${place.lat}, ${place.lon}`
}

/** As the kit file has it; else the node's own topic, which no other node has. */
function codeText(state: State): string {
    return nodeOf(state)?.link ?? `suitcase/${state.form.site ?? ""}/${nodeName(state)}`
}

function qrCode(name: string, text: string): View {
    const { data, size } = encode(text, { ecc: "M", border: QUIET_ZONE })
    const dark = data.flatMap((row, y) =>
        row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))
    )
    return html`<svg class="code" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${name}>
        ${svg`<rect width=${size} height=${size} fill="#fff"></rect><path d=${dark.join("")} fill="#000"></path>`}
    </svg>`
}
