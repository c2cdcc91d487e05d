import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { divRound } from "../../core/fixed.js"
import { QUALITY_NOT_READY, QUALITY_WARMING_UP } from "../../core/quality.js"
import { numberChannel, temperatureChannel, thermalChannel } from "../shared/channels.js"
import { checkWhole } from "../shared/check-whole.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, wrongPart } from "../shared/registers/register-driver.js"
import { BlobCounter } from "./blobs.js"
import { amg8833Pixel, amg8833Thermistor, isMiddleBelow, middleOf } from "./conversion.js"
import { pause } from "../../scheduler/scheduler.js"

// Panasonic "Infrared Array Sensor Grid-EYE (AMG88)", reference specifications
const AMG8833_ADDRESS = 0x69 // AD_SELECT high, as on most breakouts; low 0x68
const AMG8833_POWER = 0x00
const AMG8833_RESET = 0x01
const AMG8833_FRAME_RATE = 0x02 // 0: 10 frames per s, 1: 1
const AMG8833_INTERRUPT = 0x03
const AMG8833_LEVEL = 0x08 // INTHL and INTHH: 12 bits, without effect while interrupts are off
const AMG8833_THERMISTOR = 0x0e
const AMG8833_PIXELS = 0x80
const AMG8833_NORMAL = 0x00
const AMG8833_SLEEP = 0x10
const AMG8833_INITIAL_RESET = 0x3f
const AMG8833_FLAG_RESET = 0x30
const AMG8833_WAKE_MS = 50 // until it answers after power-up or sleep
const AMG8833_RESET_MS = 2
const AMG8833_STABLE_MS = 15000 // until its output has settled
/** Two patterns that tell the part from another; the second one stays, as a sign that it is still ours. */
const AMG8833_FIRST_PATTERN = 0x05a5
const AMG8833_OURS = 0x0a5a
const PIXELS = 64
const AMG8833_MAX = 8000 // 0.01 °C; 0 °C at least

/** Options of {@link AMG8833}. */
export interface AMG8833Options extends DriverOptions {
    /** 10 (default) or 1: less noise, and frames up to 1 s old. */
    framesPerSecond?: 10 | 1
    /** A pixel is warm when it is so much above the frame's median, 0.25 °C, 2 … 80; default 8 (2 °C). */
    contrast?: number
    /** Pixels of a warm place that counts, 1 … 64; default 2. */
    smallestBlob?: number
}

/**
 * Thermal image of 8 × 8 pixels: lowest, highest and mean temperature (0.01 °C in steps of 0.25 °C), the
 * hottest pixel (0 … 63), how many warm places there are, whether there is one, and the part's own temperature.
 *
 * @devsPart Panasonic AMG8833 (Grid-EYE)
 * @devsServices temperature, motion
 * @see {@link https://industry.panasonic.com/global/en/products/sensors/built-in-sensors/grid-eye | Datasheet}
 */
export class AMG8833 extends RegisterDriver {
    private readonly slow: number
    private readonly contrast: number
    private readonly smallest: number
    private readonly blobs = new BlobCounter()
    /** Pixels of the latest sample, row by row, 0.25 °C. */
    readonly image: number[] = []
    /** Of the latest image that had warm pixels. */
    private middle = 0
    /** When the part was reset, ms since boot. */
    private startedAt = 0

    /** @throws RangeError for an option out of range */
    constructor(bus: I2C, options?: AMG8833Options) {
        const prefix = options?.prefix ?? ""
        super("Panasonic AMG8833", bus, options?.address ?? AMG8833_ADDRESS, [
            thermalChannel(prefix + "thermal_min", 0, AMG8833_MAX),
            thermalChannel(prefix + "thermal_max", 0, AMG8833_MAX),
            thermalChannel(prefix + "thermal_mean", 0, AMG8833_MAX),
            numberChannel(prefix + "hottest_pixel", "pixel", PIXELS - 1),
            numberChannel(prefix + "warm_places", "warmPlaces", PIXELS),
            numberChannel(prefix + "presence", "presence", 1),
            temperatureChannel(prefix + "housing_", -2000, AMG8833_MAX),
        ])
        const rate = options?.framesPerSecond ?? 10
        if (rate !== 10 && rate !== 1) throw new RangeError("AMG8833: framesPerSecond is 10 or 1")
        this.slow = rate === 1 ? 1 : 0
        this.contrast = options?.contrast ?? 8
        this.smallest = options?.smallestBlob ?? 2
        checkWhole("AMG8833: contrast (0.25 °C)", this.contrast, 2, 80)
        checkWhole("AMG8833: smallestBlob", this.smallest, 1, PIXELS)
        for (let i = 0; i < PIXELS; i++) this.image.push(0)
    }

    /** A reset costs 15 s of settling: a part that has its settings goes on. */
    protected override async setup(): Promise<void> {
        if (this.startedAt > 0 && (await this.isOurs())) return
        await wait(AMG8833_WAKE_MS)
        await this.writeRegister(AMG8833_POWER, AMG8833_NORMAL)
        await wait(AMG8833_WAKE_MS)
        await this.writeRegister(AMG8833_RESET, AMG8833_INITIAL_RESET)
        await wait(AMG8833_RESET_MS)
        for (const pattern of [AMG8833_FIRST_PATTERN, AMG8833_OURS])
            if (!(await this.keeps(pattern)) && !(await this.keeps(pattern)))
                throw wrongPart(this.part)
        await this.writeRegister(AMG8833_FRAME_RATE, this.slow)
        await this.writeRegister(AMG8833_INTERRUPT, 0)
        await this.writeRegister(AMG8833_RESET, AMG8833_FLAG_RESET)
        if (!(await this.isOurs()))
            throw new SensorError(QUALITY_NOT_READY, this.part + ": does not keep its settings")
        this.startedAt = ds.millis()
        // The first frames after a reset are the old ones.
        await wait(this.slow === 1 ? 2200 : 220)
    }

    protected override async measure(): Promise<void> {
        const housing = await this.readDriven(AMG8833_THERMISTOR, 2)
        const bytes = await this.readDriven(AMG8833_PIXELS, 2 * PIXELS)
        if (!(await this.isOurs()))
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost power")
        let min = 2047
        let max = -2048
        let sum = 0
        let hottest = 0
        const image = this.image
        for (let i = 0; i < PIXELS; i++) {
            const pixel = amg8833Pixel(bytes[2 * i] | (bytes[2 * i + 1] << 8))
            image[i] = pixel
            sum = sum + pixel
            if (pixel < min) min = pixel
            if (pixel > max) {
                max = pixel
                hottest = i
            }
        }
        // In three turns: together they would be 25,000 opcodes.
        await pause()
        let places = 0
        // Most images have no warm place, which one pass tells.
        if (isMiddleBelow(image, max - this.contrast + 1)) {
            this.middle = middleOf(image, min, max, this.middle)
            const limit = this.middle + this.contrast
            await pause()
            places = this.blobs.count(image, limit, this.smallest)
        }
        this.put(0, 25 * min)
        this.put(1, 25 * max)
        this.put(2, divRound(25 * sum, PIXELS))
        this.put(3, hottest)
        this.put(4, places)
        this.put(5, places > 0 ? 1 : 0)
        this.put(6, amg8833Thermistor(housing[0] | (housing[1] << 8)))
        if (ds.millis() - this.startedAt < AMG8833_STABLE_MS)
            for (let i = 0; i < this.qualities.length; i++) this.qualities[i] = QUALITY_WARMING_UP
    }

    protected override async idle(): Promise<void> {
        this.startedAt = 0
        await this.writeRegister(AMG8833_POWER, AMG8833_SLEEP)
    }

    private async keeps(pattern: number): Promise<boolean> {
        await this.write(Buffer.from([AMG8833_LEVEL, pattern & 0xff, pattern >> 8]))
        return (await this.level()) === pattern
    }

    private async isOurs(): Promise<boolean> {
        if ((await this.level()) !== AMG8833_OURS) return false
        return (await this.readRegister(AMG8833_FRAME_RATE)) === this.slow
    }

    private async level(): Promise<number> {
        const bytes = await this.readRegisters(AMG8833_LEVEL, 2)
        return bytes[0] | (bytes[1] << 8)
    }
}
