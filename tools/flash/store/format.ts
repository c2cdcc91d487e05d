/**
 * The store of a board: its flash for settings and program, as jacdac-c source/jd_fstor.c lays it out.
 * Two banks of settings, of which the one with the higher generation counts, then pages of data. A
 * bank is a header, entries that grow upwards, and their values, which grow downwards from its end.
 * All numbers are little-endian; what was never written is 0xFF.
 */

export const PAGE_BYTES = 4096
export const HEADER_BYTES = 24
export const ENTRY_BYTES = 24
/** With its zero. */
export const KEY_BYTES = 16
export const MAGIC_0 = 0x52545346
export const MAGIC_1 = 0x6becea0a
export const ERASED = 0xff
/** Offset of an entry that was never written. */
export const NO_OFFSET = 0xffffffff
/** Values begin at multiples of this, B. */
export const VALUE_ALIGNMENT = 8

/** Key of the program. Keys that begin with an asterisk have their value in the pages of data. */
export const PROGRAM_KEY = "*prog"
/** Length, hash and zeros before a program's image, B. */
export const PROGRAM_HEADER_BYTES = 128
export const PROGRAM_MAGIC_0 = 0x8d8abd53
export const PROGRAM_MAGIC_1 = 0xb27c4b2b
/** Images are padded with zeros to a multiple of this, B. */
export const PROGRAM_ALIGNMENT = 32

/** What scripts store has this before its name; what the runtime itself stores does not. */
export const SCRIPT_PREFIX = ":"
export const WIFI_SSID_KEY = "wifi_ssid"
export const WIFI_PASSWORD_KEY = "wifi_psk"

export interface StoreShape {
    /** Of the whole store. */
    readonly pages: number
    /** Of one bank of settings. */
    readonly bankPages: number
}

/** @param bytes of the whole store, such as 131,072 (RP2040) or 262,144 (ESP32) */
export function storeShape(bytes: number): StoreShape {
    const pages = bytes / PAGE_BYTES
    if (!Number.isInteger(pages) || pages < 16)
        throw new RangeError(`a store of ${bytes} B is none that a board has`)
    return { pages, bankPages: Math.floor(pages / 16) }
}

/** Rounds up. */
export function aligned(bytes: number, to: number): number {
    return Math.ceil(bytes / to) * to
}

/** FNV-1a of 32 bits. */
export function fnv1a(bytes: Uint8Array): number {
    let hash = 0x811c9dc5
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
    return hash >>> 0
}
