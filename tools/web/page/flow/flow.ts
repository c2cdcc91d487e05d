/** The steps of the page as a state machine: what happened, and where that leads. */
import { type KitExport } from "../../kit-export.js"
import { type NodeView } from "../readings/node-view.js"
import { type Language } from "../words/words.js"
import { isSecretKey, settingsOf } from "./fields.js"
import {
    NO_PROGRESS,
    boardOf,
    firstState,
    nodeName,
    programOf,
    type Choice,
    type FieldKey,
    type FoundBoard,
    type FormKey,
    type Problem,
    type Progress,
    type RuntimeChoice,
    type SecretFiles,
    type State,
    type Step,
    type Texts,
} from "./state.js"

export type FlowEvent =
    | { readonly kind: "language"; readonly language: Language }
    | { readonly kind: "chosen"; readonly choice: Choice }
    | { readonly kind: "edited"; readonly key: FieldKey | "interval"; readonly text: string }
    | { readonly kind: "secrets read"; readonly files: SecretFiles }
    | { readonly kind: "runtime chosen"; readonly runtime: RuntimeChoice }
    | { readonly kind: "settings accepted" }
    | { readonly kind: "back" }
    | { readonly kind: "drive"; readonly isUsed: boolean }
    /** Something begins that takes a while; what was wrong before is forgotten. */
    | { readonly kind: "busy" }
    | { readonly kind: "idle" }
    | { readonly kind: "found"; readonly board: FoundBoard }
    | { readonly kind: "writing" }
    | { readonly kind: "progress"; readonly progress: Progress }
    | { readonly kind: "written" }
    | { readonly kind: "failed"; readonly problem: Problem }
    | { readonly kind: "readings"; readonly view: NodeView }
    | { readonly kind: "readings seen" }
    | { readonly kind: "next board" }

/** @returns the state that follows; the same one where an event has no place in it */
export function next(state: State, event: FlowEvent): State {
    switch (event.kind) {
        case "language":
            return { ...state, language: event.language }
        case "busy":
            return { ...state, isBusy: true, problem: undefined }
        case "idle":
            return { ...state, isBusy: false }
        case "failed":
            return failed(state, event.problem)
        case "back":
            return back(state)
        default:
            return forward(state, event)
    }
}

type Forward = Exclude<
    FlowEvent,
    { readonly kind: "language" | "busy" | "idle" | "failed" | "back" }
>

function forward(state: State, event: Forward): State {
    switch (event.kind) {
        case "chosen":
            return state.step === "choose" ? chosen(state, event.choice) : state
        case "edited":
            return state.step === "settings" ? edited(state, event.key, event.text) : state
        case "secrets read":
            return { ...state, files: merged(state.files, event.files), problem: undefined }
        case "runtime chosen":
            return { ...state, runtime: event.runtime, problem: undefined }
        case "settings accepted":
            return accepted(state)
        case "drive":
            return state.step === "connect"
                ? { ...state, usesDrive: event.isUsed, problem: undefined }
                : state
        case "found":
            return state.step === "connect"
                ? {
                      ...state,
                      step: "write",
                      found: event.board,
                      isBusy: false,
                      progress: undefined,
                  }
                : state
        case "writing":
            return state.step === "write"
                ? { ...state, isBusy: true, wasInterrupted: true, progress: NO_PROGRESS }
                : state
        case "progress":
            return state.step === "write" ? { ...state, progress: event.progress } : state
        case "written":
            return written(state)
        case "readings":
            return state.step === "readings"
                ? { ...state, readings: event.view, isBusy: false }
                : state
        case "readings seen":
            return state.step === "readings"
                ? { ...state, step: "label", isBusy: false, problem: undefined }
                : state
        case "next board":
            return state.step === "label" ? nextBoard(state) : state
    }
}

function chosen(state: State, choice: Choice): State {
    const before = boardOf(state)
    const changed = { ...state, choice, isChecked: false, problem: undefined }
    const board = boardOf(changed)
    if (board === undefined || programOf(changed) === undefined) return changed
    const isSame = before?.architecture === board.architecture
    const runtime: RuntimeChoice =
        isSame && state.runtime.kind !== "on board"
            ? state.runtime
            : { kind: board.runtime === undefined ? "on board" : "folder" }
    return { ...changed, runtime, usesDrive: false, step: "settings" }
}

function edited(state: State, key: FieldKey, text: string): State {
    if (isSecretKey(key)) return { ...state, secrets: { ...state.secrets, [key]: text } }
    return { ...state, form: { ...state.form, [key]: text } }
}

function accepted(state: State): State {
    if (state.step !== "settings") return state
    if (settingsOf(state) === undefined) return { ...state, isChecked: true }
    return { ...state, step: "connect", isChecked: true, problem: undefined, found: undefined }
}

/** What fails while a board is written leads back to where it is connected: writing goes on from there. */
function failed(state: State, problem: Problem): State {
    const step = state.step === "write" ? "connect" : state.step
    return { ...state, step, problem, isBusy: false }
}

function back(state: State): State {
    if (state.isBusy) return state
    const before = { settings: "choose", connect: "settings", write: "connect" } as const
    const step = state.step in before ? before[state.step as keyof typeof before] : state.step
    return { ...state, step, problem: undefined }
}

function written(state: State): State {
    if (state.step !== "write" && !(state.step === "connect" && state.usesDrive)) return state
    const done = [...new Set([...state.done, nodeName(state)])]
    return {
        ...state,
        step: "readings",
        isBusy: false,
        wasInterrupted: false,
        readings: undefined,
        problem: undefined,
        done,
    }
}

/** What boards of one place have in common. */
const COMMON: readonly FormKey[] = [
    "site",
    "wifi.ssid",
    "mqtt.host",
    "mqtt.port",
    "mqtt.tls",
    "interval",
]

/** The next board: what is common stays as it was typed, and so do the files with passwords. */
function nextBoard(state: State): State {
    const form = Object.fromEntries(
        COMMON.flatMap(key => (state.form[key] === undefined ? [] : [[key, state.form[key]]]))
    )
    const wifi = state.secrets["wifi.pass"]
    return {
        ...firstState(state.kit, state.language),
        // Of an earlier choice the runtime's file is known.
        choice: state.choice,
        runtime: state.runtime,
        form,
        secrets: wifi === undefined ? {} : { "wifi.pass": wifi },
        files: state.files,
        done: state.done,
    }
}

function merged(before: SecretFiles, more: SecretFiles): SecretFiles {
    return {
        passwords: new Map([...before.passwords, ...more.passwords]),
        keys: new Map([...before.keys, ...more.keys]),
        environment: new Map([...before.environment, ...more.environment]),
    }
}

/** What outlives a reload. No secret is in it. */
export interface Kept {
    readonly step: Step
    readonly choice: Choice | undefined
    readonly form: Texts<FormKey>
    readonly done: readonly string[]
    readonly wasInterrupted: boolean
}

export function keptOf({ step, choice, form, done, wasInterrupted }: State): Kept {
    return { step, choice, form, done, wasInterrupted }
}

/** @param kept whatever a browser had stored; what does not fit this kit is left out */
export function resumed(kit: KitExport, language: Language, kept: Partial<Kept>): State {
    const first = firstState(kit, language)
    const done = (kept.done ?? []).filter(name => typeof name === "string")
    const state = { ...first, form: kept.form ?? {}, done }
    if (kept.choice === undefined || kept.step === "choose") return state
    const again = chosen(state, kept.choice)
    if (again.step !== "settings" || programOf(again) === undefined) return state
    if (kept.step === "readings" || kept.step === "label") return { ...again, step: kept.step }
    const whole = { ...again, wasInterrupted: kept.wasInterrupted === true }
    // Secrets have to be typed again: only a node without any goes straight on.
    return kept.step === "settings" ? whole : { ...accepted(whole), isChecked: false }
}
