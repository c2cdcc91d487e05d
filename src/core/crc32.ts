import { Bytes } from "./bytes.js"

/** CRC-32 steps for one nibble (reflected polynomial 0xEDB88320), as signed 32-bit integers. */
const NIBBLE_STEPS_32 = [
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    -0x12477ce0, -0x0ff06cbc, -0x29295c18, -0x349e4c74, -0x649b3d50, -0x792c2d2c, -0x5ff51d88,
    -0x42420de4,
]

/**
 * CRC-32 of IEEE 802.3, as in zlib and PNG; the check value of "123456789" is
 * 0xCBF43926. It shares no factor with crc16 of crc.ts, whose value over a frame
 * that ends in its own CRC-16 tells nothing.
 *
 * @param from first byte
 * @param to one past the last byte
 * @param start 0, or the result so far when the data comes in pieces
 * @returns a signed 32-bit integer: no arithmetic on the board leaves int32
 */
export function crc32(bytes: Bytes, from: number, to: number, start: number): number {
    let crc = ~start
    for (let i = from; i < to; i++) {
        const byte = bytes[i]
        crc = NIBBLE_STEPS_32[(crc ^ byte) & 15] ^ (crc >>> 4)
        crc = NIBBLE_STEPS_32[(crc ^ (byte >> 4)) & 15] ^ (crc >>> 4)
    }
    return ~crc
}
