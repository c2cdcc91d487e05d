/** Settings as a node's store holds them. Runs in a browser too. */
import { MARK_START, SETTING_KEYS, addToMark } from "../../../src/core/protocol/settings-mark.js"
import { type SettingKey, type SettingValues } from "./keys.js"

/** The stored JSON texts by key; keys without a value are left out. */
export type Stored = ReadonlyMap<string, string>

/** Settings as the node stores them: JSON texts, without Wi-Fi. */
export function storedForm(settings: SettingValues): Stored {
    const stored = new Map<string, string>()
    for (const key of SETTING_KEYS) {
        const value = settings[key as SettingKey]
        if (value !== undefined) stored.set(key, JSON.stringify(value))
    }
    return stored
}

/** The mark that belongs to these settings. */
export function markOf(stored: Stored): number {
    let mark = MARK_START
    for (const key of SETTING_KEYS) {
        const json = stored.get(key)
        if (json !== undefined) mark = addToMark(mark, key, bytesOf(json))
    }
    return mark
}

/** What was read back may be damaged: a character is a byte. */
export function bytesOf(json: string): Uint8Array {
    return Uint8Array.from(json, character => character.charCodeAt(0))
}
