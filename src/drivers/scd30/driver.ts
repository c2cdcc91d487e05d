import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { QUALITY_NOT_READY } from "../../core/quality.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { co2Channel, humidityChannel, temperatureChannel } from "../shared/channels.js"
import { floatToScaled } from "../shared/sensirion/float.js"
import { PeriodicDriver } from "../shared/sensirion/periodic.js"

// "Interface Description Sensirion SCD30", version 1.0 (May 2020)
const SCD30_ADDRESS = 0x61 // 1.1.1
const SCD30_START = 0x0010 // 1.4.1: with the pressure
const SCD30_STOP = 0x0104 // 1.4.2
const SCD30_INTERVAL = 0x4600 // 1.4.3
const SCD30_DATA_READY = 0x0202 // 1.4.4
const SCD30_READ = 0x0300 // 1.4.5
const SCD30_SELF_CALIBRATION = 0x5306 // 1.4.6
const SCD30_RECALIBRATION = 0x5204 // 1.4.6
const SCD30_OFFSET = 0x5403 // 1.4.7
const SCD30_ALTITUDE = 0x5102 // 1.4.8
const SCD30_FIRMWARE = 0xd100 // 1.4.9
const SCD30_SERIAL = 0xd033 // Sensirion's own driver; not in the description
const SCD30_SERIAL_WORDS = 16
const SCD30_POWER_UP_MS = 2000 // 1.1
const SCD30_READ_MS = 4 // 1.4.4: more than 3 ms between command and read header
const SCD30_WRITE_MS = 10 // Sensirion's own driver, embedded-i2c-scd30
/** As long as it has to measure before its reading is good for a reference (1.4.6). */
const SCD30_SETTLE_MS = 120000
const SCD30_MAX_PPM = 40000
/** 10 hPa are 1 % of CO2. Each change is written to a memory that wears out, hPa. */
const SCD30_PRESSURE_STEP = 5

/** Options of {@link SCD30}. The part stores settings for good, so they are written only where they differ. */
export interface SCD30Options extends DriverOptions {
    /**
     * Put before all three names. Without it they are `co2`, `scd30_temperature` and
     * `scd30_humidity`, which go along with another thermometer in the same station.
     */
    prefix?: string
    /** Leaves temperature and humidity out. */
    only?: "co2"
    /** Seconds between measurements, 2 … 1800; default 2. */
    interval?: number
    /** Metres above sea level, 0 … 3000; the part disregards it once it was given a pressure. */
    altitude?: number
    /** Self-heating in the enclosure, in 0.01 °C, 0 … 2000; the part's default is 0. */
    temperatureOffset?: number
    /** Automatic self-calibration: right where the room gets fresh air every day. */
    selfCalibration?: boolean
}

/**
 * Carbon dioxide (1 ppm), temperature (0.01 °C) and relative humidity (0.01 %RH).
 * The part measures by itself; a sample takes what is newer than the last one.
 *
 * @devsPart Sensirion SCD30
 * @devsServices eCO2, temperature, humidity
 * @see {@link https://sensirion.com/products/catalog/SCD30 | Datasheet}
 */
export class SCD30 extends PeriodicDriver {
    /** As they were given. */
    readonly options: SCD30Options
    /** Between two measurements, s. */
    readonly interval: number
    private hectopascals = 0
    private appliedHectopascals = 0
    /** Asked for and not sent yet, ppm; 0 = none. */
    private reference = 0

    /** @throws RangeError when a setting is outside of what the part takes */
    constructor(bus: I2C, options?: SCD30Options) {
        super(
            "Sensirion SCD30",
            bus,
            options?.address ?? SCD30_ADDRESS,
            channelsOf(options),
            // Two intervals: it may just have missed one.
            2000 * (options?.interval ?? 2) + 1000
        )
        this.options = options ?? {}
        this.interval = this.options.interval ?? 2
        checkSetting("interval (s)", this.interval, 2, 1800)
        checkSetting("altitude (m)", this.options.altitude ?? 0, 0, 3000)
        checkSetting("temperatureOffset (0.01 °C)", this.options.temperatureOffset ?? 0, 0, 2000)
    }

    /**
     * Compensates for the air pressure from the next sample on, instead of the altitude.
     * Changes of less than 5 hPa (0.5 % of CO2) are not worth a write to the part's memory.
     * @param hectopascals 700 … 1400, from a barometer
     * @throws RangeError outside of these limits
     */
    setPressure(hectopascals: number): void {
        if (!(hectopascals >= 700 && hectopascals <= 1400))
            throw new RangeError("SCD30: pressure must be 700 to 1400 hPa, got " + hectopascals)
        this.hectopascals = Math.floor(hectopascals + 0.5)
    }

    /**
     * Forced recalibration at the next sample: the air around the part, which has measured
     * every 2 s for at least 2 minutes, has just this much CO2. The part keeps it for good.
     * @param ppm 400 … 2000
     * @throws RangeError outside of these limits
     */
    recalibrate(ppm: number): void {
        checkSetting("reference (ppm)", ppm, 400, 2000)
        this.reference = ppm
    }

    protected override async start(): Promise<void> {
        const untilPowered = SCD30_POWER_UP_MS - ds.millis()
        if (untilPowered > 0) await wait(untilPowered)
        await this.identify(
            Buffer.from([SCD30_FIRMWARE >> 8, SCD30_FIRMWARE & 0xff]),
            SCD30_READ_MS,
            1
        )
        this.identity = "firmware " + (this.words[0] >> 8) + "." + (this.words[0] & 0xff)
        await this.trySerial()
        const options = this.options
        await this.setting(SCD30_INTERVAL, this.interval)
        if (options.temperatureOffset !== undefined)
            await this.setting(SCD30_OFFSET, options.temperatureOffset)
        if (options.altitude !== undefined) await this.setting(SCD30_ALTITUDE, options.altitude)
        if (options.selfCalibration !== undefined)
            await this.setting(SCD30_SELF_CALIBRATION, options.selfCalibration ? 1 : 0)
        await this.sendPressure()
    }

    protected override async prepare(): Promise<void> {
        if (Math.abs(this.hectopascals - this.appliedHectopascals) >= SCD30_PRESSURE_STEP)
            await this.sendPressure()
        if (this.reference !== 0) await this.sendReference()
    }

    protected override async hasData(): Promise<boolean> {
        return (await this.ask(SCD30_DATA_READY, SCD30_READ_MS, 1)) !== 0
    }

    protected override async readData(): Promise<void> {
        await this.ask(SCD30_READ, SCD30_READ_MS, 6)
        const words = this.words
        // 0 ppm, below the channel's minimum, is what it gives before it has measured.
        this.put(0, floatToScaled(words[0], words[1], 1))
        if (this.channels.length > 1) {
            this.put(1, floatToScaled(words[2], words[3], 100))
            this.put(2, floatToScaled(words[4], words[5], 100))
        }
        this.settle(SCD30_SETTLE_MS, 0, this.channels.length)
    }

    protected override async stop(): Promise<void> {
        await this.command(SCD30_STOP)
        await wait(SCD30_WRITE_MS)
    }

    /** The command that starts the part, and goes on with a new pressure; 0 = none known. */
    private async sendPressure(): Promise<void> {
        await this.commandWord(SCD30_START, this.hectopascals)
        await wait(SCD30_WRITE_MS)
        this.appliedHectopascals = this.hectopascals
    }

    private async sendReference(): Promise<void> {
        await this.commandWord(SCD30_RECALIBRATION, this.reference)
        await wait(SCD30_WRITE_MS)
        const taken = await this.ask(SCD30_RECALIBRATION, SCD30_READ_MS, 1)
        const isTaken = taken === this.reference
        this.reference = 0
        if (!isTaken)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": refuses the recalibration")
    }

    private async setting(code: number, word: number): Promise<void> {
        await this.set(code, code, word, SCD30_WRITE_MS)
    }

    private async trySerial(): Promise<void> {
        try {
            await this.ask(SCD30_SERIAL, SCD30_READ_MS, SCD30_SERIAL_WORDS)
            this.identity = "serial " + this.wordsAsText(SCD30_SERIAL_WORDS)
        } catch {
            // The firmware's version is identity enough.
        }
    }
}

function channelsOf(options: SCD30Options): Channel[] {
    const co2 = co2Channel(options?.prefix, 1, SCD30_MAX_PPM)
    if (options?.only === "co2") return [co2]
    const prefix = options?.prefix ?? "scd30_"
    return [co2, temperatureChannel(prefix, -4000, 7000), humidityChannel(prefix)]
}

function checkSetting(name: string, value: number, min: number, max: number): void {
    if (!(value >= min && value <= max && Math.floor(value) === value))
        throw new RangeError(
            "SCD30: " +
                name +
                " must be a whole number from " +
                min +
                " to " +
                max +
                ", got " +
                value
        )
}
