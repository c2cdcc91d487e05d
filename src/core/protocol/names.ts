/**
 * Names of nodes and sites, as levels of topics, and what a node is called at
 * the broker. Portable.
 */

/** Longest name of a node or site. */
export const MOST_NAME_BYTES = 64
/** The longest client id that every broker takes [MQTT-3.1.3-5]; also no other characters than letters and digits. */
const MOST_CLIENT_ID_BYTES = 23

const UNDERSCORE = 0x5f
const HYPHEN = 0x2d
const DOT = 0x2e
const COLON = 0x3a

/**
 * Whether a text can be the name of a node or site: 1 to 64 letters, digits and
 * -_.: and no - . : at its beginning. MQTT would allow all but + # / and NUL in
 * a level; these can also be shown, and stored, anywhere.
 */
export function isTopicName(text: string): boolean {
    if (text.length === 0 || text.length > MOST_NAME_BYTES) return false
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        const isSign = code === HYPHEN || code === DOT || code === COLON
        if (!(isLetterOrDigit(code) || code === UNDERSCORE || (isSign && i > 0))) return false
    }
    return true
}

/**
 * The id of a node as MQTT client: what fits of its name, for people, and its
 * device id, which no other board has, whatever nodes are called at other sites.
 *
 * @param device 16 hex digits
 * @returns at most 23 letters and digits
 */
export function clientIdOf(node: string, device: string): string {
    if (node === device) return device
    const most = MOST_CLIENT_ID_BYTES - device.length
    let name = ""
    for (let i = 0; i < node.length && name.length < most; i++)
        if (isLetterOrDigit(node.charCodeAt(i))) name = name + node[i]
    return name + device
}

function isLetterOrDigit(code: number): boolean {
    if (code >= 0x30 && code <= 0x39) return true
    // As a small letter; nothing beyond ASCII becomes one.
    const small = code | 0x20
    return small >= 0x61 && small <= 0x7a
}
