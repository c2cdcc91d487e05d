/** The form: which fields there are, whether they are right, and the settings that they make. */
import { settingValuesSchema, type SettingValues } from "../../../cli/settings/keys.js"
import { type Word } from "../words/words.js"
import {
    SECRET_KEYS,
    boardOf,
    nodeOf,
    programOf,
    type FieldKey,
    type FormKey,
    type SecretKey,
    type State,
} from "./state.js"

const MOST_SSID_BYTES = 31
const PORT = "1883"
const TLS_PORT = "8883"
/** Intervals to choose from, s. */
export const INTERVALS = [10, 60, 300, 900, 3600] as const

export interface Field {
    readonly key: FieldKey
    readonly label: Word
    readonly hint: Word | undefined
    readonly isSecret: boolean
    readonly isRequired: boolean
    readonly value: string
    /** A file has it: nothing needs to be typed. */
    readonly isFromFile: boolean
    /** What is wrong with it. */
    readonly problem: Word | undefined
}

interface FieldKind {
    readonly label: Word
    readonly hint?: Word
}

const KINDS: Readonly<Record<Exclude<FieldKey, "interval">, FieldKind>> = {
    node: { label: "node", hint: "nameHint" },
    site: { label: "site", hint: "nameHint" },
    place: { label: "place", hint: "placeHint" },
    "wifi.ssid": { label: "wifiName", hint: "wifiNameHint" },
    "wifi.pass": { label: "wifiPassword", hint: "wifiPasswordHint" },
    "mqtt.host": { label: "brokerHost", hint: "brokerHostHint" },
    "mqtt.port": { label: "brokerPort", hint: "brokerPortHint" },
    "mqtt.tls": { label: "brokerTls" },
    "mqtt.user": { label: "brokerUser", hint: "brokerUserHint" },
    "mqtt.pass": { label: "brokerPassword", hint: "brokerPasswordHint" },
    "seal.key": { label: "sealKey", hint: "sealKeyHint" },
    app: { label: "appSettings", hint: "appSettingsHint" },
}

/** Fields of the form, in their order. A node of the kit file needs its secrets only. */
export function fieldsOf(state: State): Field[] {
    return keysOf(state).map(({ key, isRequired }) => {
        const { label, hint } = KINDS[key]
        const isSecret = isSecretKey(key)
        const value = textOf(state, key)
        const isFromFile = isSecret && value === "" && fileSecret(state, key) !== undefined
        return {
            key,
            label,
            hint: hintOf(state, key) ?? hint,
            isSecret,
            isRequired,
            value,
            isFromFile,
            problem: isFromFile ? undefined : problemOf(state, key, value, isRequired),
        }
    })
}

export function isSecretKey(key: FieldKey): key is SecretKey {
    return (SECRET_KEYS as readonly string[]).includes(key)
}

/** The text in a field, defaults filled in. */
export function textOf(state: State, key: FieldKey): string {
    if (isSecretKey(key)) return state.secrets[key] ?? ""
    const typed = state.form[key]
    if (typed !== undefined) return typed
    if (key === "mqtt.port") return state.form["mqtt.tls"] === "true" ? TLS_PORT : PORT
    return key === "mqtt.user" ? (state.form.node ?? "") : ""
}

/** @returns undefined while a field is wrong or empty that has to be filled in */
export function settingsOf(state: State): SettingValues | undefined {
    const fields = fieldsOf(state)
    const isWhole = fields.every(
        ({ problem, isRequired, value, isFromFile }) =>
            problem === undefined && (!isRequired || value !== "" || isFromFile)
    )
    if (!isWhole) return undefined
    const values: Record<string, unknown> = { ...nodeOf(state)?.settings }
    const typed = (key: FieldKey) => fields.find(field => field.key === key)?.value
    for (const { key, value } of fields) {
        if (key === "place") continue
        // What belongs to a broker or a network that is not named belongs to nothing.
        if (key.startsWith("mqtt.") && typed("mqtt.host") === "") continue
        if (key === "wifi.pass" && typed("wifi.ssid") === "") continue
        const text = value === "" && isSecretKey(key) ? (fileSecret(state, key) ?? "") : value
        if (key === "mqtt.tls") values[key] = text === "true"
        else if (text !== "") values[key] = key === "mqtt.port" ? Number(text) : text
    }
    const parsed = settingValuesSchema.safeParse(values)
    return parsed.success ? parsed.data : undefined
}

/** Interval that was chosen, s; undefined: as the program has it. */
export function chosenInterval(state: State): number | undefined {
    const program = programOf(state)
    if (program?.intervalAt === undefined || state.form.interval === undefined) return undefined
    const seconds = Number(state.form.interval)
    return seconds === program.intervalSeconds ? undefined : seconds
}

/** A secret of this node from the files that were chosen. */
export function fileSecret(state: State, key: SecretKey): string | undefined {
    const { files } = state
    const node = nodeOf(state)
    if (node === undefined) return undefined
    if (key === "mqtt.pass") return files.passwords.get(node.name)
    if (key === "seal.key") return files.keys.get(node.name)
    return node.needs.wifi === undefined ? undefined : files.environment.get(node.needs.wifi)
}

interface Wanted {
    readonly key: Exclude<FieldKey, "interval">
    readonly isRequired: boolean
}

function keysOf(state: State): Wanted[] {
    const node = nodeOf(state)
    if (node !== undefined) {
        const { wifi, broker, seal } = node.needs
        return [
            ...(wifi === undefined ? [] : [required("wifi.pass")]),
            ...(broker ? [required("mqtt.pass")] : []),
            ...(seal ? [required("seal.key")] : []),
            optional("place"),
        ]
    }
    const board = boardOf(state)
    if (board === undefined) return []
    const names = [required("node"), required("site"), optional("place")]
    if (!board.hasWifi) return names
    return [
        ...names,
        required("wifi.ssid"),
        optional("wifi.pass"),
        required("mqtt.host"),
        ...(board.hasTls ? [optional("mqtt.tls")] : []),
        required("mqtt.port"),
        optional("mqtt.user"),
        optional("mqtt.pass"),
    ]
}

function required(key: Wanted["key"]): Wanted {
    return { key, isRequired: true }
}

function optional(key: Wanted["key"]): Wanted {
    return { key, isRequired: false }
}

function hintOf(state: State, key: FieldKey): Word | undefined {
    if (key === "wifi.pass" && nodeOf(state) === undefined) return "wifiPasswordOpen"
    return key === "mqtt.host" && boardOf(state)?.hasTls === false ? "brokerNameOnly" : undefined
}

function problemOf(
    state: State,
    key: Wanted["key"],
    value: string,
    isRequired: boolean
): Word | undefined {
    if (value === "") return isRequired && state.isChecked ? "required" : undefined
    if (key === "place" || key === "mqtt.tls") return undefined
    if (isRight(key, value)) {
        // Such a board never gets over an address (docs/brokers.md).
        const isAddress = /^[\d.]+$|:/.test(value)
        return key === "mqtt.host" && boardOf(state)?.hasTls === false && isAddress
            ? "brokerNameOnly"
            : undefined
    }
    return hintOf(state, key) ?? KINDS[key].hint
}

function isRight(key: Exclude<FormKey | SecretKey, "place" | "interval">, text: string): boolean {
    if (key === "mqtt.port" && !/^\d{1,5}$/.test(text)) return false
    if (key === "wifi.ssid" && new TextEncoder().encode(text).length > MOST_SSID_BYTES) return false
    const value = key === "mqtt.port" ? Number(text) : text
    return settingValuesSchema.shape[key].safeParse(value).success
}
