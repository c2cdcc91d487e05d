import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { QUALITY_NOT_READY, QUALITY_SATURATED, QUALITY_WRONG_PART } from "../../core/quality.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import {
    gasIndexChannel,
    humidityChannel,
    particleMassChannel,
    temperatureChannel,
} from "../shared/channels.js"
import { getU16, putU16 } from "../../core/bytes.js"
import { LEARNED_AFTER_MS, LEARNED_STATE_AT, Learned } from "../shared/learned.js"
import { signed16 } from "../shared/registers/register-driver.js"
import { ParticleDriver } from "../shared/sensirion/particles.js"
import { sen5xIndex, sen5xOffsetWord, sen5xTemperature } from "./conversion.js"

// Datasheet "SEN5x", version 2 (March 2022)
const SEN5X_ADDRESS = 0x69 // 6
const SEN5X_START = 0x0021 // 6.1.1
const SEN5X_READ = 0x03c4 // 6.1.4
const SEN5X_TEMPERATURE_OFFSET = 0x60b2 // 6.1.6: offset, slope, time constant
const SEN5X_WARM_START = 0x60c6 // 6.1.7
const SEN5X_WARM = 0xffff
const SEN5X_VOC_STATE = 0x6181 // 6.1.11
const SEN5X_VOC_STATE_WORDS = 4
const SEN5X_PRODUCT_NAME = 0xd014 // 6.1.14
const SEN5X_COMMAND_MS = 20 // 6.1
const SEN5X_START_MS = 50 // table 12; Sensirion's driver waits as long for name and serial number
const SEN5X_NAME_WORDS = 16
const SEN5X_NO_MASS = 0xffff // 6.1.5: unknown
const SEN5X_NO_VALUE = 0x7fff // Sensirion's driver: unknown, of signed values
const SEN5X_STATUS_CLIMATE = 0x40 // 5.4: RHT communication error
const SEN5X_STATUS_GAS = 0x80 // 5.4
// Three response times (table 4), and until the specifications are met (table 5).
const SEN5X_TEMPERATURE_SETTLE_MS = 180000
const SEN5X_HUMIDITY_SETTLE_MS = 60000
const SEN5X_VOC_DETECTS_MS = 60000
const SEN5X_VOC_SETTLE_MS = 3600000
const SEN5X_NOX_SETTLE_MS = 6 * 3600000
const SEN5X_MAX_MASS = 10000 // table 1: 1000 µg/m³
const SEN5X_MASSES = 4
/** Words of the answer, by channel: masses, temperature, humidity, VOC, NOx. */
const SEN5X_FIELDS = [0, 1, 2, 3, 5, 4, 6, 7]
const SEN5X_TEMPERATURE = 5
const SEN5X_HUMIDITY = 4
const SEN5X_GAS_CHANNEL = 6

export type SEN5xVariant = "SEN50" | "SEN54" | "SEN55"

/** Options of {@link SEN5x}. */
export interface SEN5xOptions extends DriverOptions {
    /**
     * Put before all names. Without it temperature and humidity are `sen5x_temperature`
     * and `sen5x_humidity`, which go along with another thermometer in the same station.
     */
    prefix?: string
    /** Which part it is, default "SEN55". The SEN50 has particles alone, the SEN54 no NOx. */
    variant?: SEN5xVariant
    /** Added to the temperature, in 0.01 °C, −2000 … 2000; the part's default is 0. */
    temperatureOffset?: number
}

/**
 * Mass of particles in air up to 1, 2.5, 4 and 10 µm (0.1 µg/m³), temperature (0.01 °C),
 * relative humidity (0.01 %RH), VOC and NOx index.
 * The part measures every second by itself; a sample takes what is newer than the last one.
 *
 * @devsPart Sensirion SEN50, SEN54, SEN55
 * @devsServices temperature, humidity, airQualityIndex
 * @see {@link https://sensirion.com/products/catalog/SEN55 | Datasheet}
 */
export class SEN5x extends ParticleDriver {
    /** Set by keepLearned: what the VOC algorithm learned outlives a loss of power. */
    learned: Learned = undefined

    private readonly variant: string
    private readonly temperatureOffset: number
    /** Whether the VOC algorithm went on from an earlier state at the part's start. */
    private isRestored = false

    /** @throws RangeError when there is no such variant, or the offset is beyond its limits */
    constructor(bus: I2C, options?: SEN5xOptions) {
        super(
            "Sensirion SEN5x",
            bus,
            options?.address ?? SEN5X_ADDRESS,
            channelsOf(options ?? {}),
            SEN5X_COMMAND_MS
        )
        this.variant = variantOf(options ?? {})
        this.temperatureOffset = options?.temperatureOffset ?? 0
        checkOffset(this.temperatureOffset)
    }

    protected override async start(): Promise<void> {
        await this.untilPowered()
        // A part that measured until a moment ago is warm, whether or not it lost power.
        const isWarm =
            (await this.isMeasuring()) ||
            (this.lastSign > 0 && ds.millis() - this.lastSign < SEN5X_TEMPERATURE_SETTLE_MS)
        await this.stop()
        await this.readVersion()
        const name = await this.readName(SEN5X_PRODUCT_NAME, SEN5X_START_MS, SEN5X_NAME_WORDS)
        if (name !== this.variant)
            throw new SensorError(
                QUALITY_WRONG_PART,
                this.part + ": another part is at its address: " + name + ", not " + this.variant
            )
        await this.readSerial(SEN5X_START_MS)
        if (this.variant !== "SEN50") {
            await this.writeOffset()
            await this.commandWord(SEN5X_WARM_START, isWarm ? SEN5X_WARM : 0)
            await wait(SEN5X_COMMAND_MS)
            this.isRestored = false
            if (this.learned !== undefined) await this.restoreLearned(this.learned)
        }
        await this.command(SEN5X_START)
        await wait(SEN5X_START_MS)
    }

    protected override async readData(): Promise<void> {
        const status = await this.readStatus()
        await this.ask(SEN5X_READ, SEN5X_COMMAND_MS, SEN5X_FIELDS.length)
        for (let i = 0; i < this.channels.length; i++) this.putField(i, SEN5X_FIELDS[i])
        this.judgeParticles(status, SEN5X_MASSES)
        if (this.channels.length === SEN5X_MASSES) return
        this.settle(SEN5X_TEMPERATURE_SETTLE_MS, 4, 5)
        this.settle(SEN5X_HUMIDITY_SETTLE_MS, 5, 6)
        this.settle(this.isRestored ? SEN5X_VOC_DETECTS_MS : SEN5X_VOC_SETTLE_MS, 6, 7)
        this.settle(SEN5X_NOX_SETTLE_MS, 7, this.channels.length)
        if ((status & SEN5X_STATUS_CLIMATE) !== 0) {
            this.report("its thermometer does not answer")
            this.degrade(QUALITY_NOT_READY, SEN5X_MASSES, SEN5X_GAS_CHANNEL)
        }
        if ((status & SEN5X_STATUS_GAS) !== 0) {
            this.report("its gas sensor has failed")
            this.degrade(QUALITY_NOT_READY, SEN5X_GAS_CHANNEL, this.channels.length)
        } else if (this.learned !== undefined) await this.readLearned(this.learned)
    }

    protected override async stop(): Promise<void> {
        await this.tryStop()
    }

    /** What is unknown stays "not ready", as each sample starts. */
    private putField(channel: number, field: number): void {
        const word = this.words[field]
        if (field < SEN5X_MASSES) {
            if (word === SEN5X_NO_MASS) return
            this.put(channel, word)
            if (word > SEN5X_MAX_MASS) this.degrade(QUALITY_SATURATED, channel, channel + 1)
            return
        }
        if (word === SEN5X_NO_VALUE) return
        // As a temperature 0xFFFF may be −0.005 °C; then the humidity is known.
        const other = field === SEN5X_TEMPERATURE ? this.words[SEN5X_HUMIDITY] : word
        if (other === SEN5X_NO_MASS) return
        if (field === SEN5X_TEMPERATURE) this.put(channel, sen5xTemperature(word))
        else if (field === SEN5X_HUMIDITY) this.put(channel, signed16(word))
        // The gas algorithm gives 0 until it has seen enough.
        else if (word !== 0) this.put(channel, sen5xIndex(word))
    }

    /** Whether it has a measurement that nobody read: at each board restart, but for the moment after a reading. */
    private async isMeasuring(): Promise<boolean> {
        try {
            return await this.hasData()
        } catch {
            return false
        }
    }

    /** Before a start, which would begin with nothing. */
    private async restoreLearned(learned: Learned): Promise<void> {
        if (!learned.fits(this.identity)) return
        const words: number[] = []
        for (let i = 0; i < SEN5X_VOC_STATE_WORDS; i++)
            words.push(getU16(learned.record, LEARNED_STATE_AT + 2 * i))
        await this.commandWords(SEN5X_VOC_STATE, words)
        await wait(SEN5X_COMMAND_MS)
        learned.isEarlier = false
        this.isRestored = true
    }

    private async readLearned(learned: Learned): Promise<void> {
        if (learned.isEarlier && learned.fits(this.identity)) {
            // The time became known only after the start, and a start alone takes a state.
            await this.restart()
            return
        }
        // At first the part has none to give, also when it was restored.
        const needed = this.isRestored ? SEN5X_VOC_DETECTS_MS : LEARNED_AFTER_MS
        if (ds.millis() - this.startedAt < needed || !learned.isDue()) return
        await this.ask(SEN5X_VOC_STATE, SEN5X_COMMAND_MS, SEN5X_VOC_STATE_WORDS)
        for (let i = 0; i < SEN5X_VOC_STATE_WORDS; i++)
            putU16(learned.record, LEARNED_STATE_AT + 2 * i, this.words[i])
        learned.sign(this.identity)
    }

    /** Applied at once, and without a slope. */
    private async writeOffset(): Promise<void> {
        const word = sen5xOffsetWord(this.temperatureOffset)
        await this.commandWords(SEN5X_TEMPERATURE_OFFSET, [word, 0, 0])
        await wait(SEN5X_COMMAND_MS)
        await this.ask(SEN5X_TEMPERATURE_OFFSET, SEN5X_COMMAND_MS, 3)
        if (this.words[0] !== word || this.words[1] !== 0 || this.words[2] !== 0)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": does not keep its settings")
    }
}

function variantOf(options: SEN5xOptions): SEN5xVariant {
    const variant = options.variant ?? "SEN55"
    if (variant !== "SEN50" && variant !== "SEN54" && variant !== "SEN55")
        throw new RangeError("SEN5x: variant must be SEN50, SEN54 or SEN55")
    return variant
}

function channelsOf(options: SEN5xOptions): Channel[] {
    const variant = variantOf(options)
    const prefix = options.prefix
    const channels: Channel[] = []
    for (const name of ["pm1", "pm25", "pm4", "pm10"])
        channels.push(particleMassChannel(prefix, name, 10, SEN5X_NO_MASS - 1))
    if (variant === "SEN50") return channels
    const climate = prefix ?? "sen5x_"
    channels.push(temperatureChannel(climate, -4000, 7000))
    channels.push(humidityChannel(climate))
    channels.push(gasIndexChannel(prefix, "voc_index", "vocIndex"))
    if (variant === "SEN55") channels.push(gasIndexChannel(prefix, "nox_index", "noxIndex"))
    return channels
}

function checkOffset(offset: number): void {
    if (!(offset >= -2000 && offset <= 2000 && Math.floor(offset) === offset))
        throw new RangeError(
            "SEN5x: temperatureOffset (0.01 °C) must be a whole number from -2000 to 2000, got " +
                offset
        )
}
