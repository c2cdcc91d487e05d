import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import { filled } from "../../core/list.js"
import {
    QUALITY_ABSENT,
    QUALITY_CRC,
    QUALITY_NOT_READY,
    QUALITY_OK,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SKIPPED,
    isGap,
} from "../../core/quality.js"
import { pause, sleep } from "../../scheduler/scheduler.js"

/** What went wrong with a sensor, as a quality and in words. */
export class SensorError extends Error {
    readonly quality: number

    /** @param quality the gap that this error causes, see src/core/quality.ts */
    constructor(quality: number, message: string) {
        super(message)
        this.name = "SensorError"
        this.quality = quality
    }
}

/** What keeps samples as they are before corrections. An interface, so that apps without it do not carry it. */
export interface RawTaker {
    takeRaw: () => void
}

/** What corrects samples. An interface, so that apps without corrections do not carry them. */
export interface SampleCorrector {
    /** Corrects the newest sample of a driver in place. */
    correct(sensor: SensorDriver): void
}

/** Options that every driver takes. */
export interface DriverOptions {
    /** 7-bit address, where the part can have several. */
    address?: number
    /** Put before each channel name, to tell two equal parts apart: "north_". */
    prefix?: string
}

/**
 * Base of all drivers. A driver gives one integer per channel in
 * {@link values}, each with a quality in {@link qualities}. A failure leaves
 * gaps with their reason and the part is set up again at the next sample; it
 * never throws and never repeats an old value.
 */
export abstract class SensorDriver {
    /** One integer per channel, in the channel's scale; set by {@link sample}. */
    readonly values: number[]
    /** One quality per channel; set by {@link sample}. */
    readonly qualities: number[]
    /** Samples that ended in an error since boot. */
    errors = 0
    /** The latest error in words; "" while there was none. */
    lastError = ""
    /** Serial number or chip id as the part tells it; "" while it has not, or has none. */
    identity = ""
    /** Set by the station: a driver of events calls it, with itself, when something happened. */
    onEvent: (sensor: SensorDriver) => void
    /** Looks at each sample before the station does, see frozen.ts; undefined: nobody does. */
    inspect: () => void
    /** Is told of each sample before it is corrected, see src/derived/raw-values.ts; undefined: nobody is. */
    rawTaker: RawTaker
    /** What it gives is as parts gave it, and never corrected. */
    isRaw: boolean
    /** Corrects each sample, see src/calibration; undefined: nobody does. */
    corrector: SampleCorrector
    /** It is worked out of what other sensors measured. */
    isDerived = false
    /** Somebody else talks to the part, see service.ts: samples are skipped. */
    isPaused = false
    /** A sample is in progress. */
    isSampling = false

    private isReady = false

    /**
     * @param part maker and name: "Sensirion SHT4x"
     * @param bus the I2C client
     * @param address 7-bit address
     * @param channels what the part measures
     */
    constructor(
        readonly part: string,
        protected readonly bus: I2C,
        readonly address: number,
        readonly channels: Channel[]
    ) {
        this.values = filled(channels.length, 0)
        this.qualities = filled(channels.length, QUALITY_SKIPPED)
    }

    /** Sets the part up. @returns whether it answered as it should */
    async init(): Promise<boolean> {
        try {
            this.isReady = false
            await this.setup()
            this.isReady = true
            return true
        } catch (e) {
            this.fail(e)
            return false
        }
    }

    /** Measures all channels; takes no longer than the datasheet's longest times. */
    async sample(): Promise<void> {
        try {
            const quality = this.isPaused ? QUALITY_SKIPPED : QUALITY_NOT_READY
            for (let i = 0; i < this.channels.length; i++) this.qualities[i] = quality
            if (this.isPaused) return
            this.isSampling = true
            if (!this.isReady) {
                await this.setup()
                this.isReady = true
            }
            await this.measure()
            this.checkRanges()
            if (this.inspect !== undefined) this.inspect()
            if (this.rawTaker !== undefined) this.rawTaker.takeRaw()
            if (this.corrector !== undefined) this.corrector.correct(this)
        } catch (e) {
            this.isReady = false
            this.fail(e)
        }
        this.isSampling = false
    }

    /** Puts the part into its idle state, as far as it still answers. */
    async close(): Promise<void> {
        try {
            this.isReady = false
            await this.idle()
        } catch (e) {
            this.fail(e)
        }
    }

    /** Identifies the part and starts it. @throws SensorError or the bus's own error */
    protected abstract setup(): Promise<void>

    /** Fills {@link values} and {@link qualities}. @throws SensorError or the bus's own error */
    protected abstract measure(): Promise<void>

    /** Stops measuring; parts that measure on demand have nothing to do. */
    protected async idle(): Promise<void> {}

    /** Sets one channel. */
    protected put(channel: number, value: number): void {
        this.values[channel] = value
        this.qualities[channel] = QUALITY_OK
    }

    /** Writes bytes and reads none. */
    protected async write(bytes: Buffer): Promise<void> {
        await this.bus.xfer(this.address, bytes, 0)
    }

    /** Reads bytes without writing first. */
    protected async read(length: number): Promise<Buffer> {
        return await this.bus.xfer(this.address, NOTHING, length)
    }

    private checkRanges(): void {
        for (let i = 0; i < this.channels.length; i++) {
            const channel = this.channels[i]
            if (isGap(this.qualities[i])) continue
            if (this.values[i] < channel.min || this.values[i] > channel.max)
                this.qualities[i] = QUALITY_OUT_OF_RANGE
        }
    }

    private fail(e: unknown): void {
        this.errors++
        let quality = QUALITY_ABSENT
        if (e instanceof SensorError) quality = e.quality
        this.lastError = e instanceof Error ? e.message : "unknown error"
        for (let i = 0; i < this.channels.length; i++) this.qualities[i] = quality
    }
}

const NOTHING = Buffer.alloc(0)

/** A checksum was wrong. */
export function crcError(part: string): SensorError {
    return new SensorError(QUALITY_CRC, part + ": wrong checksum in its answer")
}

/**
 * Waits at least this long, and some ms longer. The VM's clock stands still
 * while a script runs and while a bus transfer blocks it, and waits count from
 * that clock in whole ms: a plain sleep would be early by the length of the
 * transfer before it. The pause lets the clock catch up.
 */
export async function wait(ms: number): Promise<void> {
    await pause()
    await sleep(ms + 1)
}
