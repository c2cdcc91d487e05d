/** Pieces that several steps show. */
import { html, nothing, type TemplateResult } from "lit"
import { type Session } from "../flow/session.js"
import { PROBLEMS } from "../words/problems.js"
import { filled, say, type Fill, type Word } from "../words/words.js"

export type View = TemplateResult | typeof nothing

/** Says something in the language of the page. */
export type Say = (word: Word, fill?: Fill) => string

export function sayIn(session: Session): Say {
    return (word, fill) => say(session.state.language, word, fill)
}

/** The heading that gets the focus when a step begins. */
export function heading(text: string): View {
    return html`<h1 tabindex="-1">${text}</h1>`
}

export function primary(text: string, onClick: () => void, isDisabled = false): View {
    return html`<button class="primary" type="button" ?disabled=${isDisabled} @click=${onClick}>
        ${text}
    </button>`
}

export function secondary(text: string, onClick: () => void, isDisabled = false): View {
    return html`<button class="secondary" type="button" ?disabled=${isDisabled} @click=${onClick}>
        ${text}
    </button>`
}

export function backButton(session: Session): View {
    const { isBusy } = session.state
    return secondary(sayIn(session)("back"), () => session.tell({ kind: "back" }), isBusy)
}

/** What went wrong, and what to do; read out as soon as it is there. */
export function problemView(session: Session): View {
    const { problem, language } = session.state
    const detail = problem?.detail ?? ""
    return html`<div role="alert">
        ${
            problem === undefined
                ? nothing
                : html`<div class="problem" data-problem=${problem.id}>
                      <h2>${filled(PROBLEMS[problem.id].title[language], problem.fill)}</h2>
                      <p>${filled(PROBLEMS[problem.id].remedy[language], problem.fill)}</p>
                      ${
                          detail === ""
                              ? nothing
                              : html`<details>
                                    <summary>${sayIn(session)("details")}</summary>
                                    <p class="detail" lang="en">${detail}</p>
                                </details>`
                      }
                  </div>`
        }
    </div>`
}
