import { Channel } from "../../../core/channel.js"
import { divRound } from "../../../core/fixed.js"
import { QUALITY_ABSENT, QUALITY_OUT_OF_RANGE, QUALITY_SATURATED } from "../../../core/quality.js"
import { levelChannel } from "../channels.js"
import { checkWhole } from "../check-whole.js"
import { AnalogQuantity } from "./quantity.js"

// NAMUR NE 43: what a current loop of 4 to 20 mA says beside its value, in µA
const LOOP_BROKEN = 3600 // below: failure; a cut wire gives 0
const LOOP_LOW = 3800 // the measuring range with its overrange
const LOOP_HIGH = 20500
const LOOP_FAULT = 21000 // above: failure, or a short circuit
const LOOP_ZERO = 4000
const LOOP_SPAN = 16000

/** Options of {@link LevelProbe}. */
export interface LevelProbeOptions {
    /** Resistor that the loop's current flows through, mΩ, 1000 … 290,000: 100 Ω is 100000. */
    shuntMilliohms: number
    /** Level at 20 mA, mm, 1 … 200,000; 4 mA is 0. */
    rangeMillimetres: number
    /** Name of the channel; default "level". */
    name?: string
}

/**
 * A level probe with a current loop of 4 to 20 mA: level in mm. Below 3.6 mA the wire is
 * broken and there is a gap ("absent"), above 21 mA one too ("out of range"); between the
 * measuring range of NAMUR NE 43 (3.8 … 20.5 mA) and these the level is "saturated".
 */
export class LevelProbe extends AnalogQuantity {
    private readonly name: string
    private readonly shunt: number
    private readonly range: number

    /** @throws RangeError for an option out of range */
    constructor(options: LevelProbeOptions) {
        super()
        checkWhole("LevelProbe: shuntMilliohms", options.shuntMilliohms, 1000, 290000)
        checkWhole("LevelProbe: rangeMillimetres", options.rangeMillimetres, 1, 200000)
        this.name = options.name ?? "level"
        this.shunt = options.shuntMilliohms
        this.range = options.rangeMillimetres
    }

    override channel(prefix: string): Channel {
        return levelChannel(
            (prefix ?? "") + this.name,
            levelOf(LOOP_BROKEN * this.shunt, this.shunt, this.range),
            levelOf(LOOP_FAULT * this.shunt, this.shunt, this.range)
        )
    }

    override evaluate(microvolts: number[]): void {
        // nV, as µA × mΩ are: comparing needs no division, and so no rounding.
        const nanovolts = 1000 * microvolts[0]
        if (nanovolts < LOOP_BROKEN * this.shunt) {
            this.gap(QUALITY_ABSENT, "below 3.6 mA, the wire is broken or the probe has no supply")
            return
        }
        if (nanovolts > LOOP_FAULT * this.shunt) {
            this.gap(QUALITY_OUT_OF_RANGE, "above 21 mA, the probe reports a fault or is shorted")
            return
        }
        this.put(levelOf(nanovolts, this.shunt, this.range))
        if (nanovolts < LOOP_LOW * this.shunt || nanovolts > LOOP_HIGH * this.shunt)
            this.quality = QUALITY_SATURATED
    }
}

/**
 * (current − 4 mA) × range / 16 mA. 1.2 V over 100 Ω are 12 mA: half of the range.
 * The product stays below 2⁵¹: 6.144 × 10⁹ nV × 200,000 mm.
 */
function levelOf(nanovolts: number, shunt: number, range: number): number {
    return divRound((nanovolts - LOOP_ZERO * shunt) * range, LOOP_SPAN * shunt)
}
