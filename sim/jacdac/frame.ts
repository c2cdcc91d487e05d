/**
 * Jacdac frames and packets as bytes
 * (jacdac-docs "Protocol", jacdac-c inc/jd_physical.h):
 *
 *     u16 crc · u8 size · u8 flags · u64 device id · packets
 *     packet: u8 size · u8 service index · u16 command · data, padded to 4
 */
import { CRC16_START, crc16 as crc16Of } from "../../src/core/crc.js"

export const FLAG_COMMAND = 0x01
export const FLAG_ACK_REQUESTED = 0x02
export const FLAG_IDENTIFIER_IS_SERVICE_CLASS = 0x04

const FRAME_HEADER_BYTES = 12
const PACKET_HEADER_BYTES = 4
const DEVICE_ID_BYTES = 8
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))
/** Most data bytes that one packet can carry. */
export const MAX_PACKET_DATA = 236

export interface JacdacPacket {
    readonly serviceIndex: number
    readonly command: number
    readonly data: Uint8Array
}

export interface JacdacFrame {
    /** 16 hex digits; the sender of a report, the recipient of a command. */
    readonly deviceId: string
    readonly flags: number
    readonly crc: number
    readonly packets: readonly JacdacPacket[]
}

/** CRC-16/CCITT-FALSE over everything behind the CRC field: the CRC of the kit's own frames. */
export function crc16(bytes: Uint8Array): number {
    return crc16Of(bytes, 0, bytes.length, CRC16_START)
}

export function encodeJacdacFrame(
    deviceId: string,
    flags: number,
    packets: readonly JacdacPacket[]
): Uint8Array {
    let size = 0
    for (const packet of packets) {
        if (packet.data.length > MAX_PACKET_DATA)
            throw new RangeError(
                `a Jacdac packet holds at most ${MAX_PACKET_DATA} B, got ${packet.data.length} B`
            )
        size += padded(packet)
    }
    const frame = new Uint8Array(FRAME_HEADER_BYTES + size)
    frame[2] = size
    frame[3] = flags
    frame.set(deviceIdBytes(deviceId), 4)
    let at = FRAME_HEADER_BYTES
    for (const packet of packets) {
        frame[at] = packet.data.length
        frame[at + 1] = packet.serviceIndex
        frame[at + 2] = packet.command & 0xff
        frame[at + 3] = packet.command >> 8
        frame.set(packet.data, at + PACKET_HEADER_BYTES)
        at += padded(packet)
    }
    const crc = crc16(frame.subarray(2))
    frame[0] = crc & 0xff
    frame[1] = crc >> 8
    return frame
}

/** @returns undefined when the bytes are not a whole frame with a right CRC */
export function decodeJacdacFrame(bytes: Uint8Array): JacdacFrame | undefined {
    if (bytes.length < FRAME_HEADER_BYTES + PACKET_HEADER_BYTES) return undefined
    const end = FRAME_HEADER_BYTES + bytes[2]
    if (end > bytes.length) return undefined
    const crc = bytes[0] | (bytes[1] << 8)
    if (crc16(bytes.subarray(2, end)) !== crc) return undefined
    const packets: JacdacPacket[] = []
    let at = FRAME_HEADER_BYTES
    while (at + PACKET_HEADER_BYTES <= end) {
        const size = bytes[at]
        const from = at + PACKET_HEADER_BYTES
        if (from + size > end) return undefined
        packets.push({
            serviceIndex: bytes[at + 1],
            command: bytes[at + 2] | (bytes[at + 3] << 8),
            data: bytes.slice(from, from + size),
        })
        at = from + ((size + 3) & ~3)
    }
    return {
        deviceId: deviceIdText(bytes.subarray(4, 12)),
        flags: bytes[3],
        crc,
        packets,
    }
}

/** @param deviceId 16 hex digits, as the bytes lie in frames */
export function deviceIdBytes(deviceId: string): Uint8Array {
    const bytes = new Uint8Array(DEVICE_ID_BYTES)
    for (let i = 0; i < bytes.length; i++)
        bytes[i] = Number.parseInt(deviceId.slice(2 * i, 2 * i + 2), 16)
    return bytes
}

/** @returns 16 hex digits */
export function deviceIdText(bytes: Uint8Array): string {
    let text = ""
    for (const byte of bytes) text += HEX[byte]
    return text
}

function padded(packet: JacdacPacket): number {
    return PACKET_HEADER_BYTES + ((packet.data.length + 3) & ~3)
}
