/** Writing an RP2040 without WebUSB: one file for its drive. */
import { html } from "lit"
import { type Session } from "../flow/session.js"
import { heading, primary, sayIn, secondary, type View } from "./parts.js"
import { drivePicture } from "./pictures.js"

export function driveView(session: Session): View {
    const say = sayIn(session)
    const { isBusy } = session.state
    return html`${heading(say("driveTitle"))}
        <p class="lead">${say("driveLead")}</p>
        <ol class="how">
            <li>${say("driveStep1")}</li>
            <li>
                ${say("driveStep2")}
                <div class="in-list">
                    ${primary(say("driveSave"), () => void session.saveForDrive(), isBusy)}
                </div>
            </li>
            <li>${say("driveStep3")}</li>
        </ol>
        ${drivePicture(say("drivePicture"))}
        <p class="note">${say("driveSecrets")}</p>
        <div class="actions">
            ${secondary(say("driveDone"), () => session.tell({ kind: "written" }), isBusy)}
            ${secondary(
                say("back"),
                () => session.tell({ kind: "drive", isUsed: false }),
                isBusy || !session.hasUsb
            )}
        </div>`
}
