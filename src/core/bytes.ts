/**
 * Byte arrays as the core sees them: a DeviceScript `Buffer`, a Node `Buffer`
 * or a `Uint8Array`. The core never allocates one; callers pass them in.
 */
export interface Bytes {
    readonly length: number
    [index: number]: number
}

/** What the board's buffers have beside. */
interface BoardBytes extends Bytes {
    readonly blitAt?: (to: number, source: Bytes, from: number, length: number) => void
}

/** Copies bytes that do not overlap; in one call where the buffer has one, as on the board. */
export function copyBytes(
    target: Bytes,
    to: number,
    source: Bytes,
    from: number,
    length: number
): void {
    const board: BoardBytes = target
    if (board.blitAt !== undefined) board.blitAt(to, source, from, length)
    else for (let i = 0; i < length; i++) target[to + i] = source[from + i]
}

/** Writes the low 16 bits of a value, little-endian. */
export function putU16(bytes: Bytes, at: number, value: number): void {
    bytes[at] = value & 0xff
    bytes[at + 1] = (value >> 8) & 0xff
}

/** @returns 0 … 65,535 */
export function getU16(bytes: Bytes, at: number): number {
    return bytes[at] | (bytes[at + 1] << 8)
}

/** Writes 32 bits, little-endian; takes signed and unsigned values. */
export function putU32(bytes: Bytes, at: number, value: number): void {
    putU16(bytes, at, value & 0xffff)
    putU16(bytes, at + 2, (value >>> 16) & 0xffff)
}

/** @returns 0 … 4,294,967,295 */
export function getU32(bytes: Bytes, at: number): number {
    return getU16(bytes, at) + getU16(bytes, at + 2) * 65536
}

/** @returns −2,147,483,648 … 2,147,483,647 */
export function getI32(bytes: Bytes, at: number): number {
    return getU16(bytes, at) | (getU16(bytes, at + 2) << 16)
}

/** Maps a signed 32-bit integer to an unsigned one: 0, −1, 1, −2 … to 0, 1, 2, 3 … */
export function zigzag(value: number): number {
    return ((value << 1) ^ (value >> 31)) >>> 0
}

/** The inverse of {@link zigzag}; a signed 32-bit integer. */
export function unzigzag(code: number): number {
    return (code >>> 1) ^ -(code & 1)
}
