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

/**
 * CRC-8 of 1-Wire parts: polynomial 0x31, bits reflected, start 0; over the ROM code
 * 02 1C B8 01 00 00 00 it is 0xA2 (Maxim application note 27).
 */
export function oneWireCrc(bytes: Bytes, from: number, to: number): number {
    let crc = 0
    for (let i = from; i < to; i++) {
        crc = crc ^ bytes[i]
        for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >> 1) ^ 0x8c : crc >> 1
    }
    return crc
}
