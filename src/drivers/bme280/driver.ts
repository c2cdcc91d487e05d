import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { humidityChannel } from "../shared/channels.js"
import {
    BMX280_FORCED,
    BMX280_MEASURE_MS,
    Bmx280Driver,
    bmx280Channels,
} from "../shared/bosch/bmx280-driver.js"
import { DriverOptions } from "../shared/driver.js"
import { Bme280Humidity, bme280Humidity, bme280HumidityCalibration } from "./conversion.js"

// BST-BME280-DS001-24, revision 1.24
const BME280_CHIP_ID = 0x60 // 5.4.1
const BME280_HUMIDITY_1 = 0xa1 // 4.2.2
const BME280_HUMIDITY_2 = 0xe1
const BME280_HUMIDITY_2_LENGTH = 7
const BME280_HUMIDITY_MS = 3 // 9.1: 2.3 + 0.575 ms
const BME280_DATA_LENGTH = 8

/**
 * Temperature (0.01 °C), air pressure (1 Pa) and relative humidity (0.01 %RH).
 *
 * @devsPart Bosch BME280
 * @devsServices temperature, airPressure, humidity
 * @see {@link https://www.bosch-sensortec.com/products/environmental-sensors/humidity-sensors-bme280/ | Datasheet}
 */
export class BME280 extends Bmx280Driver {
    protected override readonly chipId = BME280_CHIP_ID
    /** ctrl_hum (5.4.3): humidity × 1, in force with the next write of ctrl_meas; config: filter off. */
    protected override readonly command = Buffer.from([0xf2, 1, 0xf5, 0, 0xf4, BMX280_FORCED])
    protected override readonly measureMs = BMX280_MEASURE_MS + BME280_HUMIDITY_MS
    protected override readonly dataLength = BME280_DATA_LENGTH

    private humidity: Bme280Humidity

    constructor(bus: I2C, options?: DriverOptions) {
        super("Bosch BME280", bus, options, channelsOf(options?.prefix))
    }

    protected override async readMoreCalibration(): Promise<void> {
        const first = await this.readCalibration(BME280_HUMIDITY_1, 1)
        const rest = await this.readCalibration(BME280_HUMIDITY_2, BME280_HUMIDITY_2_LENGTH)
        this.humidity = bme280HumidityCalibration(first[0], rest)
        if (this.humidity.h2 === 0) throw this.calibrationError()
    }

    protected override convertMore(data: Buffer, fine: number): void {
        this.put(2, bme280Humidity(this.humidity, (data[6] << 8) | data[7], fine))
    }
}

function channelsOf(prefix: string): Channel[] {
    const channels = bmx280Channels(prefix)
    channels.push(humidityChannel(prefix))
    return channels
}
