import { I2C } from "@devicescript/i2c"
import { DriverOptions, wait } from "../shared/driver.js"
import { humidityChannel, temperatureChannel } from "../shared/channels.js"
import { SensirionDriver } from "../shared/sensirion/words.js"
import { sht3xHumidity, sht3xTemperature } from "./conversion.js"

// Datasheet "SHT3x-DIS", version 5 (May 2018)
const SHT3X_ADDRESS = 0x44 // table 8: pin ADDR low; 0x45 when it is high
const SHT3X_MEASURE_HIGH = 0x2400 // table 9: high repeatability, no clock stretching
const SHT3X_BREAK = 0x3093 // 4.8: stops a periodic mode
const SHT3X_SOFT_RESET = 0x30a2 // 4.9; taken in idle state only
const SHT3X_READ_STATUS = 0xf32d // 4.11
const SHT3X_MEASURE_MS = 16 // table 4: at most 15.5 ms
const SHT3X_RESET_MS = 2 // table 4: at most 1.5 ms
const SHT3X_COMMAND_MS = 1 // 4.3: until it takes another command
// "Electronic Identification Code", version 3 (January 2023)
const SHT3X_READ_SERIAL = 0x3682 // no clock stretching

/**
 * Temperature (0.01 °C) and relative humidity (0.01 %RH).
 *
 * @devsPart Sensirion SHT30, SHT31, SHT35
 * @devsServices temperature, humidity
 * @see {@link https://sensirion.com/products/catalog/SHT31-DIS-B | Datasheet}
 */
export class SHT3x extends SensirionDriver {
    constructor(bus: I2C, options?: DriverOptions) {
        super("Sensirion SHT3x", bus, options?.address ?? SHT3X_ADDRESS, [
            temperatureChannel(options?.prefix, -4500, 13000),
            humidityChannel(options?.prefix),
        ])
    }

    /**
     * The status register is what only an SHT3x answers. The serial number is read
     * where there is one: parts that are compatible with the SHT30 may lack it.
     */
    protected override async setup(): Promise<void> {
        await this.command(SHT3X_BREAK)
        await wait(SHT3X_COMMAND_MS)
        await this.command(SHT3X_SOFT_RESET)
        await wait(SHT3X_RESET_MS)
        await this.identify(
            Buffer.from([SHT3X_READ_STATUS >> 8, SHT3X_READ_STATUS & 0xff]),
            SHT3X_COMMAND_MS,
            1
        )
        this.identity = await this.readIdentity()
    }

    protected override async measure(): Promise<void> {
        await this.command(SHT3X_MEASURE_HIGH)
        await wait(SHT3X_MEASURE_MS)
        await this.readWords(2)
        this.put(0, sht3xTemperature(this.words[0]))
        this.put(1, sht3xHumidity(this.words[1]))
    }

    private async readIdentity(): Promise<string> {
        try {
            await this.command(SHT3X_READ_SERIAL)
            await wait(SHT3X_COMMAND_MS)
            await this.readWords(2)
            return "serial " + this.wordsAsHex()
        } catch {
            return ""
        }
    }
}
