/** Whether a text is printable ASCII without quotes and backslashes: it can stand in JSON as it is. */
export function isPlainText(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false
    }
    return true
}

/** Longest JSON text that the firmware reads, B, and most brackets in it. */
const MOST_JSON_BYTES = 400
const MOST_BRACKETS = 4
/** "[", and with one bit more, "{". */
const BRACKET = 0x5b
const EITHER_BRACKET = 0xdf

/**
 * Whether a JSON text from outside may be parsed: it is short, and nested at most four levels deep,
 * more than the firmware has a use for. Brackets in its texts count too. The platform's
 * JSON.parse calls itself in C for each level: about 60 of them reset an ESP32.
 */
export function isSafeJson(json: string): boolean {
    if (json.length > MOST_JSON_BYTES) return false
    let brackets = 0
    for (let i = 0; i < json.length; i++)
        if ((json.charCodeAt(i) & EITHER_BRACKET) === BRACKET) brackets++
    return brackets <= MOST_BRACKETS
}
