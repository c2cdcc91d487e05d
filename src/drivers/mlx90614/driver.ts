import { I2C } from "@devicescript/i2c"
import { packetErrorCode } from "../../core/crc.js"
import { QUALITY_NOT_READY, QUALITY_OUT_OF_RANGE } from "../../core/quality.js"
import { temperatureChannel } from "../shared/channels.js"
import { DriverOptions, SensorDriver, SensorError, crcError, wait } from "../shared/driver.js"
import { wrongPart } from "../shared/registers/register-driver.js"
import { mlx90614Temperature } from "./conversion.js"

// Datasheet "MLX90614 family", 3901090614, revision 008 (28 February 2013)
const MLX90614_ADDRESS = 0x5a
const MLX90614_AMBIENT = 0x06 // table 10: TA
const MLX90614_OBJECT = 0x07 // table 10: TOBJ1
const MLX90614_EMISSIVITY = 0x24 // EEPROM 0x04
const MLX90614_STORED_ADDRESS = 0x2e // EEPROM 0x0E
const MLX90614_ID = 0x3c // EEPROM 0x1C … 0x1F
const MLX90614_ID_WORDS = 4
const MLX90614_ERROR_FLAG = 0x8000 // 8.4.6
const MLX90614_POWER_UP_MS = 250 // first valid data
/** Application note 390119061402 asks for 5 ms; Linux waits 20 ms. */
const MLX90614_EEPROM_MS = 20

/**
 * Temperature of what is in front of it, without contact, and of itself (0.01 °C).
 *
 * @devsPart Melexis MLX90614
 * @devsServices temperature
 * @see {@link https://www.melexis.com/en/product/MLX90614 | Datasheet}
 */
export class MLX90614 extends SensorDriver {
    /** Its EEPROM was written: what it measures means nothing until it was switched off and on. */
    isChanged = false

    constructor(bus: I2C, options?: DriverOptions) {
        const prefix = options?.prefix ?? ""
        super("Melexis MLX90614", bus, options?.address ?? MLX90614_ADDRESS, [
            temperatureChannel(prefix + "object_", -7001, 38219),
            temperatureChannel(prefix + "ambient_", -4001, 12501),
        ])
    }

    /**
     * Gives the part another address, which it keeps without supply and takes when it
     * is switched on the next time. A power loss meanwhile can leave it without one;
     * it then answers at 0x00 only.
     *
     * @param address 0x08 … 0x77
     * @throws RangeError for another address; SensorError when the part did not store it;
     *     the bus's own error when it does not answer
     */
    async changeAddress(address: number): Promise<void> {
        if (!(address >= 0x08 && address <= 0x77 && Math.floor(address) === address))
            throw new RangeError("MLX90614: an address is 8 to 119 (0x77), got " + address)
        const word = ((await this.word(MLX90614_STORED_ADDRESS)) & 0xff00) | address
        // A cell has to be erased first (8.4.6).
        await this.storeWord(MLX90614_STORED_ADDRESS, 0)
        await this.storeWord(MLX90614_STORED_ADDRESS, word)
        if ((await this.word(MLX90614_STORED_ADDRESS)) !== word)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": did not store its address")
    }

    /** The checksum over the ids, which contains the address, tells it from other parts. */
    protected override async setup(): Promise<void> {
        if (!(await this.tellsId()) && !(await this.tellsId())) throw wrongPart(this.part)
        // The power went between erasing and writing, see emissivity.ts.
        if ((await this.word(MLX90614_EMISSIVITY)) === 0)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": its emissivity is erased")
        await wait(MLX90614_POWER_UP_MS)
    }

    protected override async measure(): Promise<void> {
        if (this.isChanged)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": must be switched off and on")
        this.putTemperature(0, await this.word(MLX90614_OBJECT))
        this.putTemperature(1, await this.word(MLX90614_AMBIENT))
    }

    private putTemperature(channel: number, word: number): void {
        if ((word & MLX90614_ERROR_FLAG) !== 0) this.qualities[channel] = QUALITY_OUT_OF_RANGE
        else this.put(channel, mlx90614Temperature(word))
    }

    private async tellsId(): Promise<boolean> {
        const id = Buffer.alloc(2 * MLX90614_ID_WORDS)
        try {
            for (let i = 0; i < MLX90614_ID_WORDS; i++)
                id.setAt(2 * i, "u16", await this.word(MLX90614_ID + i))
        } catch (e) {
            if (e instanceof SensorError) return false
            throw e
        }
        this.identity = "serial " + id.toString("hex")
        return true
    }

    /** A word of its memory. @throws SensorError when the checksum is wrong */
    async word(command: number): Promise<number> {
        const bytes = await this.bus.xfer(this.address, Buffer.from([command]), 3)
        const write = this.address << 1
        const packet = Buffer.from([write, command, write | 1, bytes[0], bytes[1]])
        if (packetErrorCode(packet, 5) !== bytes[2]) throw crcError(this.part)
        return bytes[0] | (bytes[1] << 8)
    }

    /** Into its EEPROM, the cell of which holds 0. @param command of the cell */
    async storeWord(command: number, word: number): Promise<void> {
        const packet = Buffer.from([this.address << 1, command, word & 0xff, word >> 8, 0])
        packet[4] = packetErrorCode(packet, 4)
        await this.write(packet.slice(1, 5))
        await wait(MLX90614_EEPROM_MS)
    }
}
