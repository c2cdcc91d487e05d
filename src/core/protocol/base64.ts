import { Bytes } from "../bytes.js"

/** @returns how many bytes N characters of base64 without padding stand for */
export function base64Bytes(length: number): number {
    return Math.floor((length * 3) / 4)
}

/**
 * Reads base64 without padding (RFC 4648, section 4). What is no base64 gives some bytes or other:
 * for texts that carry a check of their own.
 *
 * @param target at least {@link base64Bytes} long
 */
export function takeBase64(text: string, target: Bytes): void {
    let bits = 0
    let held = 0
    let at = 0
    for (let i = 0; i < text.length; i++) {
        bits = ((bits << 6) | sextet(text.charCodeAt(i))) & 0xfff
        held += 6
        if (held < 8) continue
        held -= 8
        target[at] = (bits >> held) & 255
        at++
    }
}

function sextet(code: number): number {
    if (code >= 0x61) return (code - 71) & 63
    if (code >= 0x41) return code - 65
    if (code >= 0x30) return code + 4
    return code === 0x2b ? 62 : 63
}
