import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { DriverOptions, wait } from "../shared/driver.js"
import { co2Channel, humidityChannel, temperatureChannel } from "../shared/channels.js"
import { PeriodicDriver } from "../shared/sensirion/periodic.js"
import { scd4xHumidity, scd4xOffsetWord, scd4xTemperature } from "./conversion.js"

// Datasheet "SCD4x", version 1.7 (April 2025)
const SCD4X_ADDRESS = 0x62 // table 8
const SCD4X_START = 0x21b1 // 3.6.1: start_periodic_measurement
const SCD4X_START_LOW_POWER = 0x21ac // 3.9.1: start_low_power_periodic_measurement
const SCD4X_READ = 0xec05 // 3.6.2: read_measurement
const SCD4X_STOP = 0x3f86 // 3.6.3: stop_periodic_measurement
const SCD4X_SET_OFFSET = 0x241d // 3.7.1
const SCD4X_GET_OFFSET = 0x2318 // 3.7.2
const SCD4X_SET_ALTITUDE = 0x2427 // 3.7.3
const SCD4X_GET_ALTITUDE = 0x2322 // 3.7.4
const SCD4X_SET_PRESSURE = 0xe000 // 3.7.5
const SCD4X_SET_SELF_CALIBRATION = 0x2416 // 3.8.2
const SCD4X_GET_SELF_CALIBRATION = 0x2313 // 3.8.3
const SCD4X_DATA_READY = 0xe4b8 // 3.9.2: get_data_ready_status
const SCD4X_SERIAL = 0x3682 // 3.10.2: get_serial_number
const SCD4X_READY_BITS = 0x07ff // 3.9.2: all 0 means no data
const SCD4X_POWER_UP_MS = 30 // table 7; versions before 1.4 had 1 s
const SCD4X_STOP_MS = 500 // 3.6.3
const SCD4X_COMMAND_MS = 1 // table 9
const SCD4X_INTERVAL_MS = 5000 // 3.6.1
const SCD4X_LOW_POWER_INTERVAL_MS = 30000 // 3.9.1
const SCD4X_RECALIBRATION_AFTER_MS = 180000 // 3.8.1
// Three response times, after which 95 % of a step are there (tables 1 to 3: 60, 120 and 90 s); those of
// CO2 are also the 3 min that a part has to measure before its reading is good for a reference (3.8.1).
const SCD4X_CO2_SETTLE_MS = 180000
const SCD4X_TEMPERATURE_SETTLE_MS = 360000
const SCD4X_HUMIDITY_SETTLE_MS = 270000
const SCD4X_MAX_PPM = 40000 // table 1: output range

/** Options of {@link SCD4x}. The settings are written at each start; the part keeps its own where they are left out. */
export interface SCD4xOptions extends DriverOptions {
    /**
     * Put before all three names. Without it they are `co2`, `scd4x_temperature` and
     * `scd4x_humidity`, which go along with another thermometer in the same station.
     */
    prefix?: string
    /** Leaves temperature and humidity out. */
    only?: "co2"
    /** Metres above sea level, 0 … 3000, for the pressure compensation. */
    altitude?: number
    /** Self-heating in the enclosure, in 0.01 °C, 0 … 2000; the part's default is 400. */
    temperatureOffset?: number
    /** Automatic self-calibration: right where the room gets fresh air every week. */
    selfCalibration?: boolean
    /** A measurement every 30 s instead of 5 s, at a fifth of the power. */
    lowPower?: boolean
}

/**
 * Carbon dioxide (1 ppm), temperature (0.01 °C) and relative humidity (0.01 %RH).
 * The part measures every 5 s by itself, or every 30 s in low power; a sample takes what is
 * newer than the last one. Calibration and tests are in calibration.ts, measurements on demand
 * in ../scd41.
 *
 * @devsPart Sensirion SCD40, SCD41
 * @devsServices eCO2, temperature, humidity
 * @see {@link https://sensirion.com/products/catalog/SCD41 | Datasheet}
 */
export class SCD4x extends PeriodicDriver {
    /** As they were given. */
    readonly options: SCD4xOptions
    private hectopascals = 0
    private appliedHectopascals = 0

    /** @throws RangeError when a setting is outside of what the part takes */
    constructor(bus: I2C, options?: SCD4xOptions) {
        super(
            "Sensirion SCD4x",
            bus,
            options?.address ?? SCD4X_ADDRESS,
            channelsOf(options),
            // It may just have missed one interval.
            2 * (options?.lowPower === true ? SCD4X_LOW_POWER_INTERVAL_MS : SCD4X_INTERVAL_MS)
        )
        this.options = options ?? {}
        checkSetting("altitude (m)", this.options.altitude, 3000)
        checkSetting("temperatureOffset (0.01 °C)", this.options.temperatureOffset, 2000)
    }

    /**
     * Compensates for the air pressure from the next sample on, instead of the altitude.
     * @param hectopascals 700 … 1200, from a barometer
     * @throws RangeError outside of these limits
     */
    setPressure(hectopascals: number): void {
        if (!(hectopascals >= 700 && hectopascals <= 1200))
            throw new RangeError("SCD4x: pressure must be 700 to 1200 hPa, got " + hectopascals)
        this.hectopascals = Math.floor(hectopascals + 0.5)
    }

    /** Whether it has measured for long enough to be recalibrated, see calibration.ts. */
    canRecalibrate(): boolean {
        return this.isStarted && ds.millis() - this.startedAt >= SCD4X_RECALIBRATION_AFTER_MS
    }

    /** Brings a part that sleeps to where it takes commands. */
    async awaken(): Promise<void> {}

    protected override async readData(): Promise<void> {
        await this.ask(SCD4X_READ, SCD4X_COMMAND_MS, 3)
        // 0 ppm marks an invalid measurement; it is below the channel's minimum.
        this.put(0, this.words[0])
        if (this.channels.length > 1) {
            this.put(1, scd4xTemperature(this.words[1]))
            this.put(2, scd4xHumidity(this.words[2]))
            this.settle(SCD4X_TEMPERATURE_SETTLE_MS, 1, 2)
            this.settle(SCD4X_HUMIDITY_SETTLE_MS, 2, 3)
        }
        this.settle(SCD4X_CO2_SETTLE_MS, 0, 1)
    }

    protected override async stop(): Promise<void> {
        await this.command(SCD4X_STOP)
        await wait(SCD4X_STOP_MS)
    }

    protected override async start(): Promise<void> {
        await this.bringToRest()
        await this.command(this.options.lowPower === true ? SCD4X_START_LOW_POWER : SCD4X_START)
        await wait(SCD4X_COMMAND_MS)
    }

    /** From any state: identifies the part and writes the settings. */
    protected async bringToRest(): Promise<void> {
        const untilPowered = SCD4X_POWER_UP_MS - ds.millis()
        if (untilPowered > 0) await wait(untilPowered)
        // It may still be measuring, and then takes no other command.
        await this.stop()
        await this.identify(
            Buffer.from([SCD4X_SERIAL >> 8, SCD4X_SERIAL & 0xff]),
            SCD4X_COMMAND_MS,
            3
        )
        this.identity = "serial " + this.wordsAsHex()
        const options = this.options
        if (options.temperatureOffset !== undefined)
            await this.set(
                SCD4X_SET_OFFSET,
                SCD4X_GET_OFFSET,
                scd4xOffsetWord(options.temperatureOffset),
                SCD4X_COMMAND_MS
            )
        if (options.altitude !== undefined)
            await this.set(
                SCD4X_SET_ALTITUDE,
                SCD4X_GET_ALTITUDE,
                options.altitude,
                SCD4X_COMMAND_MS
            )
        if (options.selfCalibration !== undefined)
            await this.set(
                SCD4X_SET_SELF_CALIBRATION,
                SCD4X_GET_SELF_CALIBRATION,
                options.selfCalibration ? 1 : 0,
                SCD4X_COMMAND_MS
            )
        this.appliedHectopascals = 0
    }

    protected override async prepare(): Promise<void> {
        if (this.appliedHectopascals === this.hectopascals) return
        await this.commandWord(SCD4X_SET_PRESSURE, this.hectopascals)
        await wait(SCD4X_COMMAND_MS)
        this.appliedHectopascals = this.hectopascals
    }

    protected override async hasData(): Promise<boolean> {
        return ((await this.ask(SCD4X_DATA_READY, SCD4X_COMMAND_MS, 1)) & SCD4X_READY_BITS) !== 0
    }
}

function channelsOf(options: SCD4xOptions): Channel[] {
    const co2 = co2Channel(options?.prefix, 1, SCD4X_MAX_PPM)
    if (options?.only === "co2") return [co2]
    const prefix = options?.prefix ?? "scd4x_"
    return [co2, temperatureChannel(prefix, -1000, 6000), humidityChannel(prefix)]
}

function checkSetting(name: string, value: number, max: number): void {
    if (value === undefined) return
    if (!(value >= 0 && value <= max && Math.floor(value) === value))
        throw new RangeError(
            "SCD4x: " + name + " must be a whole number from 0 to " + max + ", got " + value
        )
}
