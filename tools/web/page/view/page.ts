/** The page around its steps. */
import { html, nothing } from "lit"
import { type Session } from "../flow/session.js"
import { STEPS, type Step } from "../flow/state.js"
import { LANGUAGES, type Word } from "../words/words.js"
import { chooseView } from "./choose.js"
import { connectView } from "./connect.js"
import { driveView } from "./drive.js"
import { labelView } from "./label.js"
import { problemView, sayIn, type View } from "./parts.js"
import { readingsAnnouncement, readingsView } from "./readings.js"
import { settingsView } from "./settings.js"
import { announcement, writeView } from "./write.js"

const STEP_WORDS: Readonly<Record<Step, Word>> = {
    choose: "stepChoose",
    settings: "stepSettings",
    connect: "stepConnect",
    write: "stepWrite",
    readings: "stepReadings",
    label: "stepLabel",
}

const LANGUAGE_NAMES = { en: "English", da: "Dansk" } as const

const VIEWS: Readonly<Record<Step, (session: Session) => View>> = {
    choose: chooseView,
    settings: settingsView,
    connect: session => (session.state.usesDrive ? driveView(session) : connectView(session)),
    write: writeView,
    readings: readingsView,
    label: labelView,
}

export function pageView(session: Session): View {
    const { step } = session.state
    return html`<header>
            <p class="product">${sayIn(session)("product")}</p>
            ${languageSwitch(session)}
        </header>
        ${stepper(session)}
        <main data-step=${step}>
            ${VIEWS[step](session)} ${problemView(session)}
            <p class="announcement" role="status">
                ${announcement(session)}${readingsAnnouncement(session)}
            </p>
        </main>`
}

function languageSwitch(session: Session): View {
    const { language } = session.state
    return html`<div class="languages" role="group" aria-label=${sayIn(session)("language")}>
        ${LANGUAGES.map(
            other =>
                html`<button
                    type="button"
                    lang=${other}
                    aria-pressed=${other === language ? "true" : "false"}
                    @click=${() => session.tell({ kind: "language", language: other })}
                >
                    ${LANGUAGE_NAMES[other]}
                </button>`
        )}
    </div>`
}

function stepper(session: Session): View {
    const say = sayIn(session)
    const current = STEPS.indexOf(session.state.step)
    return html`<nav aria-label=${say("steps")}>
        <p class="step-of">${say("stepOf", { number: current + 1, all: STEPS.length })}</p>
        <ol class="steps">
            ${STEPS.map((step, i) => {
                const isDone = i < current
                return html`<li
                    class=${isDone ? "done" : i === current ? "current" : "ahead"}
                    aria-current=${i === current ? "step" : nothing}
                >
                    <span class="dot" aria-hidden="true">${isDone ? "✓" : i + 1}</span>
                    <span class="name"
                        >${say(STEP_WORDS[step])}${
                            isDone
                                ? html`<span class="hidden">, ${say("stepDone")}</span>`
                                : nothing
                        }</span
                    >
                </li>`
            })}
        </ol>
    </nav>`
}
