/**
 * Models of parts with registers that have an address of 8 bits: the first byte
 * written is the register's address, which counts up with each further byte,
 * written or read. What the part's table of registers does not allow is logged.
 */
import { RegisterModel, TRANSFER_OK, type TransferStatus } from "../register-model.js"

/** Who may do what with a register of 8 bits. */
export interface RegisterRule {
    readonly name: string
    /** After power-up; default 0. */
    readonly initial?: number
    /** Default false: a write is logged and has no effect. */
    readonly writable?: boolean
    /** Default true. */
    readonly readable?: boolean
    /** Bits that can be written; others keep their value, and setting them is logged. Default 0xff. */
    readonly mask?: number
    /** Bits that can only be read, which a read-modify-write may set without effect. Default 0. */
    readonly readOnly?: number
}

export abstract class RegisterMapModel extends RegisterModel {
    /** Address → rule. Addresses without one are reserved: reads give 0 and are logged, writes are logged. */
    protected abstract readonly rules: ReadonlyMap<number, RegisterRule>
    /** Contents by address. */
    protected readonly registers = new Uint8Array(256)
    private pointer = 0

    /** Sets all registers to what they are after power-up. Extend it with the part's own state. */
    protected powerUp(): void {
        this.pointer = 0
        this.registers.fill(0)
        for (const [address, { initial }] of this.rules) this.registers[address] = initial ?? 0
    }

    override describe(write: Uint8Array, read: Uint8Array): string {
        if (write.length === 0) return read.length === 0 ? "" : "reads on"
        const name = (address: number) => this.rules.get(address)?.name ?? hex(address)
        const length = write.length - 1 + read.length
        if (length === 0) return `register ${name(write[0])}`
        let last = write[0]
        for (let i = 1; i < length; i++) last = this.next(last)
        const range = length === 1 ? name(write[0]) : `${name(write[0])} to ${name(last)}`
        return write.length > 1 ? `writes ${range}` : `reads ${range}`
    }

    /** Each register that can be written, with any bits that can be written. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        return [...this.rules]
            .filter(([, { writable }]) => writable === true)
            .map(([address, { mask }]) => Uint8Array.of(address, random(256) & (mask ?? 0xff)))
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        this.pointer = bytes[0]
        for (const byte of bytes.subarray(1)) {
            this.writeOne(this.pointer, byte)
            this.pointer = this.next(this.pointer)
        }
        return TRANSFER_OK
    }

    protected onRead(length: number): Uint8Array {
        const data = new Uint8Array(length)
        this.beforeRead?.(this.pointer, length)
        for (let i = 0; i < length; i++) {
            data[i] = this.readOne(this.pointer)
            this.pointer = this.next(this.pointer)
        }
        return data
    }

    /** The address that follows in a burst; parts differ where a block ends. */
    protected next(address: number): number {
        return (address + 1) & 0xff
    }

    /** Called before a read: brings measurements up to now. */
    protected beforeRead?(address: number, length: number): void

    /** A register was written; its new value is in {@link registers}. */
    protected written?(address: number, value: number): void

    /** A register is read. @returns what the part gives */
    protected readValue(address: number): number {
        return this.registers[address]
    }

    /** Sets a register of 16 bits, high byte at the lower address. */
    protected setWord(address: number, word: number): void {
        this.registers[address] = (word >> 8) & 0xff
        this.registers[address + 1] = word & 0xff
    }

    private writeOne(address: number, byte: number): void {
        const rule = this.rules.get(address)
        if (rule === undefined) {
            this.illegal(`write of ${hex(byte)} to the reserved register ${hex(address)}`)
            return
        }
        if (rule.writable !== true) {
            this.illegal(`write of ${hex(byte)} to ${rule.name}, which can only be read`)
            return
        }
        const mask = rule.mask ?? 0xff
        if ((byte & ~mask & ~(rule.readOnly ?? 0)) !== 0)
            this.illegal(`${hex(byte)} sets reserved bits of ${rule.name}`)
        this.registers[address] = (this.registers[address] & ~mask) | (byte & mask)
        this.written?.(address, this.registers[address])
    }

    private readOne(address: number): number {
        const rule = this.rules.get(address)
        if (rule === undefined) {
            this.illegal(`read of the reserved register ${hex(address)}`)
            return 0
        }
        if (rule.readable === false) {
            this.illegal(`read of ${rule.name}, which can only be written`)
            return 0
        }
        return this.readValue(address)
    }
}

function hex(byte: number): string {
    return `0x${byte.toString(16).padStart(2, "0")}`
}
