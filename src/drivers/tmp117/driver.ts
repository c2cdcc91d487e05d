import { I2C } from "@devicescript/i2c"
import { QUALITY_NOT_READY, QUALITY_TIMEOUT } from "../../core/quality.js"
import { temperatureChannel } from "../shared/channels.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, signed16 } from "../shared/registers/register-driver.js"
import { tmp117Temperature } from "./conversion.js"

// Datasheet "TMP117", SNOSD82D (September 2022)
const TMP117_ADDRESS = 0x48 // table 7-2: ADD0 to GND; V+ 0x49, SDA 0x4A, SCL 0x4B
const TMP117_RESULT = 0x00 // 7.6.2
const TMP117_EMPTY = -32768 // 7.6.2: until the first conversion after power-up
const TMP117_CONFIG = 0x01 // 7.6.3
const TMP117_ID = 0x0f // 7.6.11: revision in bits 15 to 12, device id below
const TMP117_ID_MASK = 0x0fff
const TMP117_DEVICE_ID = 0x0117
const TMP117_DATA_READY = 0x2000 // 7.6.3
const TMP117_SETTINGS = 0x0ffc // 7.6.3: without the flags and the reset
const TMP117_SHUTDOWN = 0x0400
const TMP117_ONE_SHOT = 0x0c00
const TMP117_AVERAGE_8 = 0x0020 // 7.6.3: AVG
const TMP117_IDLE = TMP117_SHUTDOWN | TMP117_AVERAGE_8
/** 7.6.3: all but the flags and the mode; bits 1 and 0 read 0, so neither ones nor zeros pass. */
const TMP117_KEPT = 0x03ff
const TMP117_SOFT_RESET = 0x0002 // 7.6.3
const TMP117_RESET_MS = 2 // 6.5: 2 ms for a reset; 7.3.1: 1.5 ms after power-up
const TMP117_MEASURE_MS = 140 // 6.5: 8 conversions of 17.5 ms at most
const TMP117_POLLS = 3
const TMP117_MIN = -5500 // 6.3, 0.01 °C
const TMP117_MAX = 15000

/**
 * Temperature (0.01 °C).
 *
 * @devsPart Texas Instruments TMP117
 * @devsServices temperature
 * @see {@link https://www.ti.com/product/TMP117 | Datasheet}
 */
export class TMP117 extends RegisterDriver {
    constructor(bus: I2C, options?: DriverOptions) {
        super("Texas Instruments TMP117", bus, options?.address ?? TMP117_ADDRESS, [
            temperatureChannel(options?.prefix, TMP117_MIN, TMP117_MAX),
        ])
    }

    protected override async setup(): Promise<void> {
        await this.expectWordId(TMP117_ID, TMP117_DEVICE_ID, TMP117_ID_MASK)
        await this.writeWord(TMP117_CONFIG, TMP117_SOFT_RESET)
        await wait(TMP117_RESET_MS)
        // The reset has brought back the offset of the part's EEPROM: it is a calibration, and stays.
        await this.writeWord(TMP117_CONFIG, TMP117_IDLE)
        if (((await this.readWord(TMP117_CONFIG)) & TMP117_SETTINGS) !== TMP117_IDLE)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": does not keep its settings")
    }

    /**
     * One shot with 8 averages. Its end sets the flag "data ready" and the mode to shutdown; after
     * a power loss the part measures by itself, with the flag but in another mode.
     */
    protected override async measure(): Promise<void> {
        await this.writeWord(TMP117_CONFIG, TMP117_ONE_SHOT | TMP117_AVERAGE_8)
        await wait(TMP117_MEASURE_MS)
        for (let polls = 0; !(await this.isDone()); polls++) {
            if (polls >= TMP117_POLLS)
                throw new SensorError(QUALITY_TIMEOUT, this.part + ": the measurement does not end")
            await wait(1)
        }
        let steps = signed16(await this.readWord(TMP117_RESULT))
        if (steps === 0 || steps === -1) {
            // What a bus reads as that nobody drives is 0 or −0.01 °C here.
            await this.isDone()
            steps = signed16(await this.readWord(TMP117_RESULT))
        }
        if (steps === TMP117_EMPTY)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost power")
        this.put(0, tmp117Temperature(steps))
    }

    protected override async idle(): Promise<void> {
        await this.writeWord(TMP117_CONFIG, TMP117_IDLE)
    }

    private async isDone(): Promise<boolean> {
        const config = await this.readWord(TMP117_CONFIG)
        // Both modes have this bit; the part measures by itself without it.
        if ((config & (TMP117_KEPT | TMP117_SHUTDOWN)) !== TMP117_IDLE)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost its configuration")
        return (config & TMP117_DATA_READY) !== 0
    }
}
