import * as ds from "@devicescript/core"
import { MouldTime } from "../core/derived/mould.js"
import { divRound } from "../core/fixed.js"
import { Setting } from "../core/setting.js"
import { hoursChannel } from "./channels.js"
import { Derived, Source } from "./derived.js"

const MINUTES_PER_STEP = 6
const LONGEST = 2147483647

/** Time since the start in which mould could grow, "mould_hours" in 0.1 h. */
export class MouldHours extends Derived {
    private readonly time = new MouldTime()

    /** @param temperature 0.01 °C @param humidity 0.01 %RH @param limit %RH */
    constructor(
        private readonly temperature: Source,
        private readonly humidity: Source,
        private readonly limit: Setting
    ) {
        super(
            "mould hours",
            [temperature, humidity],
            [hoursChannel("mould_hours", "mouldTime", LONGEST)]
        )
    }

    protected override derive(): void {
        const { time, limit } = this
        const minute = Math.floor(ds.millis() / 60000)
        time.update(this.temperature.value(), this.humidity.value(), 100 * limit.value, minute)
        this.put(0, divRound(time.minutes, MINUTES_PER_STEP))
    }
}
