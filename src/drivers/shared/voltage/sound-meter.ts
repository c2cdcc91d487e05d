import { Channel } from "../../../core/channel.js"
import { divRound } from "../../../core/fixed.js"
import { QUALITY_ABSENT } from "../../../core/quality.js"
import { soundLevelChannel } from "../channels.js"
import { AnalogQuantity } from "./quantity.js"

// DFRobot SEN0232 "Gravity: Analog Sound Level Meter": 0.6 V = 30 dB(A), 2.6 V = 130 dB(A)
/** µV in 0.1 dB. */
const STEP = 2000
const LOWEST = 300
const HIGHEST = 1300
/** Below it nothing is connected, µV. */
const NOTHING = 300000

/**
 * A sound level meter with 50 dB per volt: A-weighted level in 0.1 dB. Below 0.3 V there is a
 * gap ("absent"), for the meter itself never gives less than 0.6 V.
 */
export class SoundMeter extends AnalogQuantity {
    override channel(prefix: string): Channel {
        return soundLevelChannel(prefix, LOWEST, HIGHEST)
    }

    override evaluate(microvolts: number[]): void {
        if (microvolts[0] < NOTHING) {
            this.gap(QUALITY_ABSENT, "below 0.3 V, the meter is not connected")
            return
        }
        this.put(divRound(microvolts[0], STEP))
    }
}
