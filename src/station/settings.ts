import * as ds from "@devicescript/core"
import { settings } from "@devicescript/settings"
import { isSafeJson } from "../core/text.js"
import { isTopicName } from "../core/protocol/names.js"
import {
    MARK_KEY,
    MARK_START,
    MAX_SETTING_TEXT,
    SETTING_KEYS,
    addToMark,
} from "../core/protocol/settings-mark.js"
import { onlyWakeByAnnouncements, sleep, wakeByAnnouncements } from "../scheduler/scheduler.js"

/** The mark fits what is stored. */
export const SETTINGS_OK = "ok"
/** Nothing is stored: never provisioned, or all lost. */
export const SETTINGS_NONE = "none"
/** Something is stored, but not what the host wrote last as a whole. */
export const SETTINGS_DAMAGED = "damaged"

/** The settings service is on the board itself: it binds at once and answers in about 20 ms. */
const BIND_MS = 3000
const ANSWER_MS = 500
const ATTEMPTS = 3
const POLL_MS = 5

const GET = 0x80
const DEFAULT_PORT = 1883
const KEY_DIGITS = 64

/** What the host gave this node to know; defaults where it gave nothing. */
export class NodeSettings {
    /** {@link SETTINGS_OK}, {@link SETTINGS_NONE} or {@link SETTINGS_DAMAGED}. */
    health = SETTINGS_NONE
    /** Which of "node" and "site" cannot stand in a topic, whoever wrote them: their defaults are used instead. */
    unfit = ""
    /** Name in topics; default the device id. */
    node = ds.deviceIdentifier("self")
    site = "demo"
    host = "mqtt.local"
    port = DEFAULT_PORT
    user = ""
    password = ""
    /** "binary" or "json". */
    form = "binary"
    tls = false
    /** 64 hex digits; "" = frames are not sealed. */
    sealKey = ""
    /** "key=value,key=value" for the application, see {@link useSettings}. */
    app = ""

    /**
     * Whether the key for sealing may be among what was lost: frames should
     * wait in the outbox then than go out readable.
     */
    isKeyInDoubt(): boolean {
        return this.sealKey === "" && this.health === SETTINGS_DAMAGED
    }

    /** @returns false when the value is not what this setting can be; the default stays then */
    take(key: string, json: string): boolean {
        // A text does not nest, whatever brackets a password has.
        if (json[0] !== '"' && !isSafeJson(json)) return false
        let value: unknown = undefined
        try {
            value = JSON.parse(json)
        } catch {
            return false
        }
        if (key === "mqtt.port") return this.takePort(value)
        if (key === "mqtt.tls") {
            if (typeof value !== "boolean") return false
            this.tls = value
            return true
        }
        return typeof value === "string" && value.length <= MAX_SETTING_TEXT
            ? this.takeText(key, value)
            : false
    }

    private takePort(value: unknown): boolean {
        if (typeof value !== "number") return false
        const port = value
        if (!(port >= 1 && port <= 65535) || Math.floor(port) !== port) return false
        this.port = port
        return true
    }

    /** An empty text stands for the default. */
    private takeText(key: string, value: string): boolean {
        if (value === "") return true
        if (key === "mqtt.form" && value !== "binary" && value !== "json") return false
        if (key === "seal.key" && !isKey(value)) return false
        if ((key === "node" || key === "site") && !isTopicName(value))
            this.unfit = this.unfit === "" ? key : this.unfit + " " + key
        else if (key === "node") this.node = value
        else if (key === "site") this.site = value
        else if (key === "mqtt.host") this.host = value
        else if (key === "mqtt.user") this.user = value
        else if (key === "mqtt.pass") this.password = value
        else if (key === "mqtt.form") this.form = value
        else if (key === "seal.key") this.sealKey = value
        else if (key === "app") this.app = value
        return true
    }
}

/**
 * Reads all settings of the node, once, at boot. Takes 0.3 s, and at most 6 s
 * when the board's own settings service does not answer as it should. Says on
 * the console, which USB shows, when they are not what the host wrote; never
 * says what they are. Nothing on the node writes settings: docs/settings.md.
 */
export async function readNodeSettings(): Promise<NodeSettings> {
    const result = new NodeSettings()
    wakeByAnnouncements(settings)
    // After the first answer that does not come, none is waited for.
    let isAnswering = await isSettingsBound()
    let stored = 0
    let isValid = true
    let mark = MARK_START
    for (const key of SETTING_KEYS) {
        const value = isAnswering ? await readValue(key) : undefined
        isAnswering = value !== undefined
        if (value === undefined || value.length === 0) continue
        stored++
        mark = addToMark(mark, key, value)
        if (!result.take(key, value.toString())) isValid = false
    }
    const written = isAnswering ? await readValue(MARK_KEY) : undefined
    onlyWakeByAnnouncements(settings)
    if (written === undefined) result.health = SETTINGS_DAMAGED
    else if (isValid && written.toString() === "" + mark) result.health = SETTINGS_OK
    else if (stored > 0 || written.length > 0) result.health = SETTINGS_DAMAGED
    warn(result.health, written !== undefined && written.length === 0)
    if (result.unfit !== "")
        console.warn(
            "settings: cannot be in a topic: " +
                result.unfit +
                "; this node is " +
                (result.site + "/" + result.node)
        )
    return result
}

/**
 * @param isUnmarked whether no mark is stored: all that `suitcase settings` writes has one, but a
 * power cut in the middle of a mark leaves none
 */
function warn(health: string, isUnmarked: boolean): void {
    if (health === SETTINGS_OK) return
    const what =
        health === SETTINGS_NONE
            ? "none stored (new node, or lost in a power cut)"
            : isUnmarked
              ? "damaged, or written by another tool"
              : "damaged (power cut while they were written?)"
    console.warn(
        "settings: " + what + "; run: npx suitcase settings restore " + ds.deviceIdentifier("self")
    )
}

function isKey(text: string): boolean {
    if (text.length !== KEY_DIGITS) return false
    // Whatever is no digit does not come back.
    return Buffer.from(text, "hex").toString("hex") === text.toLowerCase()
}

/** Whether the board's settings service is there; waits for it, 3 s at most. */
export async function isSettingsBound(): Promise<boolean> {
    for (let waited = 0; waited < BIND_MS && !settings.isBound; waited += POLL_MS)
        await sleep(POLL_MS)
    return settings.isBound
}

/**
 * Asks the settings service for a value.
 * @returns the bytes, JSON text of settings; empty when nothing is stored; undefined when no answer comes in time
 */
export async function readValue(key: string): Promise<Buffer> {
    let value: Buffer = undefined
    const stop = settings.report().subscribe(packet => {
        if (packet.serviceCommand !== GET) return
        const found = valueIn(packet.payload, key)
        if (found !== undefined) value = found
    })
    try {
        for (let attempt = 0; attempt < ATTEMPTS && value === undefined; attempt++) {
            await settings.get(key)
            for (let waited = 0; waited < ANSWER_MS && value === undefined; waited += POLL_MS)
                await sleep(POLL_MS)
        }
    } finally {
        stop()
    }
    return value
}

/** The value in the answer "key, zero, value"; undefined when it is about another key. */
function valueIn(payload: Buffer, key: string): Buffer {
    const length = key.length
    if (payload.length < length) return undefined
    for (let i = 0; i < length; i++) if (payload[i] !== key.charCodeAt(i)) return undefined
    if (payload.length <= length) return Buffer.alloc(0)
    if (payload[length] !== 0) return undefined
    return payload.slice(length + 1)
}
