import { Bytes } from "./bytes.js"

/** Start value of {@link crc16}. */
export const CRC16_START = 0xffff

/**
 * CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, no reflection; the check
 * value of "123456789" is 0x29B1. It works without a table: the polynomial has so few
 * terms that what a byte adds is three shifts of it.
 *
 * @param from first byte
 * @param to one past the last byte
 * @param start {@link CRC16_START}, or the result so far when the data comes in pieces
 */
export function crc16(bytes: Bytes, from: number, to: number, start: number): number {
    let crc = start
    for (let i = from; i < to; i++) {
        let x = (crc >> 8) ^ bytes[i]
        x = x ^ (x >> 4)
        crc = ((crc << 8) ^ (x << 12) ^ (x << 5) ^ x) & 0xffff
    }
    return crc
}

/** CRC-32 steps for one nibble (reflected polynomial 0xEDB88320), as signed 32-bit integers. */
const NIBBLE_STEPS_32 = [
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    -0x12477ce0, -0x0ff06cbc, -0x29295c18, -0x349e4c74, -0x649b3d50, -0x792c2d2c, -0x5ff51d88,
    -0x42420de4,
]

/**
 * CRC-32 of IEEE 802.3, as in zlib and PNG; the check value of "123456789" is
 * 0xCBF43926. It shares no factor with {@link crc16}, whose value over a frame
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

/**
 * CRC-8 of Sensirion's words: polynomial 0x31, start 0xFF; 0xBEEF gives 0x92
 * (SHT4x datasheet, version 6.5, section 4.4).
 */
export function crc8(bytes: Bytes, from: number, to: number): number {
    let crc = 0xff
    for (let i = from; i < to; i++) {
        crc = crc ^ bytes[i]
        for (let bit = 0; bit < 8; bit++)
            crc = (crc & 0x80) !== 0 ? ((crc << 1) ^ 0x31) & 0xff : crc << 1
    }
    return crc
}

/**
 * Packet error code of SMBus: CRC-8 with polynomial 0x07, start 0; over 0xB4 0x07 0xB5
 * 0xD2 0x3A it is 0x30 (MLX90614 datasheet, revision 008).
 *
 * @param length bytes from the first one on, which is the slave's address with the direction bit
 */
export function packetErrorCode(bytes: Bytes, length: number): number {
    let crc = 0
    for (let i = 0; i < length; i++) {
        crc = crc ^ bytes[i]
        for (let bit = 0; bit < 8; bit++)
            crc = (crc & 0x80) !== 0 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1
    }
    return crc
}
