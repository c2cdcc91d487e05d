import { QUALITY_ABSENT, QUALITY_NOT_READY, QUALITY_TIMEOUT } from "../../core/quality.js"
import { SensorDriver, SensorError } from "../shared/driver.js"
import { wrongPart } from "../shared/registers/register-driver.js"

// Datasheet "DS2482-100 Single-Channel 1-Wire Master", function commands
const DEVICE_RESET = 0xf0
const SET_READ_POINTER = 0xe1
const WRITE_CONFIGURATION = 0xd2
const LINE_RESET = 0xb4
const SINGLE_BIT = 0x87
const WRITE_BYTE = 0xa5
const READ_BYTE = 0x96
const TRIPLET = 0x78
const POINTER_DATA = 0xe1

// Status register
const STATUS_BUSY = 0x01
const STATUS_PRESENCE = 0x02
const STATUS_SHORT = 0x04
const STATUS_LEVEL = 0x08
const STATUS_RESET = 0x10
/** Result of a single bit; first bit of a triplet. */
const STATUS_BIT = 0x20
/** Second bit of a triplet. */
export const TRIPLET_SECOND = 0x40
/** Direction that a triplet took. */
export const TRIPLET_DIRECTION = 0x80
export const TRIPLET_FIRST = STATUS_BIT

/** Active pull-up on, its complement in the upper half. */
const CONFIGURATION = 0x01
const CONFIGURATION_WRITTEN = 0xe1

/**
 * A reset of the line is the longest activity, at most 1.25 ms; a look at the status
 * takes 50 µs on the fastest bus, 400 kHz, and longer on others.
 */
const MOST_LOOKS = 50

/** What the DS2482-100 does with its 1-Wire line. */
export abstract class OneWireBridge extends SensorDriver {
    /**
     * Brings the bridge from any state into a known one. It asks twice before it
     * blames the part.
     * @throws SensorError (wrong part) when something else answers
     */
    protected async resetBridge(): Promise<void> {
        if (!(await this.isReset()) && !(await this.isReset())) throw wrongPart(this.part)
    }

    /**
     * A reset pulse on the line: probes listen for a command afterwards.
     * @throws SensorError (absent) when none answers it, or the line is shorted
     */
    protected async resetLine(): Promise<void> {
        const status = await this.command(Buffer.from([LINE_RESET]))
        if ((status & STATUS_SHORT) !== 0)
            throw new SensorError(QUALITY_ABSENT, this.part + ": the 1-Wire line is shorted")
        if ((status & STATUS_PRESENCE) === 0)
            throw new SensorError(QUALITY_ABSENT, this.part + ": no probe on the 1-Wire line")
    }

    /** Writes a byte to the line. */
    protected async writeLine(byte: number): Promise<void> {
        await this.command(Buffer.from([WRITE_BYTE, byte]))
    }

    /** Reads a byte from the line; 0xFF when nobody sends. */
    protected async readLine(): Promise<number> {
        await this.command(Buffer.from([READ_BYTE]))
        const pointer = Buffer.from([SET_READ_POINTER, POINTER_DATA])
        return (await this.bus.xfer(this.address, pointer, 1))[0]
    }

    /** Reads a bit from the line; true when nobody sends. */
    protected async readBit(): Promise<boolean> {
        const status = await this.command(Buffer.from([SINGLE_BIT, 0x80]))
        return (status & STATUS_BIT) !== 0
    }

    /** Two bits read and one written, for a search. @returns the status: TRIPLET_… */
    protected async triplet(direction: boolean): Promise<number> {
        return await this.command(Buffer.from([TRIPLET, direction ? 0x80 : 0]))
    }

    /** Sends a command and waits until the line is idle. @returns the status */
    private async command(bytes: Buffer): Promise<number> {
        let status = (await this.bus.xfer(this.address, bytes, 1))[0]
        for (let look = 0; look < MOST_LOOKS && (status & STATUS_BUSY) !== 0; look++)
            status = (await this.read(1))[0]
        if ((status & STATUS_BUSY) !== 0)
            throw new SensorError(QUALITY_TIMEOUT, this.part + ": the bridge stays busy")
        // Set by power-up and cleared by the configuration.
        if ((status & STATUS_RESET) !== 0)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": the bridge lost power")
        return status
    }

    private async isReset(): Promise<boolean> {
        const status = (await this.bus.xfer(this.address, Buffer.from([DEVICE_RESET]), 1))[0]
        if ((status & ~STATUS_LEVEL) !== STATUS_RESET) return false
        const configure = Buffer.from([WRITE_CONFIGURATION, CONFIGURATION_WRITTEN])
        return (await this.bus.xfer(this.address, configure, 1))[0] === CONFIGURATION
    }
}
