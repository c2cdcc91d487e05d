/** The second step: settings, passwords, and the runtime's file. */
import { html, nothing } from "lit"
import { live } from "lit/directives/live.js"
import { type Session } from "../flow/session.js"
import { INTERVALS, fieldsOf, type Field } from "../flow/fields.js"
import { boardOf, nodeOf, programOf, type RuntimeChoice } from "../flow/state.js"
import { backButton, heading, primary, sayIn, type Say, type View } from "./parts.js"

export function settingsView(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const node = nodeOf(state)
    const fields = fieldsOf(state)
    return html`${heading(
            node === undefined ? say("settingsTitleOwn") : say("settingsTitle", { node: node.name })
        )}
        <p class="lead">${say("settingsLead")}</p>
        <form
            novalidate
            autocomplete="off"
            @submit=${(event: Event) => {
                event.preventDefault()
                accept(session)
            }}
        >
            ${summary(session)} ${node === undefined ? nothing : secretsFiles(session)}
            ${fields.map(field => fieldView(session, field))} ${intervalView(session)}
            ${runtimeView(session)}
            <div class="actions">
                ${primary(say("next"), () => accept(session))} ${backButton(session)}
            </div>
            <input type="submit" hidden />
        </form>`
}

function accept(session: Session): void {
    session.tell({ kind: "settings accepted" })
    // What is wrong is where the person has to go.
    if (session.state.step === "settings")
        document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus()
}

/** What the kit file says already. */
function summary(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const node = nodeOf(state)
    const board = boardOf(state)
    if (node === undefined || board === undefined) return nothing
    const { settings } = node
    const seconds = programOf(state)?.intervalSeconds
    const host = settings["mqtt.host"]
    const rows: readonly (readonly [string, string])[] = [
        [say("board"), board.name],
        [say("program"), programOf(state)?.app ?? ""],
        [say("site"), node.siteTitle],
        [say("wifiName"), settings["wifi.ssid"] ?? say("notSet")],
        [
            say("brokerHost"),
            host === undefined ? say("notSet") : `${host}:${settings["mqtt.port"] ?? ""}`,
        ],
        ...(seconds === undefined ? [] : [[say("interval"), timeText(say, seconds)] as const]),
    ]
    return html`<section class="summary" aria-label=${say("fromKit")}>
        <h2>${say("fromKit")}</h2>
        <dl>
            ${rows.map(
                ([what, value]) =>
                    html`<div>
                        <dt>${what}</dt>
                        <dd>${value}</dd>
                    </div>`
            )}
        </dl>
    </section>`
}

function secretsFiles(session: Session): View {
    const say = sayIn(session)
    const secrets = fieldsOf(session.state).filter(({ isSecret }) => isSecret)
    if (secrets.length === 0) return nothing
    const { files } = session.state
    const isRead = files.passwords.size + files.keys.size + files.environment.size > 0
    const found = secrets.filter(({ isFromFile }) => isFromFile).map(({ label }) => say(label))
    const said =
        found.length > 0 ? say("secretsFound", { what: found.join(", ") }) : say("secretsNone")
    return html`<div class="field">
        <label for="secrets">${say("secretsFiles")}</label>
        <input
            id="secrets"
            type="file"
            multiple
            aria-describedby="secrets-hint"
            @change=${({ target }: Event) => void readSecretFiles(session, target)}
        />
        <p class="hint" id="secrets-hint">
            ${say("secretsHint")} ${isRead ? html`<strong>${said}</strong>` : nothing}
        </p>
    </div>`
}

async function readSecretFiles(session: Session, target: EventTarget | null): Promise<void> {
    const input = target as HTMLInputElement
    const files = [...(input.files ?? [])]
    // The browser shows no name of a file with secrets from then on.
    const texts = await Promise.all(
        files.map(async file => ({ name: file.name, text: await file.text() }))
    )
    input.value = ""
    session.takeSecrets(texts)
}

function fieldView(session: Session, field: Field): View {
    const say = sayIn(session)
    const { key, label, hint, isSecret, problem, value, isFromFile, isRequired } = field
    const id = key.replace(".", "-")
    const edited = (text: string) => session.tell({ kind: "edited", key, text })
    if (key === "mqtt.tls")
        return html`<div class="field check">
            <input
                id=${id}
                type="checkbox"
                .checked=${live(value === "true")}
                @change=${({ target }: Event) =>
                    edited(String((target as HTMLInputElement).checked))}
            />
            <label for=${id}>${say(label)}</label>
        </div>`
    const text = problem ?? hint
    return html`<div class="field">
        <label for=${id}
            >${say(label)}
            ${isFromFile ? html`<span class="badge">✓ ${say("fromFile")}</span>` : nothing}</label
        >
        <input
            id=${id}
            name=${id}
            type=${isSecret ? "password" : "text"}
            inputmode=${key === "mqtt.port" ? "numeric" : "text"}
            autocomplete=${isSecret ? "new-password" : "off"}
            autocapitalize="none"
            spellcheck="false"
            aria-required=${isRequired && !isFromFile ? "true" : "false"}
            aria-invalid=${problem === undefined ? "false" : "true"}
            aria-describedby=${text === undefined ? nothing : `${id}-hint`}
            .value=${live(value)}
            @input=${({ target }: Event) => edited((target as HTMLInputElement).value)}
        />
        ${
            text === undefined
                ? nothing
                : html`<p class=${problem === undefined ? "hint" : "hint wrong"} id=${`${id}-hint`}>
                      ${say(text)}
                  </p>`
        }
    </div>`
}

function intervalView(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const program = programOf(state)
    if (program?.intervalAt === undefined || program.intervalSeconds === undefined) return nothing
    const usual = program.intervalSeconds
    const chosen = Number(state.form.interval ?? usual)
    const all = [...new Set([...INTERVALS, usual])].sort((a, b) => a - b)
    return html`<div class="field">
        <label for="interval">${say("interval")}</label>
        <select
            id="interval"
            @change=${({ target }: Event) =>
                session.tell({
                    kind: "edited",
                    key: "interval",
                    text: (target as HTMLSelectElement).value,
                })}
        >
            ${all.map(
                seconds =>
                    html`<option value=${seconds} ?selected=${seconds === chosen}>
                        ${timeText(say, seconds)}
                    </option>`
            )}
        </select>
    </div>`
}

function runtimeView(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const board = boardOf(state)
    if (board === undefined) return nothing
    const { runtime } = state
    const option = (kind: RuntimeChoice["kind"], text: string) =>
        html`<label class="radio">
            <input
                type="radio"
                name="runtime"
                value=${kind}
                .checked=${live(runtime.kind === kind)}
                @change=${() => {
                    if (kind !== "file") session.tell({ kind: "runtime chosen", runtime: { kind } })
                }}
            />
            <span>${text}</span>
        </label>`
    const size = runtime.kind === "file" ? Math.ceil(runtime.bytes.length / 1024) : 0
    return html`<fieldset>
        <legend>${say("runtime")}</legend>
        <p class="hint">${say("runtimeLead")}</p>
        ${board.runtime === undefined ? nothing : option("folder", say("runtimeFolder"))}
        ${option("on board", say("runtimeOnBoard"))}
        ${
            runtime.kind === "file"
                ? option("file", say("runtimeChosen", { name: runtime.name, size }))
                : nothing
        }
        <label class="file-label" for="runtime-file">${say("runtimeFile")}</label>
        <input
            id="runtime-file"
            type="file"
            accept=".bin,.uf2"
            @change=${({ target }: Event) => void readRuntime(session, target)}
        />
        ${checksum(session)}
    </fieldset>`
}

function checksum(session: Session): View {
    const { state } = session
    const say = sayIn(session)
    const { runtime } = state
    if (runtime.kind === "on board") return nothing
    const sum = runtime.kind === "file" ? runtime.sha256 : boardOf(state)?.runtime?.sha256
    return html`<p class="hint checksum">
        ${runtime.kind === "file" ? say("runtimeChecked", { chip: runtime.chip }) : nothing}
        ${say("runtimeSum", { sum: sum ?? "" })}
    </p>`
}

async function readRuntime(session: Session, target: EventTarget | null): Promise<void> {
    const [file] = (target as HTMLInputElement).files ?? []
    if (file !== undefined) session.takeRuntime(file.name, new Uint8Array(await file.arrayBuffer()))
}

export function timeText(say: Say, seconds: number): string {
    if (seconds % 3600 === 0) return say("hours", { number: seconds / 3600 })
    if (seconds % 60 === 0) return say("minutes", { number: seconds / 60 })
    return say("seconds", { number: seconds })
}
