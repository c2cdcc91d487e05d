import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { Channel } from "../../core/channel.js"
import {
    QUALITY_NOT_READY,
    QUALITY_OUT_OF_RANGE,
    QUALITY_SATURATED,
    QUALITY_TIMEOUT,
} from "../../core/quality.js"
import { accelerationChannel, motionChannel, tiltChannel } from "../shared/channels.js"
import { SensorError, wait } from "../shared/driver.js"
import { RegisterDriver } from "../shared/registers/register-driver.js"
import { angleBetween, lis3dhAcceleration } from "./conversion.js"
import { LIS3DHOptions, MotionOptions, checkLis3dhOptions } from "./options.js"
import { sleep } from "../../scheduler/scheduler.js"

// Datasheet "LIS3DH", DocID17530 revision 2 (December 2016)
const LIS3DH_ADDRESS = 0x18 // 6.1.1: SDO low; 0x19 high
const LIS3DH_BURST = 0x80 // 6.1.1: the address counts up
const LIS3DH_WHO_AM_I = 0x0f // 8.5
const LIS3DH_ID = 0x33
const LIS3DH_CTRL1 = 0x20 // 8.8, and 6 registers in all
const LIS3DH_INT1_CFG = 0x30 // 8.19
const LIS3DH_INT1_SRC = 0x31 // 8.20: reading it ends the latched state
const LIS3DH_INT1_THS = 0x32 // 8.21, and INT1_DURATION
const LIS3DH_INT1_ACTIVE = 0x40 // 8.20: IA
const LIS3DH_INT1_ZERO = 0x80 // 8.20: bit 7 is 0
const LIS3DH_ANY_AXIS_HIGH = 0x2a // 8.19: XHIE, YHIE or ZHIE
const LIS3DH_100_HZ = 0x57 // 8.8: three axes
const LIS3DH_FILTER_INT1 = 0x81 // 8.9: high-pass in normal mode, for INT1 only; not reset by reading REFERENCE
const LIS3DH_HIGH_RESOLUTION = 0x88 // 8.11: BDU, HR
const LIS3DH_LATCH_INT1 = 0x08 // 8.12: LIR_INT1
const LIS3DH_POWER_DOWN = 0x07 // 8.8: as after power-up
const LIS3DH_NEW_DATA = 0x08 // 8.14: ZYXDA
const LIS3DH_STATUS_AT = 7 // in a burst from CTRL_REG1 on
const LIS3DH_DATA_AT = 8
const LIS3DH_BURST_LENGTH = 14
const LIS3DH_BOOT_MS = 5 // AN3308, 3.1: it loads its trimming after power-up
const LIS3DH_TURN_ON_MS = 78 // tables 10 and 11: 7 / ODR in high resolution; 10 % more for the clock
const LIS3DH_PERIOD_MS = 12
/** Until the high-pass has forgotten gravity: 2 g to below 16 mg, with a time constant of 8 to 9 data. */
const LIS3DH_FILTER_MS = 600
const LIS3DH_POLLS = 3
const SCALES = [2, 4, 8, 16]
const MG_PER_DIGIT = [1, 2, 4, 12] // table 4
const MG_PER_THRESHOLD = [16, 32, 62, 186] // 8.21

/** Only something at rest shows where down is: between these the length of gravity, mg². */
const AT_REST_MIN = 750 * 750
const AT_REST_MAX = 1250 * 1250
/** A tilt that is so much smaller ends the fallen state, 0.1°. */
const TIP_HYSTERESIS = 50

/**
 * Acceleration (0.001 m/s²) along three axes, tilt (0.1°), and events of motion and of
 * tipping over.
 *
 * @devsPart STMicroelectronics LIS3DH
 * @devsServices accelerometer
 * @see {@link https://www.st.com/en/mems-and-sensors/lis3dh.html | Datasheet}
 */
export class LIS3DH extends RegisterDriver {
    /** A member of its own: undefined in a program that never gives it, which then carries nothing of it. */
    private readonly motion: MotionOptions
    private readonly scale: number
    private readonly upright: number[]
    /** Behind the first one's address, CTRL_REG1 to CTRL_REG6 as they have to be. */
    private readonly settings: Buffer
    /** mg along x, y and z. */
    private readonly axes: number[] = [0, 0, 0]
    private motions = 0
    /** A motion before this is part of the one before, ms since boot. */
    private quietUntil = 0
    private readonly holdOffMs: number
    private hasFallen = false
    private isRunning = false
    private isWatching = false
    private isLooping = false

    /** @throws RangeError for an option out of range */
    constructor(bus: I2C, options?: LIS3DHOptions) {
        const fullScale = options?.fullScale
        const scale = fullScale === undefined ? 0 : scaleOf(fullScale)
        super(
            "STMicroelectronics LIS3DH",
            bus,
            options?.address ?? LIS3DH_ADDRESS,
            channelsOf(options, scale)
        )
        this.upright = options?.upright ?? [0, 0, 1000]
        this.motion = options?.motion
        if (options !== undefined) checkLis3dhOptions(options)
        this.scale = scale
        this.holdOffMs = 1000 * (this.motion?.holdOffSeconds ?? 10)
        this.settings = Buffer.from([
            LIS3DH_CTRL1 | LIS3DH_BURST,
            LIS3DH_100_HZ,
            LIS3DH_FILTER_INT1,
            0,
            LIS3DH_HIGH_RESOLUTION | (scale << 4),
            LIS3DH_LATCH_INT1,
            0,
        ])
    }

    protected override async setup(): Promise<void> {
        this.isRunning = false
        await wait(LIS3DH_BOOT_MS)
        await this.expectId(LIS3DH_WHO_AM_I, LIS3DH_ID)
        const motion = this.motion
        await this.write(this.settings)
        await this.writeRegister(LIS3DH_INT1_CFG, motion === undefined ? 0 : LIS3DH_ANY_AXIS_HIGH)
        if (motion !== undefined)
            await this.write(Buffer.from([LIS3DH_INT1_THS | LIS3DH_BURST, this.threshold(), 0]))
        await wait(motion === undefined ? LIS3DH_TURN_ON_MS : LIS3DH_FILTER_MS)
        // Starting up is no motion, and what was measured before is no sample.
        if (motion !== undefined) await this.readRegister(LIS3DH_INT1_SRC)
        await this.readAxes()
        if (motion === undefined) return
        this.isRunning = true
        this.isWatching = true
        if (!this.isLooping) this.watch.start(motion.pollMs ?? 500)
    }

    protected override async measure(): Promise<void> {
        for (let polls = 0; !(await this.readAxes()); polls++) {
            if (polls >= LIS3DH_POLLS)
                throw new SensorError(QUALITY_TIMEOUT, this.part + ": gives no new data")
            await wait(LIS3DH_PERIOD_MS)
        }
        const full = 2047 * MG_PER_DIGIT[this.scale]
        for (let i = 0; i < 3; i++) {
            this.put(i, lis3dhAcceleration(this.axes[i]))
            if (Math.abs(this.axes[i]) >= full) this.qualities[i] = QUALITY_SATURATED
        }
        if (this.isAtRest()) this.put(3, angleBetween(this.axes, this.upright))
        else this.qualities[3] = QUALITY_OUT_OF_RANGE
        if (this.motion !== undefined) {
            this.put(4, this.motions)
            this.motions = 0
        }
    }

    protected override async idle(): Promise<void> {
        this.isRunning = false
        this.isWatching = false
        await this.writeRegister(LIS3DH_CTRL1, LIS3DH_POWER_DOWN)
    }

    /**
     * Settings, status and data in one transfer. @returns whether the data are new
     * @throws SensorError when the settings are others: the part lost power
     */
    private async readAxes(): Promise<boolean> {
        const bytes = await this.readRegisters(LIS3DH_CTRL1 | LIS3DH_BURST, LIS3DH_BURST_LENGTH)
        for (let i = 1; i < this.settings.length; i++)
            if (bytes[i - 1] !== this.settings[i])
                throw new SensorError(QUALITY_NOT_READY, this.part + ": lost its configuration")
        for (let i = 0; i < 3; i++) {
            const at = LIS3DH_DATA_AT + 2 * i
            // 12 bits with a sign, left-justified.
            this.axes[i] =
                (((bytes[at] << 16) | (bytes[at + 1] << 24)) >> 20) * MG_PER_DIGIT[this.scale]
        }
        return (bytes[LIS3DH_STATUS_AT] & LIS3DH_NEW_DATA) !== 0
    }

    private isAtRest(): boolean {
        const a = this.axes
        const square = a[0] * a[0] + a[1] * a[1] + a[2] * a[2]
        return square >= AT_REST_MIN && square <= AT_REST_MAX
    }

    private threshold(): number {
        const step = MG_PER_THRESHOLD[this.scale]
        const threshold = this.motion?.thresholdMilligravities ?? 80
        return Math.max(1, Math.min(127, Math.floor((threshold + step / 2) / step)))
    }

    private async watch(ms: number): Promise<void> {
        this.isLooping = true
        let due = ds.millis()
        while (this.isWatching) {
            due = Math.max(due + ms, ds.millis())
            await sleep(due - ds.millis())
            await this.poll()
        }
        this.isLooping = false
    }

    /** Looks for what happened; errors are the next sample's business, which sets the part up. */
    private async poll(): Promise<void> {
        if (!this.isRunning) return
        try {
            const source = await this.readRegister(LIS3DH_INT1_SRC)
            const hasMoved =
                (source & (LIS3DH_INT1_ACTIVE | LIS3DH_INT1_ZERO)) === LIS3DH_INT1_ACTIVE
            if (hasMoved) this.motions++
            const tips = this.motion.tipDegrees !== undefined && (await this.hasTipped())
            const isFirst = hasMoved && ds.millis() >= this.quietUntil
            if (hasMoved) this.quietUntil = ds.millis() + this.holdOffMs
            if (isFirst || tips) this.onEvent?.(this)
        } catch {
            this.isRunning = false
        }
    }

    /** @returns whether it has fallen since the look before, or stands again */
    private async hasTipped(): Promise<boolean> {
        await this.readAxes()
        if (!this.isAtRest()) return false
        const tilt = angleBetween(this.axes, this.upright)
        const limit = 10 * this.motion.tipDegrees - (this.hasFallen ? TIP_HYSTERESIS : 0)
        const isFallen = tilt >= limit
        if (isFallen === this.hasFallen) return false
        this.hasFallen = isFallen
        return true
    }
}

/** @returns its index among {@link SCALES} @throws RangeError */
function scaleOf(fullScale: number): number {
    const scale = SCALES.indexOf(fullScale)
    if (scale < 0) throw new RangeError("LIS3DH: fullScale is 2, 4, 8 or 16 g")
    return scale
}

function channelsOf(options: LIS3DHOptions, scale: number): Channel[] {
    const prefix = options?.prefix
    const max = lis3dhAcceleration(2048 * MG_PER_DIGIT[scale])
    const channels: Channel[] = []
    for (const axis of ["x", "y", "z"]) channels.push(accelerationChannel(prefix, axis, max))
    channels.push(tiltChannel(prefix))
    if (options?.motion !== undefined) channels.push(motionChannel(prefix))
    return channels
}
