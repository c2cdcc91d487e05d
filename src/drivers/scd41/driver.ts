import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { QUALITY_NOT_READY, QUALITY_SKIPPED, QUALITY_TIMEOUT } from "../../core/quality.js"
import { SensorError, wait } from "../shared/driver.js"
import { wrongPart } from "../shared/registers/register-driver.js"
import { SCD4x, SCD4xOptions } from "../scd4x/driver.js"

// Datasheet "SCD4x", version 1.7 (April 2025)
const SCD41_SINGLE_SHOT = 0x219d // 3.11.1: measure_single_shot
const SCD41_SINGLE_SHOT_MS = 5000
const SCD41_SINGLE_SHOT_RHT = 0x2196 // 3.11.2: measure_single_shot_rht_only
const SCD41_SINGLE_SHOT_RHT_MS = 50
const SCD41_POWER_DOWN = 0x36e0 // 3.11.3
const SCD41_WAKE_UP = 0x36f6 // 3.11.4: not acknowledged
const SCD41_WAKE_UP_MS = 30
const SCD41_VARIANT = 0x202f // 3.10.6
const SCD41_SET_PERIOD = 0x244e // 3.11.7: set_automatic_self_calibration_standard_period
const SCD41_GET_PERIOD = 0x234b // 3.11.8
/** Hours, instead of 156: 5 % shorter, and as a sign that the part has kept its power. */
const SCD41_OUR_PERIOD = 148
const SCD41_FACTORY_PERIOD = 156
/** More than 3 shots, at 1-minute intervals (3.8.1). */
const SCD41_RECALIBRATION_SHOTS = 4
const SCD41_RECALIBRATION_AFTER_MS = 180000
const SCD41_COMMAND_MS = 1

/** Options of {@link SCD41}. */
export interface SCD41Options extends SCD4xOptions {
    /**
     * Sends the part to sleep between samples, which then take 11 s instead of 6. It cannot
     * calibrate itself then (3.11): only together with `selfCalibration: false`.
     */
    powerDown?: boolean
    /** CO2 with each so manyth sample alone, 1 or more; the others give it as "skipped" and take 1 s. */
    co2Every?: number
}

/**
 * An SCD41 that measures when it is asked, for stations that sample rarely; an SCD40 cannot.
 * Channels and settings are those of {@link SCD4x}. A sample takes 6 s.
 *
 * @devsPart Sensirion SCD41
 * @devsServices eCO2, temperature, humidity
 * @see {@link https://sensirion.com/products/catalog/SCD41 | Datasheet}
 */
export class SCD41 extends SCD4x {
    private readonly hasSleep: boolean
    private readonly co2Every: number
    /** Samples until CO2 is measured again. */
    private untilCo2 = 0
    /** The next measurement of CO2 is the first one after power-up or a sleep: not to be used. */
    private isFirst = true
    private shots = 0

    /** @throws RangeError when a setting is outside of what the part takes, or they exclude each other */
    constructor(bus: I2C, options?: SCD41Options) {
        super(bus, options)
        this.hasSleep = options?.powerDown === true
        this.co2Every = options?.co2Every ?? 1
        if (!(this.co2Every >= 1 && Math.floor(this.co2Every) === this.co2Every))
            throw new RangeError(
                "SCD41: co2Every must be a whole number from 1, got " + this.co2Every
            )
        if (this.hasSleep && options.selfCalibration !== false)
            throw new RangeError(
                "SCD41: with powerDown it cannot calibrate itself; add selfCalibration: false, and recalibrate it now and then"
            )
        if (options?.lowPower === true)
            throw new RangeError("SCD41: measures on demand; lowPower is for SCD4x")
    }

    protected override async setup(): Promise<void> {
        await this.wake()
        await this.bringToRest()
        // An SCD40 takes the command too; its variant is 0.
        if ((await this.ask(SCD41_VARIANT, SCD41_COMMAND_MS)) >> 12 === 0)
            throw wrongPart(this.part)
        if (!(await this.mark())) return
        this.isFirst = true
        this.shots = 0
        this.startedAt = ds.millis()
    }

    /** Four shots at least, in three minutes at least: the longest of what the datasheet asks for. */
    override canRecalibrate(): boolean {
        return (
            this.shots >= SCD41_RECALIBRATION_SHOTS &&
            ds.millis() - this.startedAt >= SCD41_RECALIBRATION_AFTER_MS
        )
    }

    /** The period goes back to what the factory set, for it may be stored now. */
    override async awaken(): Promise<void> {
        await this.wake()
        await this.commandWord(SCD41_SET_PERIOD, SCD41_FACTORY_PERIOD)
        await wait(SCD41_COMMAND_MS)
    }

    /** The first measurement after power-up or a sleep is not used (version 1.3, 3.10.4). */
    protected override async measure(): Promise<void> {
        const hasCo2 = this.untilCo2 === 0
        if (this.hasSleep) await this.wake()
        await this.bringToRest()
        // Whether it keeps this asleep is not stated.
        if (this.hasSleep) await this.mark()
        await this.prepare()
        if (this.isFirst) await this.shoot(hasCo2)
        await this.shoot(hasCo2)
        if (hasCo2) this.isFirst = this.hasSleep
        if (!(await this.hasData()))
            throw new SensorError(QUALITY_TIMEOUT, this.part + ": measurement did not end")
        if ((await this.ask(SCD41_GET_PERIOD, SCD41_COMMAND_MS)) !== SCD41_OUR_PERIOD)
            throw new SensorError(QUALITY_NOT_READY, this.part + ": lost power")
        await this.readData()
        if (!hasCo2) this.qualities[0] = QUALITY_SKIPPED
        this.untilCo2 = (hasCo2 ? this.co2Every : this.untilCo2) - 1
        if (!this.hasSleep) return
        await this.command(SCD41_POWER_DOWN)
        await wait(SCD41_COMMAND_MS)
    }

    /** Sets a period that the part has only as long as it has power. @returns whether it had another one */
    private async mark(): Promise<boolean> {
        return await this.set(
            SCD41_SET_PERIOD,
            SCD41_GET_PERIOD,
            SCD41_OUR_PERIOD,
            SCD41_COMMAND_MS
        )
    }

    private async shoot(hasCo2: boolean): Promise<void> {
        if (hasCo2) this.shots++
        await this.command(hasCo2 ? SCD41_SINGLE_SHOT : SCD41_SINGLE_SHOT_RHT)
        await wait(hasCo2 ? SCD41_SINGLE_SHOT_MS : SCD41_SINGLE_SHOT_RHT_MS)
    }

    private async wake(): Promise<void> {
        try {
            await this.command(SCD41_WAKE_UP)
        } catch {
            // It never acknowledges this.
        }
        await wait(SCD41_WAKE_UP_MS)
    }
}
