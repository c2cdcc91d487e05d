import * as ds from "@devicescript/core"
import { I2C } from "@devicescript/i2c"
import { gasTicksChannel } from "../shared/channels.js"
import { wait } from "../shared/driver.js"
import {
    SGP4X_DEFAULT_HUMIDITY,
    SGP4X_DEFAULT_TEMPERATURE,
    SGP4x,
    SGP4xOptions,
} from "../sgp4x/driver.js"

// Datasheet "SGP41", version 1.0 (December 2021)
const SGP41_CONDITION = 0x2612 // table 8: sgp41_execute_conditioning
const SGP41_MEASURE = 0x2619 // table 8: sgp41_measure_raw_signals
const SGP41_MEASURE_MS = 50 // table 8
const SGP41_FEATURE = 0x040 // ESPHome; not in the datasheet
/** 10 s are recommended, and more must not be; the rest is for a board that is late. */
const SGP41_CONDITION_MS = 9000
const SGP41_END_ATTEMPTS = 3
/** A part whose contacts are loose is conditioned no more often than this, ms. */
const SGP41_CONDITION_PAUSE_MS = 600_000

/**
 * Volatile organic compounds and nitrogen oxides in air as raw signals, 0 … 65,535 ticks:
 * logarithms of resistances. The first one falls when there are more organic compounds, the
 * second one rises with nitrogen oxides.
 *
 * @devsPart Sensirion SGP41
 * @devsServices tvoc
 * @see {@link https://sensirion.com/products/catalog/SGP41 | Datasheet}
 */
export class SGP41 extends SGP4x {
    private conditionedAt = -SGP41_CONDITION_PAUSE_MS

    /** @throws RangeError when the climate's driver does not give temperature and humidity */
    constructor(bus: I2C, options?: SGP4xOptions) {
        super(
            "Sensirion SGP41",
            bus,
            options,
            [
                gasTicksChannel(options?.prefix, "sraw_voc", "vocRawSignal"),
                gasTicksChannel(options?.prefix, "sraw_nox", "noxRawSignal"),
            ],
            SGP41_FEATURE,
            SGP41_MEASURE,
            SGP41_MEASURE_MS
        )
        if (options?.lowPower === true)
            throw new RangeError("Sensirion SGP41: has no low power mode; NOx needs a hot plate")
    }

    /**
     * Conditions the NOx pixel. Too long a time damages it, so the end is tried again
     * when a transfer is disturbed.
     */
    protected override async condition(): Promise<void> {
        if (ds.millis() - this.conditionedAt < SGP41_CONDITION_PAUSE_MS) return
        await this.heat(SGP41_CONDITION, SGP4X_DEFAULT_HUMIDITY, SGP4X_DEFAULT_TEMPERATURE)
        this.conditionedAt = ds.millis()
        await wait(SGP41_CONDITION_MS)
        let failure: unknown = undefined
        for (let attempt = 0; attempt < SGP41_END_ATTEMPTS; attempt++)
            try {
                await this.startMeasurement()
                return
            } catch (e) {
                failure = e
            }
        throw failure
    }
}
