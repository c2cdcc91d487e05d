/**
 * The C stack under JSON.parse: the runtime calls itself for each level, 72 B of a stack
 * of 5,120 B on ESP32 (devicescript/json.c). The VM here has a stack twenty times as large.
 * The RP2040's is taken to be the same.
 */
import { BoardReset } from "./reset.js"

export const MOST_JSON_LEVELS = 60

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** @throws BoardReset when the text is nested too deeply */
export function checkNesting(text: Uint8Array): void {
    let levels = 0
    let isText = false
    for (let i = 0; i < text.length; i++) {
        const byte = text[i]
        if (isText && byte === BACKSLASH) i++
        else if (byte === QUOTE) isText = !isText
        else if (isText) continue
        else if (OPENING.has(byte)) levels++
        else if (CLOSING.has(byte)) levels--
        if (levels > MOST_JSON_LEVELS)
            throw new BoardReset("stack overflow", `JSON nested more than ${MOST_JSON_LEVELS} deep`)
    }
}
