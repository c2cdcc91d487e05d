import { filled } from "../core/list.js"
import { QUALITY_SKIPPED, isGap } from "../core/quality.js"
import { ChosenRows } from "./chosen-rows.js"
import { RowBuilder } from "./row-builder.js"

/**
 * A sample at each interval given in ms, and of each named channel the highest value of a row's interval, so that nothing short is
 * missed, however long the interval is. Others are not recorded.
 *
 *     rows: peaks(500, ["in_water"])
 *
 * @param sampleMs time between two samples, ms
 * @throws RangeError at the start of the station for a name that no sensor has
 */
export function peaks(sampleMs: number, names: string[]): RowBuilder {
    return new PeakRows(sampleMs, names)
}

class PeakRows extends ChosenRows {
    /** Of each column, in this interval: apart from {@link values}, for an event makes a row in the middle of it. */
    private readonly highest: number[]
    private readonly best: number[]

    constructor(
        private readonly sampleMs: number,
        names: string[]
    ) {
        super(1, names)
        this.highest = filled(names.length, 0)
        this.best = filled(names.length, QUALITY_SKIPPED)
    }

    override changeInterval(ms: number): void {
        this.samples = Math.max(1, Math.floor(ms / this.sampleMs))
    }

    override close(): void {
        for (let i = 0; i < this.highest.length; i++) {
            this.values[i] = this.highest[i]
            this.qualities[i] = this.best[i]
            this.best[i] = QUALITY_SKIPPED
        }
    }

    protected override addSample(channel: number, value: number, quality: number): void {
        const place = this.placeOf(channel)
        if (place < 0) return
        if (!isGap(this.best[place]) && (isGap(quality) || value <= this.highest[place])) return
        this.highest[place] = value
        this.best[place] = quality
    }
}
