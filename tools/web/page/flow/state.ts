/** Where a person is on the way from a board to a node. Pure: no page, no board, no clock. */
import { type SettingKey } from "../../../cli/settings/keys.js"
import {
    type ExportedBoard,
    type ExportedNode,
    type ExportedProgram,
    type KitExport,
} from "../../kit-export.js"
import { type NodeView } from "../readings/node-view.js"
import { type ProblemId } from "../words/problems.js"
import { type Fill, type Language } from "../words/words.js"

export const STEPS = ["choose", "settings", "connect", "write", "readings", "label"] as const
export type Step = (typeof STEPS)[number]

/** A node of the kit file, or a program on a board of one's own choice. */
export type Choice =
    | { readonly kind: "node"; readonly node: string }
    | { readonly kind: "own"; readonly board: string; readonly program: string }

export const SECRET_KEYS = ["wifi.pass", "mqtt.pass", "seal.key"] as const
export type SecretKey = (typeof SECRET_KEYS)[number]
/** What is typed and is no secret; all as text. */
export type FormKey = Exclude<SettingKey, SecretKey | "mqtt.form"> | "place" | "interval"
export type FieldKey = FormKey | SecretKey

export type Texts<K extends string> = Readonly<Partial<Record<K, string>>>

/** Secrets from files of the city's folder, by name. */
export interface SecretFiles {
    /** Broker passwords by node. */
    readonly passwords: ReadonlyMap<string, string>
    /** Sealing keys by node. */
    readonly keys: ReadonlyMap<string, string>
    /** .env */
    readonly environment: ReadonlyMap<string, string>
}

export type RuntimeChoice =
    | { readonly kind: "on board" }
    | { readonly kind: "folder" }
    | {
          readonly kind: "file"
          readonly name: string
          readonly bytes: Uint8Array
          readonly sha256: string
          /** What it was checked for. */
          readonly chip: string
      }

export interface Problem {
    readonly id: ProblemId
    readonly fill: Fill
    /** For support, in English. */
    readonly detail?: string
}

export type PieceState =
    | { readonly piece: string; readonly kind: "same" | "verified" | "again" }
    | { readonly piece: string; readonly kind: "writing"; readonly share: number }

export interface Progress {
    /** Of everything, 0 to 1. */
    readonly share: number
    /** Undefined until it can be told. */
    readonly secondsLeft: number | undefined
    /** Each piece that has been looked at, the latest last. */
    readonly pieces: readonly PieceState[]
    /** Keys that the board keeps. */
    readonly kept: readonly string[]
    readonly isTorn: boolean
}

export interface FoundBoard {
    readonly chip: string
    readonly serial: string
}

export interface State {
    readonly kit: KitExport
    readonly language: Language
    readonly step: Step
    readonly choice: Choice | undefined
    readonly form: Texts<FormKey>
    readonly secrets: Texts<SecretKey>
    readonly files: SecretFiles
    /** Whether fields that are empty are complained about as well. */
    readonly isChecked: boolean
    readonly runtime: RuntimeChoice
    /** Something goes on with the board, or is loaded. */
    readonly isBusy: boolean
    readonly found: FoundBoard | undefined
    /** An RP2040 is written over its drive. */
    readonly usesDrive: boolean
    readonly progress: Progress | undefined
    /** Writing had begun when the page was left or the board was lost. */
    readonly wasInterrupted: boolean
    readonly readings: NodeView | undefined
    readonly problem: Problem | undefined
    /** Nodes that were written. */
    readonly done: readonly string[]
}

export const NO_FILES: SecretFiles = {
    passwords: new Map(),
    keys: new Map(),
    environment: new Map(),
}

export const NO_PROGRESS: Progress = {
    share: 0,
    secondsLeft: undefined,
    pieces: [],
    kept: [],
    isTorn: false,
}

export function firstState(kit: KitExport, language: Language): State {
    return {
        kit,
        language,
        step: "choose",
        choice: undefined,
        form: {},
        secrets: {},
        files: NO_FILES,
        isChecked: false,
        runtime: { kind: "on board" },
        isBusy: false,
        found: undefined,
        usesDrive: false,
        progress: undefined,
        wasInterrupted: false,
        readings: undefined,
        problem: undefined,
        done: [],
    }
}

/** The board that was chosen. */
export function boardOf({ kit, choice }: State): ExportedBoard | undefined {
    const id = choice?.kind === "own" ? choice.board : nodeOf({ kit, choice })?.board
    return kit.boards.find(board => board.id === id)
}

/** The node of the kit file that was chosen. */
export function nodeOf({ kit, choice }: Pick<State, "kit" | "choice">): ExportedNode | undefined {
    return choice?.kind === "node" ? kit.nodes.find(({ name }) => name === choice.node) : undefined
}

export function programOf(state: State): ExportedProgram | undefined {
    const { kit, choice } = state
    const name = choice?.kind === "own" ? choice.program : nodeOf(state)?.program
    return kit.programs.find(({ file }) => file.name === name)
}

/** Name of the node, as far as it is known. */
export function nodeName(state: State): string {
    return nodeOf(state)?.name ?? state.form.node ?? ""
}

/** Nodes that wait for a board. */
export function nodesLeft({ kit, done }: State): readonly ExportedNode[] {
    return kit.nodes.filter(({ name }) => !done.includes(name))
}
