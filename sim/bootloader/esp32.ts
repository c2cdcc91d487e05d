/**
 * An ESP32 in its boot mode: the ROM's serial protocol, and that of the stub which hosts load into its
 * RAM (Espressif, esptool documentation, "Serial Protocol"). It is strict: a checksum, an order or a
 * size that a chip would not take is refused with the chip's error, and what is not known to it as well.
 */
import { md5 } from "@noble/hashes/legacy.js"
import { Inflate } from "pako"
import { SlipReader, slipPacket } from "./slip.js"

export type EspChip = "ESP32" | "ESP32-S2" | "ESP32-S3" | "ESP32-C3"

interface ChipFacts {
    /** Number in security info; undefined: the chip has no such command, or leaves the number out. */
    readonly securityInfo: "with chip id" | "without chip id" | "none"
    readonly chipId: number
    /** At the address where hosts look for it. */
    readonly magic: number
    /** Where the burnt-in address begins, and the SPI controller. */
    readonly macRegister: number
    readonly spiBase: number
    readonly spiData: number
}

const CHIPS: Readonly<Record<EspChip, ChipFacts>> = {
    ESP32: {
        securityInfo: "none",
        chipId: 0,
        magic: 0x00f01d83,
        macRegister: 0x3ff5a004,
        spiBase: 0x3ff42000,
        spiData: 0x80,
    },
    "ESP32-S2": {
        securityInfo: "without chip id",
        chipId: 2,
        magic: 0x000007c6,
        macRegister: 0x3f41a044,
        spiBase: 0x3f402000,
        spiData: 0x58,
    },
    "ESP32-S3": {
        securityInfo: "with chip id",
        chipId: 9,
        magic: 0x9,
        macRegister: 0x60007044,
        spiBase: 0x60002000,
        spiData: 0x58,
    },
    "ESP32-C3": {
        securityInfo: "with chip id",
        chipId: 5,
        magic: 0x1b31506f,
        macRegister: 0x60008844,
        spiBase: 0x60002000,
        spiData: 0x58,
    },
}

/**
 * Where the ROM keeps which port it talks over, and its number of the chip's own USB (USB-OTG): esptool,
 * targets/esp32s2.py and esp32s3.py, UARTDEV_BUF_NO; seen on an S2 in espressif/esptool-js, issue 135.
 */
const OWN_USB: Readonly<
    Partial<Record<EspChip, { readonly register: number; readonly value: number }>>
> = {
    "ESP32-S2": { register: 0x3ffffd14, value: 2 },
    "ESP32-S3": { register: 0x3fcef14c, value: 3 },
}
/** Longest block over it (the same, USB_RAM_BLOCK). */
const OWN_USB_BYTES = 0x800

const MAGIC_REGISTER = 0x40001000
/** Of a flash chip with 4 MB: Winbond W25Q32 (datasheet, section "Manufacturer and Device Identification"). */
const FLASH_ID = 0x1640ef
export const ESP_FLASH_BYTES = 4 * 1024 * 1024
const SECTOR_BYTES = 4096
/** What flash programs at once. */
const PAGE_BYTES = 256
const ROM_BAUD = 115_200

const MEM_BEGIN = 0x05
const MEM_END = 0x06
const MEM_DATA = 0x07
const SYNC = 0x08
const WRITE_REG = 0x09
const READ_REG = 0x0a
const SPI_ATTACH = 0x0d
const CHANGE_BAUD = 0x0f
const DEFLATE_BEGIN = 0x10
const DEFLATE_DATA = 0x11
const DEFLATE_END = 0x12
const MD5 = 0x13
const SECURITY_INFO = 0x14
const ERASE_FLASH = 0xd0
const ERASE_REGION = 0xd1
const READ_FLASH = 0xd2
const UNKNOWN = 0xff
/** As recorded: tests/interop/esp-recordings.test.ts. */
const ROM_SYNC_VALUE = 0x55552007
const STUB_ONLY = [ERASE_FLASH, ERASE_REGION, READ_FLASH]

/** Second status byte of the ROM: "received message is invalid", "invalid CRC in message", "flash read length error". */
const INVALID_MESSAGE = 5
const INVALID_CHECKSUM = 7
const WRITE_FAILED = 0x06
const CHECKSUM_START = 0xef

/** Something that goes wrong with a real board. */
export interface EspFaults {
    /** Does not answer to SYNC: it is not in its boot mode. */
    readonly isDeaf?: boolean
    /** Calls back instead of taking the N-th block of data; 1 = the first. */
    readonly atBlock?: { readonly block: number; readonly action: () => void }
    /** The power goes in the midst of the N-th erasure of a sector or programming of a page; 1 = the first. */
    readonly atOperation?: { readonly operation: number; readonly action: () => void }
    /** Blocks from the N-th on cannot be written. */
    readonly failingFrom?: number
    /** Flips a bit of what is written at this offset. */
    readonly badCellAt?: number
    /** Bytes that come before an answer of each command. */
    readonly noise?: Uint8Array
}

export class EspBootloader {
    readonly flash = new Uint8Array(ESP_FLASH_BYTES).fill(0xff)
    /** What it takes as the line's speed. */
    baud = ROM_BAUD
    /** Blocks of data so far, over all pieces. */
    blocks = 0
    /** Erasures of sectors and programmings of pages so far. */
    operations = 0
    /** Places that were written: "0x9000+8192". */
    readonly written: string[] = []
    private readonly facts: ChipFacts
    private readonly registers = new Map<number, number>()
    private readonly reader = new SlipReader(packet => this.receive(packet))
    private isStub = false
    /** RAM that is being loaded. */
    private ram: { left: number; blockBytes: number; next: number } | undefined
    private writing: Writing | undefined
    /** Flash that is being read out. */
    private reading: { from: number; at: number; end: number; packetBytes: number } | undefined
    private hasLoadedRam = false
    /** What the ROM's answers have beside their status: the register that was read last. */
    private lastRead = 0
    private isWithoutPower = false
    /** Of a block. */
    private mostBytes = Infinity

    /**
     * @param mac burnt-in address
     * @param send takes what the chip sends
     */
    constructor(
        readonly chip: EspChip,
        mac: readonly number[],
        private readonly send: (bytes: Uint8Array) => void,
        public faults: EspFaults = {}
    ) {
        this.facts = CHIPS[chip]
        const { macRegister, magic } = this.facts
        this.registers.set(MAGIC_REGISTER, magic)
        this.registers.set(macRegister, number32([mac[5], mac[4], mac[3], mac[2]]))
        const check = chip === "ESP32" ? macChecksum(mac) : 0
        this.registers.set(macRegister + 4, number32([mac[1], mac[0], check, 0]))
    }

    /** It is plugged in by the chip's own USB, where there is one that hosts have to go easy on. */
    onOwnUsb(): void {
        const port = OWN_USB[this.chip]
        if (port === undefined) return
        this.registers.set(port.register, port.value)
        this.mostBytes = OWN_USB_BYTES
    }

    /** Bytes from the host. */
    feed(bytes: Uint8Array): void {
        this.reader.read(bytes)
    }

    /** Reset into the boot mode: RAM with the stub is lost, flash is kept. */
    reset(): void {
        this.isStub = false
        this.baud = ROM_BAUD
        this.ram = undefined
        this.writing = undefined
        this.reading = undefined
        this.hasLoadedRam = false
        this.lastRead = 0
        this.isWithoutPower = false
    }

    private receive(packet: Uint8Array): void {
        if (this.isWithoutPower) return
        if (this.reading !== undefined) {
            this.goOnReading(packet)
            return
        }
        if (packet.length < 8 || packet[0] !== 0) return
        const view = viewOf(packet)
        const command = packet[1]
        const size = view.getUint16(2, true)
        const data = packet.subarray(8)
        if (data.length !== size) {
            this.refuse(command, INVALID_MESSAGE)
            return
        }
        if (command === SYNC) this.sync(data)
        else if (!this.isStub && STUB_ONLY.includes(command)) this.refuseUnknown()
        else this.carryOut(command, view.getUint32(4, true), data)
    }

    private carryOut(command: number, checksum: number, data: Uint8Array): void {
        const view = viewOf(data)
        const word = (index: number) => view.getUint32(4 * index, true)
        switch (command) {
            case READ_REG:
                this.lastRead = this.register(word(0))
                this.answer(command, this.lastRead)
                return
            case WRITE_REG:
                this.writeRegister(word(0), word(1), word(2))
                this.answer(command)
                return
            case SECURITY_INFO:
                this.securityInfo(command)
                return
            case MEM_BEGIN:
                this.ram = { left: word(0), blockBytes: word(2), next: 0 }
                this.answer(command)
                return
            case MEM_DATA:
                this.memData(command, checksum, data)
                return
            case MEM_END:
                this.memEnd(command, word(1))
                return
            case SPI_ATTACH:
                this.answer(command)
                return
            case CHANGE_BAUD:
                this.answer(command)
                this.baud = word(0)
                return
            case DEFLATE_BEGIN:
                this.deflateBegin(command, word(0), word(1), word(2), word(3))
                return
            case DEFLATE_DATA:
                this.deflateData(command, checksum, data)
                return
            case DEFLATE_END:
                this.writing?.end()
                this.writing = undefined
                this.answer(command)
                return
            case MD5:
                this.digest(command, word(0), word(1))
                return
            case ERASE_FLASH:
                this.flash.fill(0xff)
                this.answer(command)
                return
            case ERASE_REGION:
                if (word(0) % SECTOR_BYTES !== 0 || word(1) % SECTOR_BYTES !== 0)
                    this.refuse(command, INVALID_MESSAGE)
                else {
                    this.flash.fill(0xff, word(0), word(0) + word(1))
                    this.answer(command)
                }
                return
            case READ_FLASH:
                this.answer(command)
                this.reading = {
                    from: word(0),
                    at: word(0),
                    end: word(0) + word(1),
                    packetBytes: word(2),
                }
                this.sendPart()
                return
            default:
                this.refuseUnknown()
        }
    }

    private sync(data: Uint8Array): void {
        if (this.faults.isDeaf === true) return
        const isRight =
            data.length === 36 &&
            [0x07, 0x07, 0x12, 0x20].every((byte, i) => data[i] === byte) &&
            data.subarray(4).every(byte => byte === 0x55)
        // The ROM answers eight times, with what lies in a register; the stub with 0.
        if (isRight) for (let i = 0; i < 8; i++) this.answer(SYNC, this.isStub ? 0 : ROM_SYNC_VALUE)
    }

    private securityInfo(command: number): void {
        const { securityInfo, chipId } = this.facts
        if (securityInfo === "none") {
            this.refuseUnknown()
            return
        }
        const info = new Uint8Array(securityInfo === "with chip id" ? 20 : 12)
        if (securityInfo === "with chip id") viewOf(info).setUint32(12, chipId, true)
        this.answer(command, 0, info)
    }

    private register(address: number): number {
        const { spiBase, spiData } = this.facts
        if (address === spiBase + spiData) return FLASH_ID
        return this.registers.get(address) ?? 0
    }

    private writeRegister(address: number, value: number, mask: number): void {
        // The command register of the SPI controller is clear again when the transfer is done.
        if (address === this.facts.spiBase) return
        const before = this.register(address)
        this.registers.set(address, ((before & ~mask) | (value & mask)) >>> 0)
    }

    private memData(command: number, checksum: number, data: Uint8Array): void {
        const { ram } = this
        const block = blockOf(data)
        if (ram === undefined || block === undefined || block.sequence !== ram.next) {
            this.refuse(command, INVALID_MESSAGE)
            return
        }
        if (checksumOf(block.data) !== checksum) {
            this.refuse(command, INVALID_CHECKSUM)
            return
        }
        const most = Math.min(ram.blockBytes, ram.left, this.mostBytes)
        if (block.data.length > most) {
            this.refuse(command, INVALID_MESSAGE)
            return
        }
        ram.next++
        ram.left -= block.data.length
        this.hasLoadedRam ||= ram.left === 0
        this.answer(command)
    }

    private memEnd(command: number, entry: number): void {
        if (!this.hasLoadedRam || this.ram?.left !== 0 || entry === 0) {
            this.refuse(command, INVALID_MESSAGE)
            return
        }
        this.answer(command)
        this.isStub = true
        this.send(slipPacket(Uint8Array.from("OHAI", c => c.charCodeAt(0))))
    }

    private deflateBegin(
        command: number,
        bytes: number,
        blocks: number,
        blockBytes: number,
        offset: number
    ): void {
        if (offset % SECTOR_BYTES !== 0 || offset + bytes > this.flash.length) {
            this.refuse(command, INVALID_MESSAGE)
            return
        }
        this.written.push(`0x${offset.toString(16)}+${bytes}`)
        this.writing = new Writing(
            (count, cell) => this.change(count, cell),
            this.flash,
            offset,
            bytes,
            blocks,
            blockBytes
        )
        this.answer(command)
    }

    private deflateData(command: number, checksum: number, data: Uint8Array): void {
        this.blocks++
        const { atBlock, failingFrom = Infinity, badCellAt } = this.faults
        if (atBlock?.block === this.blocks) {
            atBlock.action()
            return
        }
        const block = blockOf(data)
        const isTooLong = block !== undefined && block.data.length > this.mostBytes
        if (this.writing === undefined || block === undefined || isTooLong)
            this.refuse(command, INVALID_MESSAGE)
        else if (checksumOf(block.data) !== checksum) this.refuse(command, INVALID_CHECKSUM)
        else if (this.blocks >= failingFrom || !this.writing.take(block.sequence, block.data))
            this.refuse(command, WRITE_FAILED)
        else if (!this.isWithoutPower) {
            if (badCellAt !== undefined && this.flash[badCellAt] !== 0xff)
                this.flash[badCellAt] &= 0xfe
            this.answer(command)
        }
    }

    /** One erasure or programming, of which a power cut leaves half. */
    private change(bytes: number, cell: (i: number) => void): void {
        if (this.isWithoutPower) return
        const { atOperation } = this.faults
        this.operations++
        const isCut = atOperation?.operation === this.operations
        for (let i = 0; i < (isCut ? bytes / 2 : bytes); i++) cell(i)
        this.isWithoutPower = isCut
        if (isCut) atOperation.action()
    }

    private digest(command: number, address: number, bytes: number): void {
        if (address + bytes > this.flash.length) {
            this.refuse(command, INVALID_MESSAGE)
            return
        }
        const hash = md5(this.flash.subarray(address, address + bytes))
        // The ROM answers in hexadecimal text, the stub in bytes.
        const text = [...hash].map(byte => byte.toString(16).padStart(2, "0")).join("")
        const data = this.isStub ? hash : Uint8Array.from(text, c => c.charCodeAt(0))
        this.answer(command, 0, data)
    }

    /** The host has said how much it has. */
    private goOnReading(packet: Uint8Array): void {
        const { reading } = this
        if (reading === undefined || packet.length !== 4) return
        if (viewOf(packet).getUint32(0, true) !== reading.at - reading.from) {
            this.reading = undefined
            return
        }
        if (reading.at < reading.end) this.sendPart()
        else {
            const all = this.flash.subarray(reading.from, reading.end)
            this.reading = undefined
            this.send(slipPacket(md5(all)))
        }
    }

    private sendPart(): void {
        const { reading } = this
        if (reading === undefined) return
        const end = Math.min(reading.end, reading.at + reading.packetBytes)
        this.send(slipPacket(this.flash.subarray(reading.at, end)))
        reading.at = end
    }

    private answer(
        command: number,
        value = this.isStub ? 0 : this.lastRead,
        data: Uint8Array = new Uint8Array(0),
        status: readonly number[] = [0, 0]
    ): void {
        // The ROM of all chips but the oldest ends with two bytes more.
        const tail = this.isStub ? status : [...status, 0, 0]
        const packet = new Uint8Array(8 + data.length + tail.length)
        const view = viewOf(packet)
        packet[0] = 1
        packet[1] = command
        view.setUint16(2, data.length + tail.length, true)
        view.setUint32(4, value, true)
        packet.set(data, 8)
        packet.set(tail, 8 + data.length)
        if (this.faults.noise !== undefined) this.send(this.faults.noise)
        this.send(slipPacket(packet))
    }

    private refuse(command: number, error: number): void {
        this.answer(command, 0, new Uint8Array(0), [1, error])
    }

    /** As hosts expect it of ROMs that do not know a command: eight answers that name another one. */
    private refuseUnknown(): void {
        for (let i = 0; i < 8; i++) this.answer(UNKNOWN, 0, new Uint8Array(0), [1, INVALID_MESSAGE])
    }
}

/** A compressed piece on its way into flash: erased sector by sector as it comes, as the stub does. */
class Writing {
    private at: number
    private next = 0
    private erasedTo: number
    private left: number
    private isOverrun = false
    private readonly inflate = new Inflate({ chunkSize: 4096 })

    /** @param change erases or programs cells, one by one */
    constructor(
        private readonly change: (bytes: number, cell: (i: number) => void) => void,
        private readonly flash: Uint8Array,
        offset: number,
        bytes: number,
        private readonly blocks: number,
        private readonly blockBytes: number
    ) {
        this.at = offset
        this.erasedTo = offset
        this.left = bytes
        this.inflate.onData = chunk => this.program(chunk as Uint8Array)
    }

    /** @returns false for what a chip would not take */
    take(sequence: number, data: Uint8Array): boolean {
        // A block that comes again was written: its answer was lost.
        if (sequence === this.next - 1) return true
        if (sequence !== this.next || sequence >= this.blocks || data.length > this.blockBytes)
            return false
        this.next++
        this.inflate.push(new Uint8Array(data), this.next === this.blocks)
        return !this.inflate.err && !this.isOverrun
    }

    end(): void {
        this.inflate.push(new Uint8Array(0), true)
    }

    private program(chunk: Uint8Array): void {
        this.left -= chunk.length
        if (this.left < 0) {
            this.isOverrun = true
            return
        }
        const { flash } = this
        const end = this.at + chunk.length
        while (this.erasedTo < end) {
            const sector = this.erasedTo
            this.change(SECTOR_BYTES, i => (flash[sector + i] = 0xff))
            this.erasedTo += SECTOR_BYTES
        }
        for (let from = this.at; from < end;) {
            const to = Math.min(end, from - (from % PAGE_BYTES) + PAGE_BYTES)
            const page = chunk.subarray(from - this.at, to - this.at)
            const start = from
            // Flash can only clear bits.
            this.change(page.length, i => (flash[start + i] &= page[i]))
            from = to
        }
        this.at = end
    }
}

/** Of the burnt-in address, beside it in the fuses of an ESP32: CRC-8 of Dallas 1-Wire, as recorded. */
function macChecksum(mac: readonly number[]): number {
    let crc = 0
    for (const byte of mac) {
        crc ^= byte
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1
    }
    return crc
}

interface Block {
    readonly sequence: number
    readonly data: Uint8Array
}

/** @returns undefined when its size is not what it says */
function blockOf(data: Uint8Array): Block | undefined {
    if (data.length < 16) return undefined
    const view = viewOf(data)
    const block = data.subarray(16)
    return view.getUint32(0, true) === block.length
        ? { sequence: view.getUint32(4, true), data: block }
        : undefined
}

function checksumOf(data: Uint8Array): number {
    return data.reduce((sum, byte) => sum ^ byte, CHECKSUM_START)
}

function viewOf(bytes: Uint8Array): DataView {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function number32(bytes: readonly number[]): number {
    return (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0
}
