import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Channel } from "../../../core/channel.js"
import {
    QUALITY_NOT_READY,
    QUALITY_STALE,
    QUALITY_TIMEOUT,
    QUALITY_WARMING_UP,
} from "../../../core/quality.js"
import { SensorError, wait } from "../driver.js"
import { SensirionDriver } from "./words.js"

/**
 * Drivers of parts that measure by themselves and tell whether there is something new.
 * A sample takes what is newer than the last one, or is "stale". A disturbed transfer
 * does not stop such a part, so it is started again only when it fell silent.
 */
export abstract class PeriodicDriver extends SensirionDriver {
    /** Whether the part measures by itself, and since when, ms since boot. */
    isStarted = false
    startedAt = 0
    /** Starts since the part last gave data. */
    private startsWithoutData = 0
    /** When the part started, or last gave data; ms since boot. */
    protected lastSign = 0

    /** @param longestSilenceMs longest time in which a part that measures has nothing new */
    constructor(
        part: string,
        bus: I2C,
        address: number,
        channels: Channel[],
        protected longestSilenceMs: number
    ) {
        super(part, bus, address, channels)
    }

    /** Identifies the part, which can be in any state, writes its settings and starts it. */
    protected abstract start(): Promise<void>

    /** Whether there is a measurement that was not read. */
    protected abstract hasData(): Promise<boolean>

    /** Reads the measurement and sets all channels. */
    protected abstract readData(): Promise<void>

    /** Ends measuring. */
    protected abstract stop(): Promise<void>

    /** Whether a part that gave no sign of life for N ms measures no more. */
    protected hasStopped(silenceMs: number): boolean {
        return silenceMs > this.longestSilenceMs
    }

    /** Before each sample: sends what was asked for since the one before. */
    protected async prepare(): Promise<void> {}

    protected override async setup(): Promise<void> {
        // A new start would cost the part its next measurements. Only data prove
        // that it is still measuring.
        const wasStarted = this.isStarted
        this.isStarted = false
        if (!wasStarted || !(await this.hasData())) await this.restart()
        this.isStarted = true
    }

    protected override async measure(): Promise<void> {
        await this.prepare()
        if (!(await this.hasData())) {
            await this.withoutData()
            return
        }
        await this.readData()
        this.lastSign = ds.millis()
        this.startsWithoutData = 0
    }

    protected override async idle(): Promise<void> {
        this.isStarted = false
        await this.stop()
    }

    /**
     * Writes a setting where it differs and reads it back.
     * @param executionMs longest time that either command takes
     * @returns whether it was another one
     * @throws SensorError when the part does not keep it
     */
    protected async set(
        setCode: number,
        getCode: number,
        word: number,
        executionMs: number
    ): Promise<boolean> {
        if ((await this.ask(getCode, executionMs, 1)) === word) return false
        await this.commandWord(setCode, word)
        await wait(executionMs)
        if ((await this.ask(getCode, executionMs, 1)) !== word)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": does not keep its settings")
        return true
    }

    /** Gives channels from this one to before that one a worse quality than they have. */
    protected degrade(quality: number, from: number, to: number): void {
        for (let i = from; i < to; i++) if (quality > this.qualities[i]) this.qualities[i] = quality
    }

    /** Marks channels as warming up for N ms from the part's start on. */
    protected settle(ms: number, from: number, to: number): void {
        if (ds.millis() - this.startedAt < ms) this.degrade(QUALITY_WARMING_UP, from, to)
    }

    /** Starts the part, whatever it does. */
    protected async restart(): Promise<void> {
        await this.start()
        this.startsWithoutData++
        this.startedAt = ds.millis()
        this.lastSign = this.startedAt
    }

    /** Says why there is nothing new; a part that fell silent is started again. */
    private async withoutData(): Promise<void> {
        if (this.hasStopped(ds.millis() - this.lastSign)) {
            await this.restart()
            throw new SensorError(QUALITY_TIMEOUT, this.part + ": stopped measuring")
        }
        let reason = QUALITY_STALE
        if (this.startsWithoutData === 1) reason = QUALITY_NOT_READY
        if (this.startsWithoutData > 1) reason = QUALITY_TIMEOUT
        for (let i = 0; i < this.qualities.length; i++) this.qualities[i] = reason
    }
}
