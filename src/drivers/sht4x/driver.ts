import { I2C } from "@devicescript/i2c"
import { divRound } from "../../core/fixed.js"
import { DriverOptions, wait } from "../driver.js"
import { humidityChannel, temperatureChannel } from "../channels.js"
import { SensirionDriver } from "../sensirion/words.js"

// Datasheet "SHT4x", version 6.5 (July 2024)
const SHT4X_ADDRESS = 0x44 // table 1: SHT4x-A; -B has 0x45, -C 0x46
const SHT4X_MEASURE_HIGH = 0xfd // 4.5: temperature and humidity, high repeatability
const SHT4X_READ_SERIAL = 0x89 // 4.5
const SHT4X_SOFT_RESET = 0x94 // 4.5
const SHT4X_MEASURE_MS = 10 // table 4: at most 8.3 ms
const SHT4X_RESET_MS = 2 // table 4: at most 1 ms

/**
 * Temperature (0.01 °C) and relative humidity (0.01 %RH).
 *
 * @devsPart Sensirion SHT40, SHT41, SHT45
 * @devsServices temperature, humidity
 * @see {@link https://sensirion.com/products/catalog/SHT40 | Datasheet}
 */
export class SHT4x extends SensirionDriver {
    /** Serial number of the part; 0 before it answered. */
    serial = 0

    constructor(bus: I2C, options?: DriverOptions) {
        super("Sensirion SHT4x", bus, options?.address ?? SHT4X_ADDRESS, [
            temperatureChannel(options?.prefix, -4500, 13000),
            humidityChannel(options?.prefix),
        ])
    }

    protected override async setup(): Promise<void> {
        await this.write(Buffer.from([SHT4X_SOFT_RESET]))
        await wait(SHT4X_RESET_MS)
        await this.write(Buffer.from([SHT4X_READ_SERIAL]))
        await wait(1)
        await this.readWords(2)
        this.serial = this.words[0] * 65536 + this.words[1]
    }

    protected override async measure(): Promise<void> {
        await this.write(Buffer.from([SHT4X_MEASURE_HIGH]))
        await wait(SHT4X_MEASURE_MS)
        await this.readWords(2)
        this.put(0, sht4xTemperature(this.words[0]))
        this.put(1, sht4xHumidity(this.words[1]))
    }
}

/**
 * Ticks to 0.01 °C: T = −45 °C + 175 °C × ticks / 65535 (section 4.6).
 * 26214 ticks are 25.00 °C: 17500 × 26214 / 65535 − 4500 = 2500.
 */
export function sht4xTemperature(ticks: number): number {
    return divRound(17500 * ticks, 65535) - 4500
}

/**
 * Ticks to 0.01 %RH: RH = −6 % + 125 % × ticks / 65535, cropped to 0 … 100 %
 * as section 4.6 asks. 29360 ticks are 50.00 %RH.
 */
export function sht4xHumidity(ticks: number): number {
    const humidity = divRound(12500 * ticks, 65535) - 600
    if (humidity < 0) return 0
    if (humidity > 10000) return 10000
    return humidity
}
