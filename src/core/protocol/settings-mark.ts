import { Bytes } from "../bytes.js"
import { CRC16_START, crc16 } from "../crc.js"

/**
 * A node's settings and the checksum over them, see docs/settings.md. The
 * platform's store can lose some or all of what was written when the power
 * fails; the checksum tells.
 */

/** Every setting of a node, in the order in which the mark covers them. */
export const SETTING_KEYS = [
    "node",
    "site",
    "mqtt.host",
    "mqtt.port",
    "mqtt.user",
    "mqtt.pass",
    "mqtt.form",
    "mqtt.tls",
    "seal.key",
    "app",
]

/** Key of the checksum: a number as JSON once all is written, `null` meanwhile. */
export const MARK_KEY = "mark"

/** Longest value as JSON text, B. The platform reads back at most 232 B, key included. */
export const MAX_SETTING_BYTES = 200

/** Longest text in a setting: its JSON has two quotes more. */
export const MAX_SETTING_TEXT = 198

/** The mark of no settings at all. */
export const MARK_START = CRC16_START

const EQUALS = 61
const NEWLINE = 10

/**
 * Adds one setting to the mark: CRC-16 of `key=JSON` and a newline. Call it for
 * the settings that are present, in the order of {@link SETTING_KEYS}.
 *
 * @param mark {@link MARK_START}, or the result so far
 * @param key ASCII
 * @param value the JSON text, as bytes
 */
export function addToMark(mark: number, key: string, value: Bytes): number {
    const byte = [0]
    let crc = mark
    for (let i = 0; i < key.length; i++) {
        byte[0] = key.charCodeAt(i)
        crc = crc16(byte, 0, 1, crc)
    }
    byte[0] = EQUALS
    crc = crc16(value, 0, value.length, crc16(byte, 0, 1, crc))
    byte[0] = NEWLINE
    return crc16(byte, 0, 1, crc)
}
