import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { getU32, putU32 } from "../../core/bytes.js"
import { QUALITY_NOT_READY, QUALITY_TIMEOUT } from "../../core/quality.js"
import { temperatureChannel } from "../shared/channels.js"
import { DriverOptions, SensorError, wait } from "../shared/driver.js"
import { RegisterDriver, wrongPart } from "../shared/registers/register-driver.js"
import {
    DS3231_END_SECOND,
    DS3231_FIRST_SECOND,
    TIME_BYTES,
    ds3231Temperature,
    putSeconds,
    secondsOf,
} from "./conversion.js"
import { pause, sleep } from "../../scheduler/scheduler.js"

// Datasheet "DS3231", 19-5170, revision 10 (March 2015): address map, special-purpose registers
const DS3231_ADDRESS = 0x68
const TIME = 0x00
/** Alarm 1 and the first of alarm 2, which are off: when the time was set, and a check byte. */
const SET_AT = 0x07
const SET_AT_CHECK = 0x0b
const CONTROL = 0x0e
const STATUS = 0x0f
/** Oscillator on, no alarms, no square wave. */
const CONTROL_PLAIN = 0x04
const CONTROL_CONVERT = 0x20
const STATUS_STOPPED = 0x80
const STATUS_ZERO = 0x70
const STATUS_BUSY = 0x04
const CONVERT_MS = 200 // at most
const CHECK = 0x5a

/** Frequency ±3.5 ppm from −40 to 85 °C, and ±5 ppm by ageing in ten years, 0.1 ppm. */
const RATE_TENTHS = 85
/** The same of a DS3231M (19-5312, without crystal): ±5 ppm, and the ageing taken as that of the other. */
const RATE_TENTHS_M = 100
/** The VM's clock moves in steps of 10 ms on most boards. */
const RESOLUTION_MS = 10
/** A second, and some for the looks themselves. */
const EDGE_LIMIT_MS = 1200
const LOOK_MS = 5

/** Options of {@link DS3231}. */
export interface DS3231Options extends DriverOptions {
    /** A DS3231M is less exact, and nothing on the bus tells it; default "DS3231". */
    variant?: "DS3231" | "DS3231M"
}

/** The beginning of a second, as the part tells it. */
export interface ClockEdge {
    /** Uptime of the node at that moment, ms. */
    uptime: number
    /** Unix time then, ms. */
    unix: number
    /** Largest error of {@link unix}, ms. */
    uncertainty: number
}

/**
 * A clock that goes on without supply, and its temperature (0.01 °C).
 *
 * @devsPart Analog Devices DS3231, DS3231M
 * @devsServices temperature, realTimeClock
 * @see {@link https://www.analog.com/en/products/ds3231.html | Datasheet}
 */
export class DS3231 extends RegisterDriver {
    private readonly rateTenths: number

    /** @throws RangeError when there is no such variant */
    constructor(bus: I2C, options?: DS3231Options) {
        super("Analog Devices DS3231", bus, options?.address ?? DS3231_ADDRESS, [
            temperatureChannel((options?.prefix ?? "") + "clock_", -4000, 8500),
        ])
        const variant = options?.variant ?? "DS3231"
        if (variant !== "DS3231" && variant !== "DS3231M")
            throw new RangeError("DS3231: variant must be DS3231 or DS3231M")
        this.rateTenths = variant === "DS3231M" ? RATE_TENTHS_M : RATE_TENTHS
    }

    /**
     * Waits for the beginning of a second, at most 1.2 s.
     *
     * @throws SensorError when the oscillator stopped, when {@link setTime} did not set the time
     *     (it may be a local one), or when it is none; the bus's own error
     */
    async readEdge(): Promise<ClockEdge> {
        const setAt = await this.setAt()
        const begin = ds.millis()
        let before = begin
        const first = await this.seconds()
        for (;;) {
            const after = ds.millis()
            const seconds = await this.seconds()
            // The clock of the VM stands still while a transfer blocks it.
            await pause()
            const now = ds.millis()
            if (seconds !== first) {
                const half = Math.ceil((now - before) / 2)
                return {
                    uptime: before + half,
                    unix: seconds * 1000,
                    uncertainty: half + RESOLUTION_MS + this.driftMs(seconds - setAt),
                }
            }
            if (now - begin > EDGE_LIMIT_MS)
                throw new SensorError(QUALITY_TIMEOUT, this.part + ": its clock stands still")
            before = after
            await sleep(LOOK_MS)
        }
    }

    /** Unix time now, ms; see {@link readEdge}. */
    async readTime(): Promise<number> {
        const edge = await this.readEdge()
        return edge.unix + ds.millis() - edge.uptime
    }

    /**
     * Sets the time at the beginning of the next second, which takes up to 1 s.
     *
     * @param unixMs Unix time now, ms, 2000 … 2099
     * @throws RangeError for another time; SensorError when the part does not keep it; the
     *     bus's own error
     */
    async setTime(unixMs: number): Promise<void> {
        const seconds = Math.floor(unixMs / 1000) + 1
        if (!(seconds >= DS3231_FIRST_SECOND && seconds < DS3231_END_SECOND))
            throw new RangeError("DS3231: it keeps 2000 to 2099, got " + unixMs + " ms")
        // Not trusted until all of it is written.
        await this.writeRegister(SET_AT_CHECK, 0)
        const end = ds.millis() + seconds * 1000 - unixMs
        const time = Buffer.alloc(1 + TIME_BYTES)
        time[0] = TIME
        putSeconds(time, 1, seconds)
        const left = end - ds.millis()
        if (left > 0) await sleep(left)
        // Writing the seconds begins a new one.
        await this.write(time)
        const status = await this.readRegister(STATUS)
        await this.writeRegister(STATUS, status & ~STATUS_STOPPED)
        const mark = Buffer.alloc(6)
        mark[0] = SET_AT
        putU32(mark, 1, seconds)
        mark[5] = checkOf(mark, 1)
        await this.write(mark)
        if ((await this.setAt()) !== seconds) throw this.untrusted("did not keep its time")
    }

    /** It has no identity; that it keeps its control register and zeros is as much as can be checked. */
    protected override async setup(): Promise<void> {
        if (!(await this.isConfigured()) && !(await this.isConfigured())) throw wrongPart(this.part)
    }

    protected override async measure(): Promise<void> {
        let left = 2
        while (((await this.readRegister(STATUS)) & STATUS_BUSY) !== 0) {
            // It measures by itself every 64 s.
            if (left === 0) throw this.stuck()
            left--
            await wait(CONVERT_MS / 2)
        }
        await this.writeRegister(CONTROL, CONTROL_PLAIN | CONTROL_CONVERT)
        await wait(CONVERT_MS)
        const bytes = await this.readRegisters(CONTROL, 5)
        if (bytes[0] === (CONTROL_PLAIN | CONTROL_CONVERT)) throw this.stuck()
        // Power-up sets other bits.
        if (bytes[0] !== CONTROL_PLAIN)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost power")
        this.put(0, ds3231Temperature((bytes[3] << 8) | bytes[4]))
    }

    private async isConfigured(): Promise<boolean> {
        await this.writeRegister(CONTROL, CONTROL_PLAIN)
        const bytes = await this.readRegisters(CONTROL, 5)
        const control = bytes[0] & ~CONTROL_CONVERT
        return (
            control === CONTROL_PLAIN && (bytes[1] & STATUS_ZERO) === 0 && (bytes[4] & 0x3f) === 0
        )
    }

    /** @returns when the time was set, Unix time in s @throws SensorError when it is not to be trusted */
    private async setAt(): Promise<number> {
        const bytes = await this.readRegisters(SET_AT, STATUS - SET_AT + 1)
        if ((bytes[STATUS - SET_AT] & (STATUS_STOPPED | STATUS_ZERO)) !== 0)
            throw this.untrusted("its oscillator stopped")
        if (bytes[SET_AT_CHECK - SET_AT] !== checkOf(bytes, 0))
            throw this.untrusted("its time was not set by a node")
        return getU32(bytes, 0)
    }

    private async seconds(): Promise<number> {
        const seconds = secondsOf(await this.readRegisters(TIME, TIME_BYTES), 0)
        if (seconds < 0) throw this.untrusted("its registers hold no time")
        return seconds
    }

    /** @param seconds since the time was set @returns largest error since then, ms */
    private driftMs(seconds: number): number {
        return Math.ceil((Math.abs(seconds) * this.rateTenths) / 10000)
    }

    private untrusted(why: string): SensorError {
        return new SensorError(QUALITY_NOT_READY, this.part + ": " + why)
    }

    private stuck(): SensorError {
        return new SensorError(QUALITY_TIMEOUT, this.part + ": its conversion does not end")
    }
}

function checkOf(bytes: Buffer, at: number): number {
    return bytes[at] ^ bytes[at + 1] ^ bytes[at + 2] ^ bytes[at + 3] ^ CHECK
}
