import { I2C } from "@devicescript/i2c"
import { DriverOptions, wait } from "../shared/driver.js"
import { humidityChannel, temperatureChannel } from "../shared/channels.js"
import { SensirionDriver } from "../shared/sensirion/words.js"
import { sht4xHumidity, sht4xTemperature } from "./conversion.js"

// Datasheet "SHT4x", version 6.5 (July 2024)
const SHT4X_ADDRESS = 0x44 // table 1: SHT4x-A; -B has 0x45, -C 0x46
const SHT4X_MEASURE_HIGH = 0xfd // 4.5: temperature and humidity, high repeatability
const SHT4X_READ_SERIAL = 0x89 // 4.5
const SHT4X_SOFT_RESET = 0x94 // 4.5
const SHT4X_MEASURE_MS = 9 // table 4: at most 8.3 ms
const SHT4X_RESET_MS = 1 // table 4: at most 1 ms
const SHT4X_SERIAL_MS = 1 // not stated; the answer comes from memory

/**
 * Temperature (0.01 °C) and relative humidity (0.01 %RH).
 *
 * @devsPart Sensirion SHT40, SHT41, SHT45
 * @devsServices temperature, humidity
 * @see {@link https://sensirion.com/products/catalog/SHT40 | Datasheet}
 */
export class SHT4x extends SensirionDriver {
    constructor(bus: I2C, options?: DriverOptions) {
        super("Sensirion SHT4x", bus, options?.address ?? SHT4X_ADDRESS, [
            temperatureChannel(options?.prefix, -4500, 13000),
            humidityChannel(options?.prefix),
        ])
    }

    protected override async setup(): Promise<void> {
        await this.write(Buffer.from([SHT4X_SOFT_RESET]))
        await wait(SHT4X_RESET_MS)
        await this.identify(Buffer.from([SHT4X_READ_SERIAL]), SHT4X_SERIAL_MS, 2)
        this.identity = "serial " + this.wordsAsHex()
    }

    protected override async measure(): Promise<void> {
        await this.write(Buffer.from([SHT4X_MEASURE_HIGH]))
        await wait(SHT4X_MEASURE_MS)
        await this.readWords(2)
        this.put(0, sht4xTemperature(this.words[0]))
        this.put(1, sht4xHumidity(this.words[1]))
    }
}
