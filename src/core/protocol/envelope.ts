import { Bytes } from "../bytes.js"

/**
 * The JSON envelope for platforms that take only JSON:
 * {"v":1,"kind":"frame","data":"<base64 with padding>"}. Portable.
 */
const BEFORE_KIND = '{"v":1,"kind":"'
const AFTER_KIND = '","data":"'
const END = '"}'
/** Bytes after the base64 text; a number, which the compiler writes where it is used. */
export const ENVELOPE_END_BYTES = 2
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const PADDING = 0x3d

/** @returns length of base64 text for N bytes */
export function base64Length(length: number): number {
    return Math.floor((length + 2) / 3) * 4
}

/** @returns length of the envelope of N bytes */
export function envelopeLength(kind: string, length: number): number {
    return (
        BEFORE_KIND.length +
        kind.length +
        AFTER_KIND.length +
        base64Length(length) +
        ENVELOPE_END_BYTES
    )
}

/** Writes the envelope up to its base64 text. @returns where that begins */
export function putEnvelopeHead(bytes: Bytes, at: number, kind: string): number {
    return putAscii(bytes, putAscii(bytes, putAscii(bytes, at, BEFORE_KIND), kind), AFTER_KIND)
}

/** Writes the envelope's end. */
export function putEnvelopeEnd(bytes: Bytes, at: number): void {
    putAscii(bytes, at, END)
}

/**
 * Writes bytes as base64 (RFC 4648 section 4). May write over its own source
 * when that lies at the end of the room for the text: what is read is always
 * ahead of what is written.
 *
 * @param from index of the bytes @param to index of the text @param length of the bytes
 */
export function putBase64(bytes: Bytes, from: number, to: number, length: number): void {
    let at = to
    for (let i = 0; i < length; i += 3) {
        const first = bytes[from + i]
        const second = i + 1 < length ? bytes[from + i + 1] : 0
        const third = i + 2 < length ? bytes[from + i + 2] : 0
        bytes[at] = ALPHABET.charCodeAt(first >> 2)
        bytes[at + 1] = ALPHABET.charCodeAt(((first & 3) << 4) | (second >> 4))
        bytes[at + 2] =
            i + 1 < length ? ALPHABET.charCodeAt(((second & 15) << 2) | (third >> 6)) : PADDING
        bytes[at + 3] = i + 2 < length ? ALPHABET.charCodeAt(third & 63) : PADDING
        at += 4
    }
}

function putAscii(bytes: Bytes, at: number, text: string): number {
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
    return at + text.length
}
