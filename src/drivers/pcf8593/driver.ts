import { I2C } from "@devicescript/i2c"
import { INT32_MAX } from "../../core/fixed.js"
import { QUALITY_NOT_READY, QUALITY_SATURATED } from "../../core/quality.js"
import { countChannel } from "../shared/channels.js"
import { DriverOptions, SensorError } from "../shared/driver.js"
import { RegisterDriver, wrongPart } from "../shared/registers/register-driver.js"
import {
    PCF8593_MODULUS,
    halfTurnsNow,
    halfTurnsOf,
    pcf8593Count,
    putPcf8593Count,
    totalOf,
} from "./conversion.js"

// Data sheet "PCF8593", revision 5 (24 January 2020): control register, event-counter mode, 6.11
const PCF8593_ADDRESS = 0x51
const CONTROL = 0x00
const DIGITS = 0x01
/** Free as long as the alarm is off: half turns of the digits, twice. */
const MEMORY = 0x0a
const REGISTERS = 16
const EVENT_COUNTER = 0x20
const STOPPED = 0x80

/** Half turns: low byte, high byte, check byte. */
const COPY_BYTES = 3
const CHECK = 0xa5
const ATTEMPTS = 2

/**
 * Events that were counted while nobody looked: wheels on a tube, loops, gates.
 *
 * @devsPart NXP PCF8593
 * @devsServices rotaryEncoder
 * @see {@link https://www.nxp.com/docs/en/data-sheet/PCF8593.pdf | Datasheet}
 */
export class PCF8593 extends RegisterDriver {
    /** As of the last sample of this boot. */
    private total = 0
    private halfTurns = 0
    /** The total that the last {@link take} found. */
    private now = 0
    /** Half turns as the part's memory has them. */
    private stored = 0

    constructor(bus: I2C, options?: DriverOptions) {
        super("NXP PCF8593", bus, options?.address ?? PCF8593_ADDRESS, [
            countChannel(options?.prefix),
        ])
    }

    /**
     * A counter that went on while the board was off is left alone. One that lost its
     * supply goes on from the last total that this board knows, 0 after its boot.
     */
    protected override async setup(): Promise<void> {
        for (let attempt = 0; attempt < 2 * ATTEMPTS; attempt++) {
            // One disturbed transfer must not cost a counter its count.
            if (attempt >= ATTEMPTS) await this.begin()
            if (this.take(await this.readRegisters(CONTROL, REGISTERS))) return
        }
        throw wrongPart(this.part)
    }

    protected override async measure(): Promise<void> {
        const before = this.total
        await this.look()
        let total = this.now
        const halfTurns = this.halfTurns
        // Nothing else tells a disturbed transfer, which must not look like traffic or a turn.
        await this.look()
        const isEarlier = total < before
        if (this.now < total || this.halfTurns !== halfTurns || this.now < before !== isEarlier)
            throw this.disturbed()
        if (isEarlier) {
            // More than half a turn since the last look.
            total += PCF8593_MODULUS
            this.halfTurns = halfTurns + 2
        }
        if (this.halfTurns !== this.stored) await this.remember()
        this.total = total
        this.put(0, total)
        if (total <= INT32_MAX) return
        this.put(0, INT32_MAX)
        this.qualities[0] = QUALITY_SATURATED
    }

    /** Reads all at once: the part holds its digits still from the first one to the last. */
    private async look(): Promise<void> {
        const bytes = await this.readRegisters(CONTROL, REGISTERS)
        if (bytes[CONTROL] !== EVENT_COUNTER)
            throw new SensorError(
                QUALITY_NOT_READY,
                this.part + ": lost power, and what it counted since the last sample"
            )
        if (!this.take(bytes)) throw this.disturbed()
    }

    /** @returns whether these are the registers of a counter that this driver has begun */
    private take(bytes: Buffer): boolean {
        const count = pcf8593Count(bytes, DIGITS)
        let stored = storedIn(bytes, MEMORY)
        // A write that the board's loss of power cut short left the other copy.
        if (stored < 0) stored = storedIn(bytes, MEMORY + COPY_BYTES)
        if (bytes[CONTROL] !== EVENT_COUNTER || count < 0 || stored < 0) return false
        this.stored = stored
        this.halfTurns = halfTurnsNow(stored, count)
        this.now = totalOf(this.halfTurns, count)
        return true
    }

    /** Counts on from {@link total}. The counter has to stand still while it is set. */
    private async begin(): Promise<void> {
        await this.writeRegister(CONTROL, EVENT_COUNTER | STOPPED)
        const digits = Buffer.alloc(4)
        digits[0] = DIGITS
        this.halfTurns = halfTurnsOf(this.total)
        const turns = this.halfTurns >> 1
        putPcf8593Count(digits, 1, this.total - turns * PCF8593_MODULUS)
        await this.write(digits)
        await this.remember()
        await this.writeRegister(CONTROL, EVENT_COUNTER)
    }

    private async remember(): Promise<void> {
        const low = this.halfTurns & 0xff
        const high = (this.halfTurns >> 8) & 0xff
        const check = low ^ high ^ CHECK
        await this.write(Buffer.from([MEMORY, low, high, check, low, high, check]))
        this.stored = this.halfTurns
    }

    private disturbed(): SensorError {
        return new SensorError(QUALITY_NOT_READY, this.part + ": its answer is disturbed")
    }
}

/** @returns half turns, 0 … 65,535; −1 when the check byte is wrong */
function storedIn(bytes: Buffer, at: number): number {
    const low = bytes[at]
    const high = bytes[at + 1]
    return (low ^ high ^ CHECK) === bytes[at + 2] ? low | (high << 8) : -1
}
