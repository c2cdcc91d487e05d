import { I2C } from "@devicescript/i2c"
import { QUALITY_NOT_READY, QUALITY_SATURATED, QUALITY_TIMEOUT } from "../../core/quality.js"
import { illuminanceChannel, uvIndexChannel } from "../shared/channels.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, wrongPart, idText } from "../shared/registers/register-driver.js"
import { ltr390Illuminance, ltr390UvIndex } from "./conversion.js"

// Datasheet "LTR-390UV-01", DS86-2015-0004, version 1.1
const LTR390_ADDRESS = 0x53
const LTR390_CONTROL = 0x00 // MAIN_CTRL
const LTR390_RATE = 0x04 // MEAS_RATE
const LTR390_GAIN = 0x05
const LTR390_PART_ID = 0x06
const LTR390_STATUS = 0x07 // MAIN_STATUS
const LTR390_LIGHT = 0x0d // ALS_DATA, 3 B
const LTR390_UV = 0x10 // UVS_DATA, 3 B
const LTR390_STANDBY = 0x00
const LTR390_MEASURE_LIGHT = 0x02
const LTR390_MEASURE_UV = 0x0a
const LTR390_20_BITS = 0x04 // 400 ms, at most every 500 ms
const LTR390_GAIN_1 = 0x00
const LTR390_GAIN_18 = 0x04
const LTR390_DATA_READY = 0x08
const LTR390_STATUS_ZEROS = 0xc7 // MAIN_STATUS: reserved, 0
const LTR390_MEASURE_MS = 400
const LTR390_FULL_SCALE = 0xfffff

/** The datasheet gives no longest time; a measurement that takes half as long again is none, ms. */
const LATEST_MS = 200
const POLL_MS = 10

/** Options of {@link LTR390}. */
export interface LTR390Options extends DriverOptions {
    /**
     * Counts at a UV index of 1, with gain 18 and 20 bits: 2300 (default) by version 1.1 of the
     * datasheet; others use 1400. A window in front of the part lowers it.
     */
    uvSensitivity?: number
}

/**
 * Illuminance (0.1 lx) and UV index (0.01), one after the other: the part has one converter.
 *
 * @devsPart LITEON LTR-390UV-01
 * @devsServices illuminance, uvIndex
 * @see {@link https://optoelectronics.liteon.com/upload/download/DS86-2015-0004/LTR-390UV_Final_%20DS_V1%201.pdf | Datasheet}
 */
export class LTR390 extends RegisterDriver {
    private readonly sensitivity: number

    /** @throws RangeError when the sensitivity is not a whole number from 1 to 100,000 */
    constructor(bus: I2C, options?: LTR390Options) {
        const sensitivity = options?.uvSensitivity ?? 2300
        super("LITEON LTR-390UV", bus, options?.address ?? LTR390_ADDRESS, [
            illuminanceChannel(options?.prefix, ltr390Illuminance(LTR390_FULL_SCALE)),
            uvIndexChannel(options?.prefix, ltr390UvIndex(LTR390_FULL_SCALE, sensitivity)),
        ])
        if (!(sensitivity >= 1 && sensitivity <= 100000 && Math.floor(sensitivity) === sensitivity))
            throw new RangeError(
                "LTR390: uvSensitivity must be a whole number from 1 to 100000, got " + sensitivity
            )
        this.sensitivity = sensitivity
    }

    protected override async setup(): Promise<void> {
        let id = await this.readRegister(LTR390_PART_ID)
        if (id >> 4 !== 0xb) id = await this.readRegister(LTR390_PART_ID)
        if (id >> 4 !== 0xb) throw wrongPart(this.part)
        this.identity = idText(id)
        await this.writeRegister(LTR390_CONTROL, LTR390_STANDBY)
        await this.writeRegister(LTR390_RATE, LTR390_20_BITS)
    }

    protected override async measure(): Promise<void> {
        const light = await this.counts(LTR390_MEASURE_LIGHT, LTR390_GAIN_1, LTR390_LIGHT)
        this.put(0, ltr390Illuminance(light))
        if (light === LTR390_FULL_SCALE) this.qualities[0] = QUALITY_SATURATED
        const uv = await this.counts(LTR390_MEASURE_UV, LTR390_GAIN_18, LTR390_UV)
        this.put(1, ltr390UvIndex(uv, this.sensitivity))
        if (uv === LTR390_FULL_SCALE) this.qualities[1] = QUALITY_SATURATED
        await this.idle()
    }

    protected override async idle(): Promise<void> {
        await this.writeRegister(LTR390_CONTROL, LTR390_STANDBY)
    }

    private async counts(mode: number, gain: number, data: number): Promise<number> {
        await this.writeRegister(LTR390_CONTROL, LTR390_STANDBY)
        await this.writeRegister(LTR390_GAIN, gain)
        // A measurement that was broken off may have left data of either kind, and their flag.
        await this.readRegister(LTR390_STATUS)
        await this.readRegisters(LTR390_LIGHT, 6)
        await this.writeRegister(LTR390_CONTROL, mode)
        await wait(LTR390_MEASURE_MS)
        await this.ready()
        const bytes = await this.readDriven(data, 3)
        // After a power loss it is another one.
        if ((await this.readRegister(LTR390_RATE)) !== LTR390_20_BITS)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost its settings")
        return bytes[0] | (bytes[1] << 8) | ((bytes[2] & 0x0f) << 16)
    }

    private async ready(): Promise<void> {
        for (let waited = 0; waited <= LATEST_MS; waited = waited + POLL_MS) {
            const status = await this.readRegister(LTR390_STATUS)
            if ((status & (LTR390_DATA_READY | LTR390_STATUS_ZEROS)) === LTR390_DATA_READY) return
            await wait(POLL_MS)
        }
        throw new SensorError(QUALITY_TIMEOUT, this.part + ": does not get ready")
    }
}
