/**
 * PICOBOOT, the interface for tools of an RP2040 in its boot mode (RP2040 datasheet, section 2.8.5
 * "USB PICOBOOT Interface"): numbers and layouts. All numbers are little-endian.
 */

export const RASPBERRY_PI = 0x2e8a
/** Product of an RP2040 in its boot mode (section 2.8.1), and of an RP2350 in its own. */
export const RP2040_BOOT = 0x0003
export const RP2350_BOOT = 0x000f

export const FLASH_START = 0x10000000
/** First address behind what the boot ROM's commands for flash chips, of 24-bit addresses, can reach. */
export const FLASH_END = 0x11000000
export const RAM_START = 0x20000000
/** What flash is erased in, and programmed in, B. */
export const SECTOR_BYTES = 4096
export const PAGE_BYTES = 256
/** Bulk packets of USB at full speed, B. */
export const PACKET_BYTES = 64

const MAGIC = 0x431fd10b
export const COMMAND_BYTES = 32
export const STATUS_BYTES = 16

/** Requests to the interface by control transfers (section 2.8.5.4). */
export const INTERFACE_RESET = 0x41
export const GET_COMMAND_STATUS = 0x42

/** Commands (section 2.8.5.3); the highest bit says that data come from the board. */
export const COMMANDS = {
    EXCLUSIVE_ACCESS: 0x01,
    REBOOT: 0x02,
    FLASH_ERASE: 0x03,
    READ: 0x84,
    WRITE: 0x05,
    EXIT_XIP: 0x06,
    EXEC: 0x08,
} as const
export type CommandName = keyof typeof COMMANDS

/** Whether the drive that the board shows may write as well. */
export const SHARED = 0
export const EXCLUSIVE = 1

/** Names of status codes (section 2.8.5.5). */
export const STATUS_NAMES = [
    "OK",
    "UNKNOWN_CMD",
    "INVALID_CMD_LENGTH",
    "INVALID_TRANSFER_LENGTH",
    "INVALID_ADDRESS",
    "BAD_ALIGNMENT",
    "INTERLEAVED_WRITE",
    "REBOOTING",
    "UNKNOWN_ERROR",
] as const

export interface Command {
    readonly name: CommandName
    readonly args: Uint8Array
    /** Of the data that follow, B. */
    readonly transferBytes: number
}

/** @returns the packet that begins a command, 32 B */
export function commandPacket(token: number, { name, args, transferBytes }: Command): Uint8Array {
    const packet = new Uint8Array(COMMAND_BYTES)
    const view = new DataView(packet.buffer)
    view.setUint32(0, MAGIC, true)
    view.setUint32(4, token, true)
    packet[8] = COMMANDS[name]
    packet[9] = args.length
    view.setUint32(12, transferBytes, true)
    packet.set(args, 16)
    return packet
}

/** Arguments of 32 bits each. */
export function words(...values: readonly number[]): Uint8Array {
    const bytes = new Uint8Array(4 * values.length)
    const view = new DataView(bytes.buffer)
    values.forEach((value, i) => view.setUint32(4 * i, value, true))
    return bytes
}

export interface CommandStatus {
    readonly code: number
    readonly isInProgress: boolean
}

/** @param data answer to GET_COMMAND_STATUS, 16 B */
export function commandStatus(data: DataView): CommandStatus {
    return {
        code: data.getUint32(4, true),
        isInProgress: data.getUint8(9) !== 0,
    }
}
