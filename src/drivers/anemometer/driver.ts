import * as ds from "@devicescript/core"
import { mulDiv } from "../../core/fixed.js"
import { QUALITY_NOT_READY } from "../../core/quality.js"
import { windSpeedChannel } from "../shared/channels.js"
import { PulseDriver } from "../pulses/driver.js"
import { ServiceOptions } from "../shared/pins/service-driver.js"

/** Wind of 2.4 km/h closes the contact of the common anemometer once a second (SparkFun SEN-15901, Misol). */
const DEFAULT_SPEED_PER_HERTZ = 0.6667
/** Factors are kept in 0.0001 m/s. */
const PARTS = 10000
/** mHz × 0.0001 m/s in one step of 0.01 m/s. */
const DIVISOR = 100000

export interface AnemometerOptions extends ServiceOptions {
    /** Wind speed per pulse a second, m/s, 0.01 … 10; default 0.6667. */
    speedPerHertz?: number
    /** Added while it turns: the wind it needs to start, m/s, 0 … 2; default 0. */
    startSpeed?: number
}

/**
 * Mean wind speed since the sample before (0.01 m/s).
 *
 * @devsPart Cup anemometer with a reed contact
 * @devsServices rotaryencoder
 */
export class Anemometer extends PulseDriver {
    private readonly perHertz: number
    private readonly start: number

    /** @throws RangeError when an option is out of range */
    constructor(role: ds.RotaryEncoder, options?: AnemometerOptions) {
        super("Cup anemometer", role, [windSpeedChannel(options?.prefix)])
        const perHertz = options?.speedPerHertz ?? DEFAULT_SPEED_PER_HERTZ
        const start = options?.startSpeed ?? 0
        if (perHertz < 0.01 || perHertz > 10)
            throw new RangeError("speedPerHertz must be 0.01 to 10 m/s, got " + perHertz)
        if (start < 0 || start > 2)
            throw new RangeError("startSpeed must be 0 to 2 m/s, got " + start)
        this.perHertz = Math.floor(perHertz * PARTS + 0.5)
        this.start = Math.floor(start * 100 + 0.5)
    }

    protected override show(): void {
        const rate = this.rate()
        if (rate === undefined) this.qualities[0] = QUALITY_NOT_READY
        else this.put(0, rate === 0 ? 0 : mulDiv(rate, this.perHertz, DIVISOR) + this.start)
    }
}
