import { I2C } from "@devicescript/i2c"
import { Channel } from "../../../core/channel.js"
import { DriverOptions, wait } from "../driver.js"
import { airPressureChannel, temperatureChannel } from "../channels.js"
import { bmx280Calibration } from "./bmx280-calibration.js"
import { BoschDriver } from "./bosch-driver.js"
import { busAtRest, isResting } from "../registers/register-driver.js"
import {
    BoschCalibration,
    boschFine,
    boschPressure,
    boschTemperature,
    wordAt,
} from "./compensation.js"

// BST-BME280-DS001-24, revision 1.24; BST-BMP280-DS001-11, revision 1.14
// (May 2015). Sections are those of the former.
const BMX280_ADDRESS = 0x76 // 6.2: SDO low; high has 0x77
const BMX280_CALIBRATION = 0x88 // 4.2.2
const BMX280_CALIBRATION_LENGTH = 24
const BMX280_STATUS = 0xf3 // 5.4.4; followed by ctrl_meas and config
const BMX280_DATA = 0xf7 // 5.4.7
const BMX280_MEASURING = 0x08
const BMX280_COPYING = 0x01 // calibration data are on their way into the registers
const BMX280_MODE = 0x03
const BMX280_START_MS = 2 // 1.1: start-up time
const BMX280_NOT_MEASURED = 0x80000 // 5.4.7: after a reset
const BMX280_POLLS = 5
const BMX280_POLL_MS = 4

/** Bits of ctrl_meas: temperature × 2, pressure × 4, one measurement. */
export const BMX280_FORCED = 0x4d
/** 9.1: longest time of one measurement without humidity, 1.25 + 2.3 × 2 + 2.3 × 4 + 0.575 ms. */
export const BMX280_MEASURE_MS = 16

/** What both parts measure. */
export function bmx280Channels(prefix: string): Channel[] {
    return [temperatureChannel(prefix, -4000, 8500), airPressureChannel(prefix, 30000, 110000)]
}

/** BMP280 and BME280: temperature (0.01 °C) and pressure (1 Pa), one forced measurement per sample. */
export abstract class Bmx280Driver extends BoschDriver {
    protected abstract readonly chipId: number
    /** Configures the part and starts a measurement: pairs of register and value, in one transfer. */
    protected abstract readonly command: Buffer
    protected abstract readonly measureMs: number
    /** Bytes of a result. */
    protected abstract readonly dataLength: number

    private calibration: BoschCalibration

    constructor(part: string, bus: I2C, options: DriverOptions, channels: Channel[]) {
        super(part, bus, options?.address ?? BMX280_ADDRESS, channels)
    }

    protected override async setup(): Promise<void> {
        await this.restart(this.chipId, BMX280_START_MS)
        if (((await this.readRegister(BMX280_STATUS)) & BMX280_COPYING) !== 0)
            throw this.neverReady()
        const bytes = await this.readCalibration(BMX280_CALIBRATION, BMX280_CALIBRATION_LENGTH)
        this.calibration = bmx280Calibration(bytes)
        if (this.calibration.t1 === 0 || this.calibration.p1 === 0) throw this.calibrationError()
        await this.readMoreCalibration()
    }

    protected override async measure(): Promise<void> {
        await this.write(this.command)
        await wait(this.measureMs)
        await this.awaitResult()
        const data = await this.readRegisters(BMX280_DATA, this.dataLength)
        // 5.4.7: the lowest 4 bits of pressure and temperature read 0, and no air gives zeros in both.
        if (isResting(data)) throw busAtRest(this.part)
        const pressure = wordAt(data, 0)
        const temperature = wordAt(data, 3)
        if (pressure === BMX280_NOT_MEASURED && temperature === BMX280_NOT_MEASURED)
            throw this.lostSupply()
        const fine = boschFine(this.calibration, temperature)
        this.put(0, boschTemperature(fine))
        this.put(1, boschPressure(this.calibration, pressure, fine))
        this.convertMore(data, fine)
    }

    /** Reads the calibration data of what only one of the parts measures. */
    protected async readMoreCalibration(): Promise<void> {}

    /**
     * Takes further results out of the data.
     *
     * @param data bytes of a result
     * @param fine temperature in 1/5120 °C
     */
    protected abstract convertMore(data: Buffer, fine: number): void

    /** The configuration that was just written must still be there: a supply that broke in cleared it. */
    private async awaitResult(): Promise<void> {
        for (let i = 0; i < BMX280_POLLS; i++) {
            const state = await this.readRegisters(BMX280_STATUS, 3)
            if (((state[1] ^ BMX280_FORCED) & ~BMX280_MODE) !== 0) throw this.lostSupply()
            if ((state[0] & BMX280_MEASURING) === 0 && (state[1] & BMX280_MODE) === 0) return
            await wait(BMX280_POLL_MS)
        }
        throw this.neverReady()
    }
}
