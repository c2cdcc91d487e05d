import { I2C } from "@devicescript/i2c"
import { divRound } from "../../core/fixed.js"
import { QUALITY_NOT_READY, QUALITY_WARMING_UP } from "../../core/quality.js"
import {
    airPressureChannel,
    gasResistanceChannel,
    humidityChannel,
    temperatureChannel,
} from "../shared/channels.js"
import { BoschDriver } from "../shared/bosch/bosch-driver.js"
import {
    BoschCalibration,
    boschFine,
    boschPressure,
    boschTemperature,
    wordAt,
} from "../shared/bosch/compensation.js"
import { DriverOptions, wait } from "../shared/driver.js"
import { busAtRest, isResting } from "../shared/registers/register-driver.js"
import {
    Bme680Calibration,
    bme680Calibration,
    bme680Gas,
    bme680GasWait,
    bme680Heater,
    bme680Humidity,
    bme680MoreCalibration,
    bme688Gas,
} from "./conversion.js"

// BST-BME680-DS001 and BST-BME688-DS000, memory maps; figures as in Bosch's BME68x_SensorAPI 4.4.8
const BME680_ADDRESS = 0x76 // SDO low; high has 0x77
const BME680_CHIP_ID = 0x61
const BME680_START_MS = 10
const BME680_CALIBRATION_1 = 0x8a
const BME680_CALIBRATION_1_LENGTH = 23
const BME680_CALIBRATION_2 = 0xe1
const BME680_CALIBRATION_2_LENGTH = 14
const BME680_CALIBRATION_3 = 0x00
const BME680_CALIBRATION_3_LENGTH = 5
const BME680_VARIANT = 0xf0
const BME680_VARIANT_HIGH = 1 // BME688
const BME680_RES_HEAT_0 = 0x5a
const BME680_GAS_WAIT_0 = 0x64
const BME680_CTRL_GAS_0 = 0x70 // 0: heater on
const BME680_CTRL_GAS_1 = 0x71
const BME680_RUN_GAS = 0x10 // profile 0
const BME688_RUN_GAS = 0x20
const BME680_CTRL_HUM = 0x72
const BME680_HUMIDITY_ONCE = 1
const BME680_CONFIG = 0x75 // 0: filter off
const BME680_CTRL_MEAS = 0x74
const BME680_FORCED = 0x4d // temperature × 2, pressure × 4, one measurement
const BME680_FIELD = 0x1d
const BME680_FIELD_LENGTH = 17
const BME680_NEW_DATA = 0x80
const BME680_GAS_AT = 13 // in the field; the BME688's is 2 further
const BME680_GAS_VALID = 0x20
const BME680_HEAT_STABLE = 0x10
const BME680_MEASURE_MS = 20 // 7 × 1.963 + 9 × 0.477 + 1 ms, without the heater
const BME680_POLLS = 5
const BME680_POLL_MS = 10
const BME680_AMBIENT = 25 // °C, while there is no measurement

/** Options of a BME680 or BME688. */
export interface BME680Options extends DriverOptions {
    /** Temperature of the hot plate, 200 … 400 °C; default 320. */
    heaterCelsius?: number
    /** Time of heating before the gas is measured, 1 … 4,032 ms; default 150. */
    heaterMs?: number
}

/**
 * Temperature (0.01 °C), air pressure (1 Pa), relative humidity (0.01 %RH) and gas resistance (1 Ω).
 *
 * @devsPart Bosch BME680, BME688
 * @devsServices temperature, airPressure, humidity
 * @see {@link https://www.bosch-sensortec.com/products/environmental-sensors/gas-sensors/bme680/ | Datasheet}
 */
export class BME680 extends BoschDriver {
    private readonly celsius: number
    private readonly heaterMs: number
    private calibration: BoschCalibration
    private more: Bme680Calibration
    private isHigh = false
    /** Configures the part and starts a measurement: pairs of register and value. */
    private readonly command: Buffer

    /** @throws RangeError for an option out of range */
    constructor(bus: I2C, options?: BME680Options) {
        super("Bosch BME680", bus, options?.address ?? BME680_ADDRESS, [
            temperatureChannel(options?.prefix, -4000, 8500),
            airPressureChannel(options?.prefix, 30000, 110000),
            humidityChannel(options?.prefix),
            gasResistanceChannel(options?.prefix, 1, 103000000),
        ])
        this.celsius = options?.heaterCelsius ?? 320
        this.heaterMs = options?.heaterMs ?? 150
        checkOption("heaterCelsius", this.celsius, 200, 400)
        checkOption("heaterMs", this.heaterMs, 1, 4032)
        this.command = Buffer.from([
            BME680_RES_HEAT_0,
            0,
            BME680_GAS_WAIT_0,
            bme680GasWait(this.heaterMs),
            BME680_CTRL_GAS_0,
            0,
            BME680_CTRL_GAS_1,
            0,
            BME680_CTRL_HUM,
            BME680_HUMIDITY_ONCE,
            BME680_CONFIG,
            0,
            BME680_CTRL_MEAS,
            BME680_FORCED,
        ])
    }

    protected override async setup(): Promise<void> {
        await this.restart(BME680_CHIP_ID, BME680_START_MS)
        this.isHigh = (await this.readDriven(BME680_VARIANT, 1))[0] === BME680_VARIANT_HIGH
        const first = await this.readCalibration(BME680_CALIBRATION_1, BME680_CALIBRATION_1_LENGTH)
        const second = await this.readCalibration(BME680_CALIBRATION_2, BME680_CALIBRATION_2_LENGTH)
        const third = await this.readCalibration(BME680_CALIBRATION_3, BME680_CALIBRATION_3_LENGTH)
        this.calibration = bme680Calibration(first, second)
        this.more = bme680MoreCalibration(second, third)
        if (this.calibration.t1 === 0 || this.calibration.p1 === 0 || this.more.h2 === 0)
            throw this.calibrationError()
        this.command[7] = this.isHigh ? BME688_RUN_GAS : BME680_RUN_GAS
        this.setHeater(BME680_AMBIENT)
    }

    protected override async measure(): Promise<void> {
        await this.write(this.command)
        await wait(BME680_MEASURE_MS + this.heaterMs)
        const field = await this.awaitField()
        const fine = boschFine(this.calibration, wordAt(field, 5))
        const temperature = boschTemperature(fine)
        this.put(0, temperature)
        this.put(1, boschPressure(this.calibration, wordAt(field, 2), fine))
        this.put(2, bme680Humidity(this.more, (field[8] << 8) | field[9], fine))
        this.putGas(field)
        this.setHeater(divRound(temperature, 100))
    }

    /** The flag of new data is in the same answer as the data; a supply that broke in cleared it. */
    private async awaitField(): Promise<Buffer> {
        for (let i = 0; i < BME680_POLLS; i++) {
            const field = await this.readRegisters(BME680_FIELD, BME680_FIELD_LENGTH)
            // Memory map: in the xlsb of pressure and temperature 4 bits are 0.
            if (field[0] === 0xff && isResting(field)) throw busAtRest(this.part)
            if ((field[0] & BME680_NEW_DATA) !== 0) return field
            await wait(BME680_POLL_MS)
        }
        throw this.neverReady()
    }

    private putGas(field: Buffer): void {
        const at = this.isHigh ? BME680_GAS_AT + 2 : BME680_GAS_AT
        const low = field[at + 1]
        const adc = (field[at] << 2) | (low >> 6)
        const range = low & 15
        this.put(3, this.isHigh ? bme688Gas(adc, range) : bme680Gas(this.more, adc, range))
        if ((low & BME680_GAS_VALID) === 0) this.qualities[3] = QUALITY_NOT_READY
        else if ((low & BME680_HEAT_STABLE) === 0) this.qualities[3] = QUALITY_WARMING_UP
    }

    /** The heater has to be set for the temperature of the air; that of the last sample serves for the next. */
    private setHeater(ambient: number): void {
        this.command[1] = bme680Heater(this.more, this.celsius, ambient)
    }
}

function checkOption(name: string, value: number, min: number, max: number): void {
    if (Math.floor(value) !== value || value < min || value > max)
        throw new RangeError(name + " is a whole number from " + min + " to " + max)
}
