import { I2C } from "@devicescript/i2c"
import { QUALITY_SKIPPED, QUALITY_TIMEOUT } from "../../core/quality.js"
import { SensorError, wait } from "../driver.js"
import { wrongPart } from "../registers/register-driver.js"
import { SCD4x, SCD4xOptions } from "../scd4x/driver.js"

// Datasheet "SCD4x", version 1.3 (September 2022)
const SCD41_SINGLE_SHOT = 0x219d // 3.10.1: measure_single_shot
const SCD41_SINGLE_SHOT_MS = 5000
const SCD41_SINGLE_SHOT_RHT = 0x2196 // 3.10.2: measure_single_shot_rht_only
const SCD41_SINGLE_SHOT_RHT_MS = 50
const SCD41_POWER_DOWN = 0x36e0 // 3.10.3
const SCD41_WAKE_UP = 0x36f6 // 3.10.4: not acknowledged
const SCD41_WAKE_UP_MS = 30 // 20 ms in version 1.3; 30 ms in Sensirion's driver
const SCD41_VARIANT = 0x202f // later than version 1.3, from Sensirion's driver
const SCD41_COMMAND_MS = 1

/** Options of {@link SCD41}. */
export interface SCD41Options extends SCD4xOptions {
    /** Sends the part to sleep between samples, which then take 11 s instead of 6. */
    powerDown?: boolean
    /** CO2 with each so manyth sample alone, 1 or more; the others give it as "skipped" and take 1 s. */
    co2Every?: number
}

/**
 * An SCD41 that measures when it is asked, for stations that sample rarely; an SCD40 can not.
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

    /** @throws RangeError when a setting is outside of what the part takes */
    constructor(bus: I2C, options?: SCD41Options) {
        super(bus, options)
        this.hasSleep = options?.powerDown === true
        this.co2Every = options?.co2Every ?? 1
        if (!(this.co2Every >= 1 && Math.floor(this.co2Every) === this.co2Every))
            throw new RangeError(
                "SCD41: co2Every must be a whole number from 1, got " + this.co2Every
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
    }

    /**
     * Nothing tells whether the part has lost its power since the last sample: the settings are
     * read and written where they differ each time. The first measurement after a sleep is not
     * used, as the datasheet advises after a power cycle.
     */
    protected override async measure(): Promise<void> {
        const hasCo2 = this.untilCo2 === 0
        if (this.hasSleep) await this.wake()
        await this.bringToRest()
        if (this.hasSleep) await this.shoot(hasCo2)
        await this.prepare()
        await this.shoot(hasCo2)
        if (!(await this.hasData()))
            throw new SensorError(QUALITY_TIMEOUT, this.part + ": measurement did not end")
        await this.readData()
        if (!hasCo2) this.qualities[0] = QUALITY_SKIPPED
        this.untilCo2 = (hasCo2 ? this.co2Every : this.untilCo2) - 1
        if (!this.hasSleep) return
        await this.command(SCD41_POWER_DOWN)
        await wait(SCD41_COMMAND_MS)
    }

    private async shoot(hasCo2: boolean): Promise<void> {
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
