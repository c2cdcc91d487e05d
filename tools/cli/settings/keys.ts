/**
 * The settings of a node as people write them: names, limits, what is secret.
 * docs/settings.md describes each. Runs in a browser too.
 */
import { z } from "zod"
import { isTopicName } from "../../../src/core/protocol/names.js"
import { MAX_SETTING_BYTES, SETTING_KEYS } from "../../../src/core/protocol/settings-mark.js"
import { UsageError } from "../errors.js"

const text = z
    .string()
    .regex(/^[ -~]*$/, "takes plain ASCII only (the platform garbles other text)")
    .refine(
        value => JSON.stringify(value).length <= MAX_SETTING_BYTES,
        `takes at most ${MAX_SETTING_BYTES} B as JSON`
    )
const name = z
    .string()
    .refine(isTopicName, "takes letters, digits and -_.: only, at most 64 of them")

/** What can be set. Wi-Fi is kept by the board's own Wi-Fi service, all others by its settings. */
export const settingValuesSchema = z.strictObject({
    node: name.optional(),
    site: name.optional(),
    "mqtt.host": text.regex(/^[A-Za-z0-9.:-]+$/, "takes a host name or address").optional(),
    "mqtt.port": z.int().min(1).max(65535).optional(),
    "mqtt.user": text.min(1).optional(),
    "mqtt.pass": text.min(1).optional(),
    "mqtt.form": z.enum(["binary", "json"]).optional(),
    "mqtt.tls": z.boolean().optional(),
    "seal.key": z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'takes 64 hex digits in lower case, or "new" to draw a key')
        .optional(),
    app: text
        .regex(
            /^[a-z0-9-]+=-?\d+(?:,[a-z0-9-]+=-?\d+)*$/,
            "takes key=value,key=value, whole numbers: the page of the application lists its keys"
        )
        .optional(),
    "wifi.ssid": z.string().refine(isSsid, "takes 1 to 32 B, none of them zero").optional(),
    "wifi.pass": text
        .refine(value => value.length >= 8 && value.length <= 63, "takes 8 to 63 characters")
        .optional(),
})

export type SettingValues = z.infer<typeof settingValuesSchema>
export type SettingKey = keyof SettingValues

export const WIFI_KEYS = ["wifi.ssid", "wifi.pass"] as const
/** In the order in which they are shown. */
export const ALL_KEYS: readonly SettingKey[] = [...(SETTING_KEYS as SettingKey[]), ...WIFI_KEYS]

const SECRET: ReadonlySet<string> = new Set(["mqtt.pass", "seal.key", "wifi.pass"])
const MASK = "••••"
/** The ESP32's firmware copies no more of a network's name, although 32 B are allowed. */
const MOST_SSID_BYTES = 31
const SEAL_KEY_BYTES = 32

/** 64 hex digits, drawn at random. */
function drawSealKey(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(SEAL_KEY_BYTES))
    return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("")
}

/** A value for people: secrets are hidden unless they are asked for. */
export function shown(key: SettingKey, value: unknown, isShowing: boolean): string {
    return SECRET.has(key) && !isShowing ? MASK : String(value)
}

/** Changes to settings; undefined stands for the default. */
export type SettingChanges = Partial<Record<SettingKey, SettingValues[SettingKey] | undefined>>

/**
 * Reads "key=value" pairs; "key=" goes back to the default, "seal.key=new" draws a key.
 *
 * @throws UsageError naming the pair, without its value
 */
export function parsePairs(pairs: readonly string[]): SettingChanges {
    const changes: SettingChanges = {}
    for (const pair of pairs) {
        const at = pair.indexOf("=")
        if (at < 1)
            throw new UsageError(`write settings as key=value; keys are ${ALL_KEYS.join(", ")}`)
        const key = knownKey(pair.slice(0, at))
        if (key in changes) throw new UsageError(`${key} is given twice`)
        const value = pair.slice(at + 1)
        changes[key] = value === "" ? undefined : checked(key, typed(key, value))
    }
    return changes
}

/** @returns the settings with the changes made */
export function changed(settings: SettingValues, changes: SettingChanges): SettingValues {
    const merged = Object.fromEntries(
        Object.entries({ ...settings, ...changes }).filter(([, value]) => value !== undefined)
    )
    if (merged["wifi.pass"] !== undefined && merged["wifi.ssid"] === undefined)
        throw new UsageError("wifi.pass goes with wifi.ssid")
    return merged
}

function knownKey(key: string): SettingKey {
    const known = ALL_KEYS.find(candidate => candidate === key)
    if (known === undefined)
        throw new UsageError(`there is no setting "${key}"; keys are ${ALL_KEYS.join(", ")}`)
    return known
}

function typed(key: SettingKey, value: string): unknown {
    if (key === "mqtt.port") return /^\d{1,5}$/.test(value) ? Number(value) : NaN
    if (key === "mqtt.tls") return value === "true" ? true : value === "false" ? false : value
    if (key === "seal.key" && value === "new") return drawSealKey()
    return value
}

/** @throws UsageError that does not repeat the value */
function checked(key: SettingKey, value: unknown): SettingValues[SettingKey] {
    // Not in the schema: a journal from before may hold such a name.
    if (key === "wifi.ssid" && bytesOf(value as string) > MOST_SSID_BYTES)
        throw new UsageError(
            `wifi.ssid takes at most ${MOST_SSID_BYTES} B: an ESP32 never joins a network with a longer name`
        )
    const result = settingValuesSchema.shape[key].safeParse(value)
    if (result.success) return result.data
    if (key === "mqtt.port") throw new UsageError("mqtt.port takes a number from 1 to 65535")
    if (key === "mqtt.tls") throw new UsageError("mqtt.tls takes true or false")
    if (key === "mqtt.form") throw new UsageError("mqtt.form takes binary or json")
    throw new UsageError(`${key} ${result.error.issues[0]?.message ?? "has a wrong value"}`)
}

function isSsid(value: string): boolean {
    const bytes = bytesOf(value)
    return bytes >= 1 && bytes <= 32 && !value.includes("\0")
}

function bytesOf(text: string): number {
    return new TextEncoder().encode(text).length
}
