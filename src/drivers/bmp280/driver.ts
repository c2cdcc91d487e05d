import { I2C } from "@devicescript/i2c"
import {
    BMX280_FORCED,
    BMX280_MEASURE_MS,
    Bmx280Driver,
    bmx280Channels,
} from "../shared/bosch/bmx280-driver.js"
import { DriverOptions } from "../shared/driver.js"

// BST-BMP280-DS001-11, revision 1.14 (May 2015), section 4.2
const BMP280_CHIP_ID = 0x58
const BMP280_DATA_LENGTH = 6

/**
 * Temperature (0.01 °C) and air pressure (1 Pa).
 *
 * @devsPart Bosch BMP280
 * @devsServices temperature, airPressure
 * @see {@link https://www.bosch-sensortec.com/products/environmental-sensors/pressure-sensors/bmp280/ | Datasheet}
 */
export class BMP280 extends Bmx280Driver {
    protected override readonly chipId = BMP280_CHIP_ID
    /** config: filter off; ctrl_meas. */
    protected override readonly command = Buffer.from([0xf5, 0, 0xf4, BMX280_FORCED])
    protected override readonly measureMs = BMX280_MEASURE_MS
    protected override readonly dataLength = BMP280_DATA_LENGTH

    constructor(bus: I2C, options?: DriverOptions) {
        super("Bosch BMP280", bus, options, bmx280Channels(options?.prefix))
    }

    protected override convertMore(): void {}
}
