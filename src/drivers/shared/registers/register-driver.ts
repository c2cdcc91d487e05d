import { QUALITY_NOT_READY, QUALITY_WRONG_PART } from "../../../core/quality.js"
import { SensorDriver, SensorError } from "../driver.js"

/** Drivers of parts with registers that have an address of 8 bits. */
export abstract class RegisterDriver extends SensorDriver {
    /** Reads registers from this one on; the part counts the address up. */
    protected async readRegisters(register: number, length: number): Promise<Buffer> {
        return await this.bus.xfer(this.address, Buffer.from([register]), length)
    }

    /**
     * The same where ones or zeros could be mistaken for a value. That is what a bus reads as which nobody
     * drives, so such an answer counts only when it comes a second time. Whether the part is there
     * at all, something has to show that is read afterwards and is neither: its settings, its id.
     */
    protected async readDriven(register: number, length: number): Promise<Buffer> {
        const bytes = await this.readRegisters(register, length)
        return isResting(bytes) ? await this.readRegisters(register, length) : bytes
    }

    /** One register of 16 bits, high byte first, see {@link readDriven}. */
    protected async readDrivenWord(register: number): Promise<number> {
        const bytes = await this.readDriven(register, 2)
        return (bytes[0] << 8) | bytes[1]
    }

    /** One register of 8 bits. */
    protected async readRegister(register: number): Promise<number> {
        return (await this.readRegisters(register, 1))[0]
    }

    /** One register of 16 bits, high byte first, 0 … 65,535. */
    protected async readWord(register: number): Promise<number> {
        const bytes = await this.readRegisters(register, 2)
        return (bytes[0] << 8) | bytes[1]
    }

    protected async writeRegister(register: number, value: number): Promise<void> {
        await this.write(Buffer.from([register, value]))
    }

    /** Writes a register of 16 bits, high byte first. */
    protected async writeWord(register: number, value: number): Promise<void> {
        await this.write(Buffer.from([register, value >> 8, value & 0xff]))
    }

    /**
     * Reads the register that tells parts apart, and keeps it as {@link identity}.
     * It asks twice before it blames the part: one disturbed transfer must not look
     * like a wrong one.
     *
     * @param id what the register holds
     * @throws SensorError (wrong part) when it holds something else
     */
    protected async expectId(register: number, id: number): Promise<void> {
        let found = await this.readRegister(register)
        if (found !== id) found = await this.readRegister(register)
        if (found !== id) throw wrongPart(this.part, idText(found) + this.partWithId(found))
        this.identity = idText(id)
    }

    /**
     * The same with a register of 16 bits.
     *
     * @param mask bits that tell the part; the others are its revision
     */
    protected async expectWordId(register: number, id: number, mask = 0xffff): Promise<void> {
        let word = await this.readWord(register)
        if ((word & mask) !== id) word = await this.readWord(register)
        if ((word & mask) !== id) throw wrongPart(this.part, idText(word))
        this.identity = idText(word)
    }

    /** Which part has another id: ", a BME280"; "" where that is not known. */
    protected partWithId(id: number): string {
        return id === 0xff || id === 0 ? ", nothing" : ""
    }
}

/** Whether bytes are what a bus reads as that nobody drives: nothing but ones, or but zeros. */
export function isResting(bytes: Buffer): boolean {
    const first = bytes[0]
    for (let i = 1; i < bytes.length; i++) if (bytes[i] !== first) return false
    return first === 0 || first === 0xff
}

/**
 * Something else answers at the part's address.
 * @param found what it is, as far as that is known: "id 0x60"
 */
export function wrongPart(part: string, found?: string): SensorError {
    const what = found === undefined ? "" : ": " + found
    return new SensorError(QUALITY_WRONG_PART, part + ": another part is at its address" + what)
}

/** The part acknowledges, but does not drive the bus. */
export function busAtRest(part: string): SensorError {
    return new SensorError(QUALITY_NOT_READY, part + ": reads as ones or zeros only")
}

/** A word of 16 bits as a signed number, −32,768 … 32,767. */
export function signed16(word: number): number {
    return (word << 16) >> 16
}

/** A chip id as datasheets write it: "id 0x60", "id 0x0117". */
export function idText(id: number): string {
    const bytes = id > 255 ? [id >> 8, id & 0xff] : [id]
    return "id 0x" + Buffer.from(bytes).toString("hex")
}
