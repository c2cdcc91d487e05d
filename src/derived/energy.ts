import * as ds from "@devicescript/core"
import { divRound } from "../core/fixed.js"
import { QUALITY_NOT_READY } from "../core/quality.js"
import { Setting } from "../core/setting.js"
import { energyChannel, meanPowerChannel } from "./channels.js"
import { Derived, Source } from "./derived.js"

const WH_PER_KWH = 1000
const MS_PER_HOUR = 3600000

/** Energy by the pulses of a meter (S0): "energy" in Wh since the counter began, "mean_power" in W since the sample before. */
export class PulseEnergy extends Derived {
    private last = -1
    private lastMs = 0

    /** @param pulses a running total @param perKwh pulses in 1 kWh */
    constructor(
        private readonly pulses: Source,
        private readonly perKwh: Setting
    ) {
        super("energy", [pulses], [energyChannel(), meanPowerChannel()])
    }

    protected override derive(): void {
        const pulses = this.pulses.value()
        const now = ds.millis()
        this.put(0, divRound(pulses * WH_PER_KWH, this.perKwh.value))
        const ms = now - this.lastMs
        const count = pulses - this.last
        if (this.last < 0 || count < 0 || ms <= 0) this.qualities[1] = QUALITY_NOT_READY
        else
            this.put(
                1,
                Math.floor((count * WH_PER_KWH * MS_PER_HOUR) / (this.perKwh.value * ms) + 0.5)
            )
        this.last = pulses
        this.lastMs = now
    }
}
