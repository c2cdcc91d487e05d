/** A node's settings as they lie in a board's store. Runs in a browser too. */
import { MARK_KEY } from "../../../src/core/protocol/settings-mark.js"
import { SCRIPT_PREFIX, WIFI_PASSWORD_KEY, WIFI_SSID_KEY } from "../../flash/store/format.js"
import { ALL_KEYS, WIFI_KEYS, type SettingValues } from "../settings/keys.js"
import { bytesOf, markOf, storedForm } from "../settings/stored-form.js"

/** Keys that these settings decide: those that they do not have shall go from the board. */
export const DECIDED_KEYS: ReadonlySet<string> = new Set([
    ...ALL_KEYS.filter(key => !(WIFI_KEYS as readonly string[]).includes(key)).map(
        key => SCRIPT_PREFIX + key
    ),
    SCRIPT_PREFIX + MARK_KEY,
    WIFI_SSID_KEY,
    WIFI_PASSWORD_KEY,
])

/** @returns values by key, the mark last, as `suitcase settings` would leave them */
export function storeValues(settings: SettingValues): Map<string, Uint8Array> {
    const stored = storedForm(settings)
    const values = new Map<string, Uint8Array>()
    for (const [key, json] of stored) values.set(SCRIPT_PREFIX + key, bytesOf(json))
    const ssid = settings["wifi.ssid"]
    if (ssid !== undefined) {
        values.set(WIFI_SSID_KEY, utf8(ssid))
        values.set(WIFI_PASSWORD_KEY, utf8(settings["wifi.pass"] ?? ""))
    }
    values.set(SCRIPT_PREFIX + MARK_KEY, utf8(String(markOf(stored))))
    return values
}

function utf8(text: string): Uint8Array {
    return new TextEncoder().encode(text)
}
