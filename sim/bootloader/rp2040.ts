/**
 * An RP2040 in its boot mode: the ROM's PICOBOOT interface (RP2040 datasheet, section 2.8.5), packet by
 * packet, as the ROM of chip version B2 does it where the datasheet is silent (raspberrypi/pico-bootrom-rp2040:
 * usb_boot_device.c, async_task.c, usb_stream_helper.c): which endpoint halts with which status, an
 * erasure at a wrong address that is acknowledged and not done, a write whose last page fails and is
 * never acknowledged, a page that is filled up with zeros, flash that cannot be read before EXIT_XIP, and
 * again after a reset in the midst of a command. It has no drive; what the system does with it is a fault.
 */
import { PAGE_BYTES, SECTOR_BYTES, type PicoFlash } from "./rp2040-flash.js"
import { callThumb, type ThumbBus } from "./thumb.js"

const MAGIC = 0x431fd10b
const COMMAND_BYTES = 32
const STATUS_BYTES = 16
export const PACKET_BYTES = 64

const FLASH_START = 0x10000000
const RAM_START = 0x20000000
const RAM_END = 0x20042000
/** Its RAM of 264 KB. */
const RAM_BYTES = RAM_END - RAM_START

export const STATUS = {
    OK: 0,
    UNKNOWN_CMD: 1,
    INVALID_CMD_LENGTH: 2,
    INVALID_TRANSFER_LENGTH: 3,
    INVALID_ADDRESS: 4,
    BAD_ALIGNMENT: 5,
    INTERLEAVED_WRITE: 6,
    REBOOTING: 7,
    UNKNOWN_ERROR: 8,
} as const

type Kind = "exclusive" | "reboot" | "erase" | "read" | "write" | "exit xip" | "enter xip" | "exec"

/** By number without its highest bit: length of the arguments, and whether as many data follow as they say. */
const COMMANDS: Readonly<
    Record<number, readonly [kind: Kind, argBytes: number, isRange: boolean]>
> = {
    1: ["exclusive", 1, false],
    2: ["reboot", 12, false],
    3: ["erase", 8, false],
    4: ["read", 8, true],
    5: ["write", 8, true],
    6: ["exit xip", 0, false],
    7: ["enter xip", 0, false],
    8: ["exec", 4, false],
}

const IF_RESET = 0x41
const IF_CMD_STATUS = 0x42

/** Something that goes wrong with a real board. */
export interface Rp2040Faults {
    /** Breaks a kind of command off with a status. */
    readonly refusing?: { readonly kind: Kind; readonly status: number }
    /** The system writes to the board's drive before the N-th page of this host; 1 = the first. */
    readonly driveWritesBefore?: number
    /** Restarts before REBOOT is acknowledged. */
    readonly isHasty?: boolean
}

/** What an endpoint makes of a packet; "wait": nothing before something else happens (NAK). */
export type OutAnswer = "taken" | "stall" | "wait"
export type InAnswer = Uint8Array | "stall" | "wait"

type Phase =
    | { readonly is: "command" }
    | { readonly is: "taking"; readonly address: number; readonly bytes: number; done: number }
    | { readonly is: "sending"; readonly address: number; readonly bytes: number; done: number }
    /** An empty packet is due, from the board or from the host. */
    | { readonly is: "confirming" }
    | { readonly is: "awaiting confirmation" }
    | { readonly is: "broken off" }

export class Rp2040Bootloader {
    readonly ram = new Uint8Array(RAM_BYTES)
    isExclusive = false
    /** Arguments of the REBOOT that it carried out. */
    rebooted: { readonly pc: number; readonly sp: number; readonly delayMs: number } | undefined
    /** Names of the commands so far. */
    readonly commands: string[] = []
    private phase: Phase = { is: "command" }
    private isInHalted = false
    private isOutHalted = false
    private status = { token: 0, code: 0, id: 0, isInProgress: false }
    private readonly buffer = new Uint8Array(PAGE_BYTES)
    private lastWriter: "host" | "drive" = "host"
    private pages = 0

    /** @param onReboot the board leaves the bus */
    constructor(
        readonly flash: PicoFlash,
        private readonly onReboot: () => void,
        public faults: Rp2040Faults = {}
    ) {}

    /** SET_CONFIGURATION. */
    configure(): void {
        this.flash.isConnected = false
        this.reset()
    }

    clearHalt(direction: "in" | "out"): void {
        if (direction === "in") this.isInHalted = false
        else this.isOutHalted = false
        this.phase = { is: "command" }
    }

    /** @returns whether the request is one that the interface knows */
    controlOut(request: number): boolean {
        if (request !== IF_RESET) return false
        this.reset()
        return true
    }

    /** @returns the answer; undefined for a request that the interface does not know */
    controlIn(request: number, bytes: number): Uint8Array | undefined {
        if (request !== IF_CMD_STATUS || bytes !== STATUS_BYTES) return undefined
        const answer = new Uint8Array(STATUS_BYTES)
        const view = new DataView(answer.buffer)
        view.setUint32(0, this.status.token, true)
        view.setUint32(4, this.status.code, true)
        view.setUint8(8, this.status.id)
        view.setUint8(9, Number(this.status.isInProgress))
        return answer
    }

    /** @param packet from the host, at most 64 B */
    out(packet: Uint8Array): OutAnswer {
        if (this.isOutHalted) return "stall"
        const { phase } = this
        switch (phase.is) {
            case "command":
                this.begin(packet)
                return "taken"
            case "taking":
                this.take(phase, packet)
                return "taken"
            case "awaiting confirmation":
                // Whatever it is: a command that comes too early is lost.
                this.phase = { is: "command" }
                return "taken"
            default:
                return "wait"
        }
    }

    /** @returns the next packet for the host */
    in(): InAnswer {
        if (this.isInHalted) return "stall"
        const { phase } = this
        if (phase.is === "sending") return this.nextPacket(phase)
        if (phase.is !== "confirming") return "wait"
        this.phase = { is: "command" }
        if (this.rebooted !== undefined) this.onReboot()
        return this.rebooted !== undefined && this.faults.isHasty === true
            ? "wait"
            : new Uint8Array()
    }

    private reset(): void {
        if (this.status.isInProgress) this.flash.isConnected = false
        this.isInHalted = false
        this.isOutHalted = false
        this.isExclusive = false
        this.phase = { is: "command" }
        this.status = { token: 0, code: 0, id: 0, isInProgress: false }
    }

    private begin(packet: Uint8Array): void {
        const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength)
        if (packet.length !== COMMAND_BYTES || view.getUint32(0, true) !== MAGIC) {
            this.halt()
            return
        }
        const id = packet[8]
        this.status = {
            token: view.getUint32(4, true),
            code: STATUS.UNKNOWN_CMD,
            id,
            isInProgress: false,
        }
        const known = COMMANDS[id & 0x7f] as (typeof COMMANDS)[number] | undefined
        if (known === undefined) {
            this.halt()
            return
        }
        const [kind, argBytes, isRange] = known
        const { refusing } = this.faults
        if (packet[9] !== argBytes) {
            this.halt(STATUS.INVALID_CMD_LENGTH)
            return
        }
        this.commands.push(kind)
        const word = (i: number) => view.getUint32(16 + 4 * i, true)
        const transferBytes = view.getUint32(12, true)
        this.status.code = STATUS.OK
        if (kind === "reboot") this.reboot(word(0), word(1), word(2))
        else if (transferBytes !== (isRange ? word(1) : 0))
            this.halt(STATUS.INVALID_TRANSFER_LENGTH)
        else if (refusing?.kind === kind) this.halt(refusing.status)
        else if (isRange && transferBytes > 0) {
            this.status.isInProgress = true
            const is = kind === "read" ? "sending" : "taking"
            this.phase = { is, address: word(0), bytes: transferBytes, done: 0 }
        } else {
            // The ROM drops what becomes of these.
            if (this.rebooted === undefined) this.carryOut(kind, packet[16], word(0), word(1))
            this.confirm()
        }
    }

    private reboot(pc: number, sp: number, delayMs: number): void {
        this.rebooted = { pc, sp, delayMs }
        this.confirm()
    }

    private carryOut(kind: Kind, mode: number, address: number, bytes: number): void {
        if (kind === "exclusive") this.isExclusive = mode !== 0
        else if (kind === "exit xip") this.flash.isConnected = true
        else if (kind === "exec") callThumb(this.bus, address, RAM_END)
        else if (kind === "erase") this.erase(address, bytes)
    }

    private erase(address: number, bytes: number): void {
        this.lastWriter = "host"
        if (address % SECTOR_BYTES !== 0 || bytes % SECTOR_BYTES !== 0) return
        if (!isFlash(address) || !isFlash(address + bytes)) return
        for (let at = address; at < address + bytes; at += SECTOR_BYTES)
            this.flash.erase(at - FLASH_START)
    }

    private take(phase: Extract<Phase, { is: "taking" }>, packet: Uint8Array): void {
        const start = phase.done % PAGE_BYTES
        // A page that is not whole is filled up with zeros.
        if (start === 0) this.buffer.fill(0)
        this.buffer.set(packet.subarray(0, PAGE_BYTES - start), start)
        phase.done += packet.length
        const isLast = phase.done >= phase.bytes
        if (!isLast && phase.done % PAGE_BYTES !== 0) return
        const at = phase.address + phase.done - start - packet.length
        const code = this.writeChunk(at, phase.done - (at - phase.address), at === phase.address)
        if (code !== STATUS.OK) this.breakOff(code, "out")
        else if (isLast) this.confirm()
    }

    private writeChunk(at: number, bytes: number, isFirst: boolean): number {
        if (this.rebooted !== undefined) return STATUS.REBOOTING
        this.pages++
        if (this.pages === this.faults.driveWritesBefore && !this.isExclusive)
            this.lastWriter = "drive"
        if (!isFirst && this.lastWriter !== "host") return STATUS.INTERLEAVED_WRITE
        this.lastWriter = "host"
        if (isRam(at) && isRam(at + bytes)) {
            this.ram.set(this.buffer.subarray(0, bytes), at - RAM_START)
            return STATUS.OK
        }
        const code = flashCode(at, bytes)
        if (code === STATUS.OK) this.flash.program(at - FLASH_START, this.buffer)
        return code
    }

    private nextPacket(phase: Extract<Phase, { is: "sending" }>): InAnswer {
        const start = phase.done % PAGE_BYTES
        if (start === 0) {
            const bytes = Math.min(PAGE_BYTES, phase.bytes - phase.done)
            const code = this.readChunk(phase.address + phase.done, bytes)
            if (code !== STATUS.OK) {
                this.breakOff(code, "in")
                return "stall"
            }
        }
        const bytes = Math.min(PACKET_BYTES, phase.bytes - phase.done)
        phase.done += bytes
        if (phase.done === phase.bytes) this.confirm()
        return this.buffer.slice(start, start + bytes)
    }

    private readChunk(at: number, bytes: number): number {
        if (this.rebooted !== undefined) return STATUS.REBOOTING
        if (isRam(at) && isRam(at + bytes)) {
            this.buffer.set(this.ram.subarray(at - RAM_START, at - RAM_START + bytes))
            return STATUS.OK
        }
        const code = flashCode(at, bytes)
        if (code === STATUS.OK) this.buffer.set(this.flash.read(at - FLASH_START, PAGE_BYTES))
        return code
    }

    /** The empty packet goes the other way than the data. */
    private confirm(): void {
        this.status.isInProgress = false
        this.phase = { is: (this.status.id & 0x80) !== 0 ? "awaiting confirmation" : "confirming" }
    }

    /** Refuses a command. */
    private halt(code?: number): void {
        if (code !== undefined) this.status.code = code
        this.isInHalted = true
        this.isOutHalted = true
        this.phase = { is: "broken off" }
    }

    /** Ends the data of a command: only their endpoint halts. */
    private breakOff(code: number, direction: "in" | "out"): void {
        this.status.code = code
        this.status.isInProgress = false
        if (direction === "in") this.isInHalted = true
        else this.isOutHalted = true
        this.phase = { is: "broken off" }
    }

    private readonly bus: ThumbBus = {
        read: (address, bytes) => {
            if (!isRam(address)) return this.flash.readRegister(address)
            const view = new DataView(this.ram.buffer)
            const at = address - RAM_START
            if (bytes === 4) return view.getUint32(at, true)
            return bytes === 2 ? view.getUint16(at, true) : view.getUint8(at)
        },
        write: (address, bytes, value) => {
            if (!isRam(address)) {
                this.flash.writeRegister(address, value)
                return
            }
            const view = new DataView(this.ram.buffer)
            const at = address - RAM_START
            if (bytes === 4) view.setUint32(at, value, true)
            else if (bytes === 2) view.setUint16(at, value, true)
            else view.setUint8(at, value)
        },
    }
}

/** As the ROM has it: the ends count, and all from flash to RAM is flash. */
function isFlash(address: number): boolean {
    return address >= FLASH_START && address <= RAM_START
}

function isRam(address: number): boolean {
    return address >= RAM_START && address <= RAM_END
}

function flashCode(at: number, bytes: number): number {
    if (!isFlash(at) || !isFlash(at + bytes)) return STATUS.INVALID_ADDRESS
    return at % PAGE_BYTES === 0 ? STATUS.OK : STATUS.BAD_ALIGNMENT
}
