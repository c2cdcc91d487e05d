/** CRC-32 of IEEE 802.3, by Node's zlib where it has one (20.15 on), else by the table that it is made of. */
import zlib from "node:zlib"

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
    let step = byte
    for (let bit = 0; bit < 8; bit++) step = step & 1 ? (step >>> 1) ^ 0xedb88320 : step >>> 1
    return step
})

function byTable(bytes: Uint8Array): number {
    let crc = -1
    for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8)
    return ~crc >>> 0
}

const native = (zlib as { crc32?: (bytes: Uint8Array) => number }).crc32

/** @returns 0 … 2^32 − 1 */
export const crc32: (bytes: Uint8Array) => number = native ?? byTable
