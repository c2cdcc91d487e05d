import { I2C } from "@devicescript/i2c"
import { crc8 } from "../../core/crc.js"
import { QUALITY_NOT_READY, QUALITY_TIMEOUT } from "../../core/quality.js"
import { humidityChannel, temperatureChannel } from "../shared/channels.js"
import { DriverOptions, SensorDriver, SensorError, crcError, wait } from "../shared/driver.js"
import { wrongPart } from "../shared/registers/register-driver.js"
import { aht20Humidity, aht20Temperature } from "./conversion.js"

// ASAIR "AHT20", data sheet V1.0.03
const AHT20_ADDRESS = 0x38 // 5.3
const AHT20_SOFT_RESET = hex`ba` // 5.5
const AHT20_INITIALISE = hex`be0800` // 5.4
const AHT20_MEASURE = hex`ac3300` // 5.4
const AHT20_BUSY = 0x80 // table 9: status
const AHT20_CALIBRATED = 0x08
const AHT20_RESET_MS = 20 // 5.5: at most
const AHT20_INITIALISE_MS = 10 // 5.4
const AHT20_MEASURE_MS = 80 // 5.4
const AHT20_LENGTH = 7 // status, humidity and temperature, checksum
const AHT20_POLLS = 5
const AHT20_POLL_MS = 10
const NOBODY_DRIVES = 0xff

/**
 * Temperature (0.01 °C) and relative humidity (0.01 %RH).
 *
 * @devsPart ASAIR AHT20
 * @devsServices temperature, humidity
 * @see {@link https://asairsensors.com/product/aht20-sensor/ | Datasheet}
 */
export class AHT20 extends SensorDriver {
    constructor(bus: I2C, options?: DriverOptions) {
        super("ASAIR AHT20", bus, options?.address ?? AHT20_ADDRESS, [
            temperatureChannel(options?.prefix, -4000, 8500),
            humidityChannel(options?.prefix),
        ])
    }

    /**
     * The part has no identity: that it gives a result with a right checksum is how it is
     * known. It is asked twice, since one disturbed transfer must not look like another part.
     */
    protected override async setup(): Promise<void> {
        await this.write(AHT20_SOFT_RESET)
        await wait(AHT20_RESET_MS)
        if (!(await this.isCalibrated())) {
            await this.write(AHT20_INITIALISE)
            await wait(AHT20_INITIALISE_MS)
            if (!(await this.isCalibrated())) throw wrongPart(this.part)
        }
        for (let attempt = 0; attempt < 2; attempt++)
            if (hasRightCheckValue(await this.measured())) return
        throw wrongPart(this.part)
    }

    protected override async measure(): Promise<void> {
        const bytes = await this.measured()
        if (!hasRightCheckValue(bytes)) throw crcError(this.part)
        const humidity = (bytes[1] << 12) | (bytes[2] << 4) | (bytes[3] >> 4)
        const temperature = ((bytes[3] & 15) << 16) | (bytes[4] << 8) | bytes[5]
        if ((bytes[0] & AHT20_CALIBRATED) === 0 || (humidity === 0 && temperature === 0))
            throw new SensorError(QUALITY_NOT_READY, this.part + ": it lost power meanwhile")
        this.put(0, aht20Temperature(temperature))
        this.put(1, aht20Humidity(humidity))
    }

    private async isCalibrated(): Promise<boolean> {
        return ((await this.read(1))[0] & AHT20_CALIBRATED) !== 0
    }

    /** Measures once and waits for the end. */
    private async measured(): Promise<Buffer> {
        await this.write(AHT20_MEASURE)
        await wait(AHT20_MEASURE_MS)
        for (let i = 0; i < AHT20_POLLS; i++) {
            const bytes = await this.read(AHT20_LENGTH)
            if ((bytes[0] & AHT20_BUSY) === 0) return bytes
            if (bytes[0] === NOBODY_DRIVES) throw wrongPart(this.part)
            await wait(AHT20_POLL_MS)
        }
        throw new SensorError(QUALITY_TIMEOUT, this.part + ": its measurement does not end")
    }
}

function hasRightCheckValue(bytes: Buffer): boolean {
    return crc8(bytes, 0, AHT20_LENGTH - 1) === bytes[AHT20_LENGTH - 1]
}
