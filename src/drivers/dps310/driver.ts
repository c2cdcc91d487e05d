import { I2C } from "@devicescript/i2c"
import { QUALITY_CRC, QUALITY_NOT_READY, QUALITY_TIMEOUT } from "../../core/quality.js"
import { airPressureChannel, temperatureChannel } from "../shared/channels.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, busAtRest, isResting } from "../shared/registers/register-driver.js"
import {
    Dps310Coefficients,
    dps310Coefficients,
    dps310Pressure,
    dps310Result,
    dps310Temperature,
} from "./conversion.js"

// Datasheet "DPS310", version 1.2; section 8 has the registers
const DPS310_ADDRESS = 0x77 // SDO high or open; low has 0x76
const DPS310_RESULTS = 0x00 // pressure, temperature: 3 bytes each
const DPS310_PRS_CFG = 0x06 // followed by TMP_CFG, MEAS_CFG, CFG_REG
const DPS310_TMP_CFG = 0x07
const DPS310_MEAS_CFG = 0x08
const DPS310_CFG_REG = 0x09
const DPS310_RESET = 0x0c
const DPS310_SOFT_RESET = 0x09
const DPS310_PRODUCT_ID = 0x0d
const DPS310_ID = 0x10
const DPS310_COEF = 0x10
const DPS310_COEF_LENGTH = 18
const DPS310_COEF_SRCE = 0x28
const DPS310_EXTERNAL = 0x80 // bit of COEF_SRCE and TMP_CFG: the sensor element, not the chip
const DPS310_START_MS = 40 // table 6: until the coefficients are there
const DPS310_STARTED = 0xc0 // COEF_RDY, SENSOR_RDY
const DPS310_START_STATE = 0xc7 // these, and MEAS_CTRL, which is 0 after a reset
const DPS310_TIMES_64 = 6
const DPS310_TIMES_8 = 3
const DPS310_SHIFT_PRESSURE = 0x04 // for more than 8 times oversampling
const DPS310_MEASURE_PRESSURE = 1
const DPS310_PRESSURE_READY = 0x10
const DPS310_PRESSURE_MS = 105 // table 16: 104.4 ms
const DPS310_MEASURE_TEMPERATURE = 2
const DPS310_TEMPERATURE_READY = 0x20
const DPS310_TEMPERATURE_MS = 15 // table 16: 14.8 ms
const DPS310_POLLS = 5
const DPS310_POLL_MS = 10
// Not in the datasheet; Infineon's own library (correctTemp), github.com/openbmc/openbmc/issues/2003
const DPS310_GAIN_STATE = 0x32
const DPS310_GAIN_IS_HIGH = 0x02

/**
 * Air pressure (0.1 Pa) and temperature (0.01 °C).
 *
 * @devsPart Infineon DPS310
 * @devsServices temperature, airPressure
 * @see {@link https://www.infineon.com/cms/en/product/sensor/pressure-sensors/pressure-sensors-for-iot/dps310/ | Datasheet}
 */
export class DPS310 extends RegisterDriver {
    private coefficients: Dps310Coefficients
    private temperatureConfig = 0

    constructor(bus: I2C, options?: DriverOptions) {
        super("Infineon DPS310", bus, options?.address ?? DPS310_ADDRESS, [
            temperatureChannel(options?.prefix, -4000, 8500),
            airPressureChannel(options?.prefix, 300000, 1200000, 10),
        ])
    }

    protected override async setup(): Promise<void> {
        await this.expectId(DPS310_PRODUCT_ID, DPS310_ID)
        await this.writeRegister(DPS310_RESET, DPS310_SOFT_RESET)
        await wait(DPS310_START_MS)
        const state = await this.readRegister(DPS310_MEAS_CFG)
        if ((state & DPS310_START_STATE) !== DPS310_STARTED) throw this.neverReady()
        await this.repairGain()
        const source = (await this.readDriven(DPS310_COEF_SRCE, 1))[0] & DPS310_EXTERNAL
        await this.readCoefficients()
        this.temperatureConfig = source | DPS310_TIMES_8
        await this.writeRegister(DPS310_PRS_CFG, DPS310_TIMES_64)
        await this.writeRegister(DPS310_TMP_CFG, this.temperatureConfig)
        await this.writeRegister(DPS310_CFG_REG, DPS310_SHIFT_PRESSURE)
    }

    /** Pressure is compensated with the temperature, so that comes first. */
    protected override async measure(): Promise<void> {
        await this.writeRegister(DPS310_MEAS_CFG, DPS310_MEASURE_TEMPERATURE)
        await wait(DPS310_TEMPERATURE_MS)
        await this.awaitReady(DPS310_TEMPERATURE_READY)
        await this.writeRegister(DPS310_MEAS_CFG, DPS310_MEASURE_PRESSURE)
        await wait(DPS310_PRESSURE_MS)
        await this.awaitReady(DPS310_PRESSURE_READY)
        const bytes = await this.readRegisters(DPS310_RESULTS, 6)
        // Two results that are both 0, or both −1, are none: 24 bits each in 2^47 measurements.
        if (isResting(bytes)) throw busAtRest(this.part)
        const pressure = dps310Result(bytes, 0)
        const temperature = dps310Result(bytes, 3)
        this.put(0, dps310Temperature(this.coefficients, temperature))
        this.put(1, dps310Pressure(this.coefficients, pressure, temperature))
    }

    /** Some parts start with too little gain and read 60 °C at 20 °C; five undocumented writes cure that. */
    private async repairGain(): Promise<void> {
        if (((await this.readDriven(DPS310_GAIN_STATE, 1))[0] & DPS310_GAIN_IS_HIGH) !== 0) return
        await this.writeRegister(0x0e, 0xa5)
        await this.writeRegister(0x0f, 0x96)
        await this.writeRegister(0x62, DPS310_GAIN_IS_HIGH)
        await this.writeRegister(0x0e, 0x00)
        await this.writeRegister(0x0f, 0x00)
    }

    /** Coefficients have no checksum, and one wrong bit would spoil every reading: they are read twice. */
    private async readCoefficients(): Promise<void> {
        const bytes = await this.readRegisters(DPS310_COEF, DPS310_COEF_LENGTH)
        const again = await this.readRegisters(DPS310_COEF, DPS310_COEF_LENGTH)
        this.coefficients = dps310Coefficients(bytes)
        let isSame = this.coefficients.c1 !== 0 && this.coefficients.c10 !== 0
        for (let i = 0; i < DPS310_COEF_LENGTH; i++) if (bytes[i] !== again[i]) isSame = false
        if (!isSame)
            throw new SensorError(QUALITY_CRC, this.part + ": its calibration data make no sense")
    }

    /** A supply that broke in clears the configuration too, which is in the same answer. */
    private async awaitReady(flag: number): Promise<void> {
        for (let i = 0; i < DPS310_POLLS; i++) {
            const state = await this.readRegisters(DPS310_PRS_CFG, 4)
            if (
                state[0] !== DPS310_TIMES_64 ||
                state[1] !== this.temperatureConfig ||
                state[3] !== DPS310_SHIFT_PRESSURE
            )
                throw this.lostSupply()
            if ((state[2] & flag) !== 0) return
            await wait(DPS310_POLL_MS)
        }
        throw this.neverReady()
    }

    private lostSupply(): SensorError {
        return new SensorError(QUALITY_NOT_READY, this.part + ": it lost power meanwhile")
    }

    private neverReady(): SensorError {
        return new SensorError(QUALITY_TIMEOUT, this.part + ": it does not get ready")
    }
}
