import { divRound } from "../../../core/fixed.js"
import { Channel } from "../../../core/channel.js"
import { QUALITY_OK } from "../../../core/quality.js"
import { voltageChannel } from "../channels.js"

/**
 * What the voltage of an analog input means. One object per input: it holds the
 * latest result.
 */
export abstract class AnalogQuantity {
    /** Result of the latest {@link evaluate}, in the channel's scale. */
    value = 0
    quality = QUALITY_OK
    /** Why the result is a gap; "" when it is none. */
    reason = ""

    /** @param readings conversions that one result takes, 1 … 128 */
    constructor(readonly readings = 1) {}

    /** @param prefix of the driver, put before the name */
    abstract channel(prefix: string): Channel

    /**
     * Sets {@link value}, {@link quality} and {@link reason}.
     * @param microvolts the conversions, {@link readings} of them
     */
    abstract evaluate(microvolts: number[]): void

    protected put(value: number): void {
        this.value = value
        this.quality = QUALITY_OK
        this.reason = ""
    }

    /** @param quality the gap @param reason in words, without the channel's name */
    protected gap(quality: number, reason: string): void {
        this.quality = quality
        this.reason = reason
    }
}

/** The voltage itself, in 0.1 mV. */
export class Voltage extends AnalogQuantity {
    /** @param name of the channel @param min @param max in 0.1 mV */
    constructor(
        private readonly name: string,
        private readonly min: number,
        private readonly max: number
    ) {
        super()
    }

    override channel(prefix: string): Channel {
        return voltageChannel((prefix ?? "") + this.name + "_", 10000, this.min, this.max)
    }

    override evaluate(microvolts: number[]): void {
        this.put(divRound(microvolts[0], 100))
    }
}
