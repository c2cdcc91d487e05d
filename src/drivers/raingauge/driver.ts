import * as ds from "@devicescript/core"
import { precipitationChannel } from "../shared/channels.js"
import { PulseDriver } from "../pulses/driver.js"
import { ServiceOptions } from "../shared/pins/service-driver.js"

/** Rain per tip of the common gauge with an 0.011 inch bucket (SparkFun SEN-15901, Misol). */
const DEFAULT_MM_PER_TIP = 0.2794
/** The step of the channel is given in this part of a millimetre. */
const PARTS = 10000

export interface RainGaugeOptions extends ServiceOptions {
    /** Rain that tips the bucket once, mm, 0.01 … 10; default 0.2794. On the gauge's label. */
    mmPerTip?: number
}

/**
 * Rain since the start, in tips of a tipping bucket with one reed contact.
 *
 * @devsPart Tipping-bucket rain gauge
 * @devsServices rotaryencoder
 */
export class RainGauge extends PulseDriver {
    /** @throws RangeError when mmPerTip is out of range */
    constructor(role: ds.RotaryEncoder, options?: RainGaugeOptions) {
        super("Tipping-bucket rain gauge", role, [
            precipitationChannel(options?.prefix, partsPerTip(options), PARTS),
        ])
    }

    protected override show(): void {
        this.put(0, this.total)
    }
}

function partsPerTip(options: RainGaugeOptions): number {
    const mm = options?.mmPerTip ?? DEFAULT_MM_PER_TIP
    if (mm < 0.01 || mm > 10) throw new RangeError("mmPerTip must be 0.01 to 10 mm, got " + mm)
    return Math.floor(mm * PARTS + 0.5)
}
