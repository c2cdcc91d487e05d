import { I2C } from "@devicescript/i2c"
import { gasTicksChannel } from "../shared/channels.js"
import { SGP4x, SGP4xOptions } from "../sgp4x/driver.js"

// Datasheet "SGP40", version 1.2 (February 2022)
const SGP40_MEASURE = 0x260f // table 8: sgp40_measure_raw_signal
const SGP40_MEASURE_MS = 30 // table 8
const SGP40_FEATURE = 0x020 // ESPHome; not in the datasheet

/**
 * Volatile organic compounds in air as a raw signal, 0 … 65,535 ticks: the logarithm of a
 * resistance, which falls when there are more of them.
 *
 * @devsPart Sensirion SGP40
 * @devsServices tvoc
 * @see {@link https://sensirion.com/products/catalog/SGP40 | Datasheet}
 */
export class SGP40 extends SGP4x {
    /** @throws RangeError when the climate's driver does not give temperature and humidity */
    constructor(bus: I2C, options?: SGP4xOptions) {
        super(
            "Sensirion SGP40",
            bus,
            options,
            [gasTicksChannel(options?.prefix, "sraw_voc", "vocRawSignal")],
            SGP40_FEATURE,
            SGP40_MEASURE,
            SGP40_MEASURE_MS
        )
    }
}
