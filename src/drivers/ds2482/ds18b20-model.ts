/**
 * A DS18B20 on a 1-Wire line, bit by bit. Datasheet "DS18B20", revision 042208:
 * memory map, ROM commands, function commands; powered by its VDD pin unless told
 * otherwise.
 */
import { oneWireCrc } from "../../core/crc.js"

/** What a probe needs of the model that it is part of. */
export interface ProbeHost {
    now: () => number
    /** °C. */
    input: () => number
    /** The probe's temperature is being read. */
    handOut: (celsius: number) => void
    illegal: (what: string) => void
    checkValue: (crc: number) => number
    isStuck: () => boolean
}

const CONVERT_MS: Readonly<Record<number, number>> = {
    0x1f: 93.75,
    0x3f: 187.5,
    0x5f: 375,
    0x7f: 750,
}
/** Not stated in the datasheet. */
const RECALL_MS = 1
/** 85 °C. */
const POWER_ON_WORD = 0x0550

type Phase =
    "silent" | "rom command" | "match" | "search" | "function" | "write" | "send" | "status"

export class Ds18b20Probe {
    /** Draws its supply from the data line. */
    isParasitic = false
    /** A copy that says so, and does not. */
    claimsParasitic = false
    /** A copy that keeps its scratchpad over a short power loss, as some do for minutes. */
    keepsScratchpad = false
    /** Not connected. */
    isMissing = false
    /** Its 1-Wire side does not hear this many Convert T commands. */
    missedConverts = 0
    /** TH, TL and configuration as they are kept without supply. */
    readonly memory = Uint8Array.of(0x4b, 0x46, 0x7f)
    readonly rom: Uint8Array

    private readonly scratchpad = new Uint8Array(8)
    /** Temperature behind the scratchpad; undefined: none since power-up. */
    private truth: number | undefined
    private phase: Phase = "silent"
    private bits = 0
    private value = 0
    /** Bits of its reply, least significant first. */
    private reply: number[] = []
    private isScratchpad = false
    private busyUntil = 0
    private pending: number | undefined

    /** @param rom 16 hex digits */
    constructor(
        rom: string,
        private readonly host: ProbeHost
    ) {
        this.rom = Uint8Array.from(Buffer.from(rom, "hex"))
    }

    powerUp(): void {
        if (!this.keepsScratchpad || this.scratchpad[4] === 0) {
            this.scratchpad.set([
                POWER_ON_WORD & 0xff,
                POWER_ON_WORD >> 8,
                ...this.memory,
                0xff,
                0x0c,
                0x10,
            ])
            this.truth = undefined
        }
        this.pending = undefined
        this.busyUntil = 0
        this.phase = "silent"
    }

    /** How much is left of what it is doing, ms. */
    get busyMs(): number {
        return Math.max(0, this.busyUntil - this.host.now())
    }

    /** A reset pulse. @returns whether it answers with a presence pulse */
    reset(): boolean {
        this.advance()
        if (this.phase === "write" && this.bits < 24)
            this.host.illegal("reset before all three bytes of the scratchpad were written")
        this.listen("rom command")
        return !this.isMissing
    }

    /** What it puts on the line in the next time slot. */
    output(): number {
        if (this.isMissing) return 1
        this.advance()
        if (this.phase === "send") return this.reply.length > 0 ? this.reply[0] : 1
        if (this.phase === "search") {
            const bit = this.romBit(Math.floor(this.bits / 3))
            const step = this.bits % 3
            return step === 0 ? bit : step === 1 ? 1 - bit : 1
        }
        if (this.phase === "status") return this.isBusy() ? 0 : 1
        return 1
    }

    /** A time slot ends with this level of the line. */
    slot(line: number): void {
        if (this.isMissing) return
        if (this.phase === "send") this.sent()
        else if (this.phase === "search") {
            if (this.bits % 3 === 2 && line !== this.romBit(Math.floor(this.bits / 3)))
                this.phase = "silent"
            else if (++this.bits === 192) this.listen("function")
        } else if (this.phase === "match") {
            if (line !== this.romBit(this.bits)) this.phase = "silent"
            else if (++this.bits === 64) this.listen("function")
        } else if (this.phase !== "silent" && this.phase !== "status") this.receive(line)
    }

    private sent(): void {
        this.reply.shift()
        const left = this.reply.length
        // Both bytes of the temperature have left it.
        if (this.isScratchpad && left === 56 && this.truth !== undefined)
            this.host.handOut(this.truth)
        // The last byte of ROM code and scratchpad is a checksum.
        if (left === 8) this.reply = bitsOf([this.host.checkValue(byteOf(this.reply))])
    }

    private receive(line: number): void {
        this.value |= line << (this.bits & 7)
        this.bits++
        if ((this.bits & 7) !== 0) return
        const byte = this.value
        this.value = 0
        if (this.phase === "write") {
            this.scratchpad[1 + this.bits / 8] = this.bits === 24 ? (byte & 0x60) | 0x1f : byte
            if (this.bits === 24) this.phase = "silent"
        } else if (this.phase === "rom command") this.romCommand(byte)
        else this.functionCommand(byte)
    }

    private romCommand(byte: number): void {
        if (byte === 0x33) this.send([...this.rom], false)
        else if (byte === 0x55) this.listen("match")
        else if (byte === 0xf0) this.listen("search")
        else if (byte === 0xcc) this.listen("function")
        else {
            this.phase = "silent"
            this.host.illegal(`unknown ROM command ${hex(byte)}`)
        }
    }

    private functionCommand(byte: number): void {
        if (this.isBusy())
            this.host.illegal(`function command ${hex(byte)} while the probe is busy`)
        if (byte === 0x44) {
            this.phase = this.isParasitic ? "silent" : "status"
            if (this.missedConverts > 0) {
                this.missedConverts--
                this.phase = "silent"
                return
            }
            this.pending = this.host.input()
            this.busyUntil = this.host.now() + CONVERT_MS[this.scratchpad[4]]
        } else if (byte === 0xbe)
            this.send([...this.scratchpad, oneWireCrc(this.scratchpad, 0, 8)], true)
        else if (byte === 0x4e) this.listen("write")
        else if (byte === 0x48) {
            this.memory.set(this.scratchpad.subarray(2, 5))
            this.busyUntil = this.host.now() + 10
            this.phase = "status"
        } else if (byte === 0xb8) {
            this.scratchpad.set(this.memory, 2)
            this.busyUntil = this.host.now() + RECALL_MS
            this.phase = "status"
        } else if (byte === 0xb4) {
            this.phase = "send"
            this.reply = [this.isParasitic || this.claimsParasitic ? 0 : 1]
        } else {
            this.phase = "silent"
            this.host.illegal(`unknown function command ${hex(byte)}`)
        }
    }

    private send(bytes: readonly number[], isScratchpad: boolean): void {
        this.phase = "send"
        this.isScratchpad = isScratchpad
        this.reply = bitsOf(bytes)
    }

    private listen(phase: Phase): void {
        this.phase = phase
        this.bits = 0
        this.value = 0
    }

    private isBusy(): boolean {
        return (
            this.host.now() < this.busyUntil || (this.pending !== undefined && this.host.isStuck())
        )
    }

    private advance(): void {
        if (this.pending === undefined || this.isBusy()) return
        // 9 to 11 bits leave the lowest ones undefined; here they are 0.
        const unused = 3 - (this.scratchpad[4] >> 5)
        const word = (Math.round(this.pending * 16) >> unused) << unused
        this.scratchpad[0] = word & 0xff
        this.scratchpad[1] = (word >> 8) & 0xff
        this.truth = this.pending
        this.pending = undefined
    }

    private romBit(index: number): number {
        return (this.rom[index >> 3] >> (index & 7)) & 1
    }
}

function bitsOf(bytes: readonly number[]): number[] {
    return bytes.flatMap(byte => Array.from({ length: 8 }, (_, i) => (byte >> i) & 1))
}

function byteOf(bits: readonly number[]): number {
    return bits.reduce((byte, bit, i) => byte | (bit << i), 0)
}

function hex(byte: number): string {
    return `0x${byte.toString(16).padStart(2, "0")}`
}
