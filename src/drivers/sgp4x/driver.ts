import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { crc8 } from "../../core/crc.js"
import {
    QUALITY_SATURATED,
    QUALITY_UNCALIBRATED,
    QUALITY_WARMING_UP,
    isGap,
} from "../../core/quality.js"
import { DriverOptions, SensorDriver, wait } from "../shared/driver.js"
import { wrongPart } from "../shared/registers/register-driver.js"
import { SensirionDriver } from "../shared/sensirion/words.js"
import { sgp4xHumidityWord, sgp4xTemperatureWord } from "./conversion.js"

// Datasheets "SGP40", version 1.2 (February 2022), and "SGP41", version 1.0 (December 2021)
const SGP4X_ADDRESS = 0x59
const SGP4X_HEATER_OFF = 0x3615
const SGP4X_SERIAL = 0x3682
// Not in the datasheets; ESPHome tells the two parts apart by it, and so do others.
const SGP4X_FEATURES = 0x202f
const SGP4X_FEATURE_BITS = 0x1ff
const SGP4X_COMMAND_MS = 1
const SGP4X_FEATURES_MS = 10
export const SGP4X_DEFAULT_HUMIDITY = 0x8000 // 50 %RH
export const SGP4X_DEFAULT_TEMPERATURE = 0x6666 // 25 °C
/** From the heater's start until its plate is hot: low power example of Sensirion's gas-index-algorithm, 3.2. */
const SGP4X_HEATING_MS = 170
/** "Time until reliably detecting VOC events" (SGP40, table 1). */
const SGP4X_WARM_UP_MS = 60_000

/** Temperature and humidity count for this long, ms. */
const CLIMATE_MS = 3_600_000

/** Options of {@link SGP40} and {@link SGP41}. */
export interface SGP4xOptions extends DriverOptions {
    /**
     * Driver of a thermometer and hygrometer beside the part, such as an SHT4x; its latest
     * readings compensate the signal. Let the station sample it first.
     */
    climate?: SensorDriver
    /** SGP40 only: heats only for its measurements, for 0.25 s each. */
    lowPower?: boolean
}

/** What the SGP40 and the SGP41 have in common. */
export abstract class SGP4x extends SensirionDriver {
    /** As given in the options. */
    readonly prefix: string
    private humidity = SGP4X_DEFAULT_HUMIDITY
    private temperature = SGP4X_DEFAULT_TEMPERATURE
    private climateAt = 0
    private hasClimate = false
    private celsiusIndex = -1
    private percentIndex = -1
    /** Starts since the latest reading; more than one failed sample means that the part may be cold. */
    private starts = 1
    private heaterOnAt = 0

    /**
     * @param feature low bits of the part's feature set
     * @param measureCode command that measures
     * @param measureMs longest time of it
     * @throws RangeError when the climate's driver does not give temperature and humidity
     */
    constructor(
        part: string,
        bus: I2C,
        protected readonly options: SGP4xOptions,
        channels: Channel[],
        private readonly feature: number,
        private readonly measureCode: number,
        private readonly measureMs: number
    ) {
        super(part, bus, options?.address ?? SGP4X_ADDRESS, channels)
        this.prefix = options?.prefix
        const climate = options?.climate
        if (climate === undefined) return
        for (let i = 0; i < climate.channels.length; i++) {
            const { quantity, scaleDenominator } = climate.channels[i]
            if (scaleDenominator !== 100) continue
            if (quantity === "temperature") this.celsiusIndex = i
            if (quantity === "relativeHumidity") this.percentIndex = i
        }
        if (this.celsiusIndex < 0 || this.percentIndex < 0)
            throw new RangeError(
                part + ": climate must be a driver of temperature and humidity in 0.01 °C and %RH"
            )
    }

    /**
     * Compensates for temperature and humidity from the next sample on; what is beyond
     * −45 … 130 °C or 0 … 100 %RH counts as the limit. Readings are marked as uncalibrated
     * when the latest values are more than an hour old.
     * @param centiCelsius 0.01 °C
     * @param centiPercent 0.01 %RH
     */
    setClimate(centiCelsius: number, centiPercent: number): void {
        this.temperature = sgp4xTemperatureWord(centiCelsius)
        this.humidity = sgp4xHumidityWord(centiPercent)
        this.climateAt = ds.millis()
        this.hasClimate = true
    }

    /**
     * After one disturbed sample the plate is still hot. Otherwise the part may be in
     * any state since before the board's reset, or come from a loss of power.
     */
    protected override async setup(): Promise<void> {
        const isHot = this.starts === 0
        this.starts++
        if (!isHot) await this.idle()
        await this.identify(request(SGP4X_SERIAL), SGP4X_COMMAND_MS, 3)
        const identity = "serial " + this.wordsAsHex()
        await this.identify(request(SGP4X_FEATURES), SGP4X_FEATURES_MS, 1)
        if ((this.words[0] & SGP4X_FEATURE_BITS) !== this.feature) throw wrongPart(this.part)
        this.identity = identity
        if (isHot) return
        await this.condition()
        this.heaterOnAt = ds.millis()
    }

    /** Prepares a part that was cold. */
    protected async condition(): Promise<void> {}

    /**
     * Measures twice: if the plate has been off since the last sample, which nothing
     * tells, the first one heats it and only the second one is right.
     */
    protected override async measure(): Promise<void> {
        this.readClimate()
        await this.startMeasurement()
        await wait(SGP4X_HEATING_MS)
        await this.startMeasurement()
        await this.readWords(this.channels.length)
        const now = ds.millis()
        let quality = 0
        if (now - this.heaterOnAt < SGP4X_WARM_UP_MS) quality = QUALITY_WARMING_UP
        if (this.isUncompensated(now)) quality = QUALITY_UNCALIBRATED
        for (let i = 0; i < this.channels.length; i++) {
            const ticks = this.words[i]
            this.put(i, ticks)
            this.qualities[i] = ticks === 0 || ticks === 65535 ? QUALITY_SATURATED : quality
        }
        this.starts = 0
        if (this.options?.lowPower === true) await this.idle()
    }

    protected override async idle(): Promise<void> {
        await this.command(SGP4X_HEATER_OFF)
        await wait(SGP4X_COMMAND_MS)
    }

    /** Sends a command that heats the plate. */
    protected async heat(code: number, humidity: number, temperature: number): Promise<void> {
        const bytes = Buffer.alloc(8)
        bytes[0] = code >> 8
        bytes[1] = code
        bytes[2] = humidity >> 8
        bytes[3] = humidity
        bytes[4] = crc8(bytes, 2, 4)
        bytes[5] = temperature >> 8
        bytes[6] = temperature
        bytes[7] = crc8(bytes, 5, 7)
        await this.write(bytes)
    }

    /** Starts a measurement with the compensation of now. */
    protected async startMeasurement(): Promise<void> {
        await this.heat(this.measureCode, this.humidity, this.temperature)
        await wait(this.measureMs)
    }

    private readClimate(): void {
        const climate = this.options?.climate
        if (climate === undefined) return
        // While it is being sampled its readings are gaps; the values before count then.
        if (isGap(climate.qualities[this.celsiusIndex])) return
        if (isGap(climate.qualities[this.percentIndex])) return
        this.setClimate(climate.values[this.celsiusIndex], climate.values[this.percentIndex])
    }

    /** Whether somebody wants the signal compensated, and it is not. */
    private isUncompensated(now: number): boolean {
        if (!this.hasClimate) return this.options?.climate !== undefined
        return now - this.climateAt > CLIMATE_MS
    }
}

function request(code: number): Buffer {
    return Buffer.from([code >> 8, code & 0xff])
}
