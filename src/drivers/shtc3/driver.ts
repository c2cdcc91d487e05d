import { I2C } from "@devicescript/i2c"
import { DriverOptions, wait } from "../shared/driver.js"
import { humidityChannel, temperatureChannel } from "../shared/channels.js"
import { wrongPart } from "../shared/registers/register-driver.js"
import { SensirionDriver } from "../shared/sensirion/words.js"
import { shtc3Humidity, shtc3Temperature } from "./conversion.js"

// Datasheet "SHTC3", version 1 (July 2018)
const SHTC3_ADDRESS = 0x70 // table 6
const SHTC3_WAKE_UP = 0x3517 // 5.1
const SHTC3_SLEEP = 0xb098 // 5.1
const SHTC3_SOFT_RESET = 0x805d // 5.7
const SHTC3_READ_ID = 0xefc8 // 5.9
const SHTC3_ID_MASK = 0x083f // 5.9: the bits that are the product's code
const SHTC3_ID = 0x0807 // 5.9
const SHTC3_MEASURE = 0x7866 // table 9: normal mode, temperature first, no clock stretching
const SHTC3_MEASURE_MS = 13 // table 5: at most 12.1 ms
const SHTC3_START_MS = 1 // table 4: wake-up and reset take at most 0.24 ms
const SHTC3_ID_MS = 1 // not stated; the answer comes from memory

/**
 * Temperature (0.01 °C) and relative humidity (0.01 %RH). The part sleeps between samples.
 *
 * @devsPart Sensirion SHTC3
 * @devsServices temperature, humidity
 * @see {@link https://sensirion.com/products/catalog/SHTC3 | Datasheet}
 */
export class SHTC3 extends SensirionDriver {
    constructor(bus: I2C, options?: DriverOptions) {
        super("Sensirion SHTC3", bus, options?.address ?? SHTC3_ADDRESS, [
            temperatureChannel(options?.prefix, -4500, 13000),
            humidityChannel(options?.prefix),
        ])
    }

    protected override async setup(): Promise<void> {
        await this.wake()
        await this.command(SHTC3_SOFT_RESET)
        await wait(SHTC3_START_MS)
        await this.identify(Buffer.from([SHTC3_READ_ID >> 8, SHTC3_READ_ID & 0xff]), SHTC3_ID_MS, 1)
        if ((this.words[0] & SHTC3_ID_MASK) !== SHTC3_ID) throw wrongPart(this.part)
        this.identity = "id 0x" + this.wordsAsHex(1)
    }

    protected override async measure(): Promise<void> {
        await this.wake()
        await this.command(SHTC3_MEASURE)
        await wait(SHTC3_MEASURE_MS)
        await this.readWords(2)
        this.put(0, shtc3Temperature(this.words[0]))
        this.put(1, shtc3Humidity(this.words[1]))
        await this.command(SHTC3_SLEEP)
    }

    protected override async idle(): Promise<void> {
        await this.wake()
        await this.command(SHTC3_SLEEP)
    }

    /** Also taken by a part that is awake. */
    private async wake(): Promise<void> {
        await this.command(SHTC3_WAKE_UP)
        await wait(SHTC3_START_MS)
    }
}
