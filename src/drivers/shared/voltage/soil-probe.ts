import { Channel } from "../../../core/channel.js"
import { divRound } from "../../../core/fixed.js"
import { QUALITY_OUT_OF_RANGE, QUALITY_SATURATED } from "../../../core/quality.js"
import { soilMoistureChannel } from "../channels.js"
import { checkWhole } from "../check-whole.js"
import { AnalogQuantity } from "./quantity.js"

/** Options of {@link SoilProbe}: two points that were measured with this very probe. */
export interface SoilProbeOptions {
    /** Voltage in dry soil (or air), mV, 0 … 6144. */
    dryMillivolts: number
    /** Voltage in soaked soil (or water), mV, 0 … 6144; usually lower than the dry one. */
    wetMillivolts: number
    /** Name of the channel; default "soil_moisture". */
    name?: string
}

/**
 * A capacitive soil probe: 0 % at the dry point, 100 % at the wet one, in 0.1 %, a straight
 * line between. Beyond the points the value stays at its end and is "saturated"; further
 * away than half of the span it is no soil and becomes a gap ("out of range").
 */
export class SoilProbe extends AnalogQuantity {
    private readonly name: string
    private readonly dry: number
    private readonly wet: number

    /** @throws RangeError for an option out of range, or when the points are less than 100 mV apart */
    constructor(options: SoilProbeOptions) {
        super()
        const { dryMillivolts, wetMillivolts } = options
        checkWhole("SoilProbe: dryMillivolts", dryMillivolts, 0, 6144)
        checkWhole("SoilProbe: wetMillivolts", wetMillivolts, 0, 6144)
        if (Math.abs(dryMillivolts - wetMillivolts) < 100)
            throw new RangeError("SoilProbe: dry and wet must be at least 100 mV apart")
        this.name = options.name ?? "soil_moisture"
        this.dry = 1000 * dryMillivolts
        this.wet = 1000 * wetMillivolts
    }

    override channel(prefix: string): Channel {
        return soilMoistureChannel(prefix, this.name)
    }

    override evaluate(microvolts: number[]): void {
        const isFalling = this.wet < this.dry
        const wetter = isFalling ? this.dry - microvolts[0] : microvolts[0] - this.dry
        const moisture = divRound(1000 * wetter, Math.abs(this.wet - this.dry))
        if (moisture < -500 || moisture > 1500) {
            this.gap(QUALITY_OUT_OF_RANGE, "far outside of its dry and wet points")
            return
        }
        this.put(moisture < 0 ? 0 : moisture > 1000 ? 1000 : moisture)
        if (moisture < 0 || moisture > 1000) this.quality = QUALITY_SATURATED
    }
}
