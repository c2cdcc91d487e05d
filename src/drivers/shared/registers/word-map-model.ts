/**
 * Models of parts with registers of 16 bits, high byte first, that have an address of
 * 8 bits: a pointer byte, then one word written or read; the pointer stays where it is.
 * What the part's table of registers does not allow is logged.
 */
import { RegisterModel, TRANSFER_OK, type TransferStatus } from "../register-model.js"

/** Who may do what with a register of 16 bits. */
export interface WordRule {
    readonly name: string
    /** After power-up; default 0. */
    readonly initial?: number
    /** Default false: a write is logged and has no effect. */
    readonly writable?: boolean
    /** Default true. */
    readonly readable?: boolean
    /** Bits that can be written; others keep their value. Default 0xffff. */
    readonly mask?: number
    /** Bits that must not be set; setting them is logged. Default 0. */
    readonly reserved?: number
}

export abstract class WordMapModel extends RegisterModel {
    /** Address → rule. Addresses without one are reserved: reads give 0 and are logged, writes are logged. */
    protected abstract readonly rules: ReadonlyMap<number, WordRule>
    /** Contents by address. */
    protected readonly words = new Uint16Array(256)
    private pointer = 0

    /** Sets all registers to what they are after power-up. Extend it with the part's own state. */
    protected powerUp(): void {
        this.pointer = 0
        this.words.fill(0)
        for (const [address, { initial }] of this.rules) this.words[address] = initial ?? 0
    }

    /** Each register that can be written, with any bits that can be written. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        return [...this.rules]
            .filter(([, { writable }]) => writable === true)
            .map(([address, { mask, reserved }]) => {
                const word = random(0x10000) & (mask ?? 0xffff) & ~(reserved ?? 0)
                return Uint8Array.of(address, word >> 8, word & 0xff)
            })
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        this.pointer = bytes[0]
        if (bytes.length === 1) return TRANSFER_OK
        if (bytes.length === 3) this.writeOne(this.pointer, (bytes[1] << 8) | bytes[2])
        else this.illegal(`write of ${bytes.length - 1} B to a register of 2 B`)
        return TRANSFER_OK
    }

    protected onRead(length: number): Uint8Array | undefined {
        if (length !== 2) this.illegal(`read of ${length} B of a register of 2 B`)
        const word = this.readOne(this.pointer)
        return Uint8Array.of(word >> 8, word & 0xff)
    }

    /** A register was written; its new value is in {@link words}. @param raw the word as it came */
    protected written?(address: number, raw: number): void

    /** A register is read. @returns what the part gives */
    protected readValue(address: number): number {
        return this.words[address]
    }

    private writeOne(address: number, word: number): void {
        const rule = this.rules.get(address)
        if (rule === undefined) {
            this.illegal(`write of ${hex(word, 4)} to the reserved register ${hex(address, 2)}`)
            return
        }
        if (rule.writable !== true) {
            this.illegal(`write of ${hex(word, 4)} to ${rule.name}, which can only be read`)
            return
        }
        const mask = rule.mask ?? 0xffff
        if ((word & (rule.reserved ?? 0)) !== 0)
            this.illegal(`${hex(word, 4)} sets reserved bits of ${rule.name}`)
        this.words[address] = (this.words[address] & ~mask) | (word & mask)
        this.written?.(address, word)
    }

    private readOne(address: number): number {
        const rule = this.rules.get(address)
        if (rule === undefined) {
            this.illegal(`read of the reserved register ${hex(address, 2)}`)
            return 0
        }
        if (rule.readable === false) {
            this.illegal(`read of ${rule.name}, which can only be written`)
            return 0
        }
        return this.readValue(address)
    }
}

function hex(value: number, digits: number): string {
    return `0x${value.toString(16).padStart(digits, "0")}`
}
