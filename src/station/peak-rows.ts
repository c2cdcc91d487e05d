import { Channel } from "../core/channel.js"
import { QUALITY_SKIPPED, isGap } from "../core/quality.js"
import { RowBuilder } from "./row-builder.js"

/**
 * Many samples make one row: of each named channel the highest value among them, so that nothing short is missed.
 * Others are not recorded.
 *
 *     rows: peaks(120, ["in_water"])
 *
 * @param samples per row, ≥ 1
 */
export function peaks(samples: number, names: string[]): RowBuilder {
    return new PeakRows(samples, names)
}

class PeakRows extends RowBuilder {
    /** Of each channel of the sensors: its column, −1 = none. */
    private readonly places: number[] = []
    private isNew = true

    constructor(
        samples: number,
        private readonly names: string[]
    ) {
        super(samples)
    }

    override close(): void {
        this.isNew = true
    }

    override columnsOf(): number {
        return this.names.length
    }

    protected override addChannel(channel: Channel, part: string): void {
        const isWanted = this.names.indexOf(channel.name) >= 0
        this.places.push(isWanted ? this.columns.length : -1)
        if (isWanted) this.addColumn(channel, part)
    }

    protected override addSample(channel: number, value: number, quality: number): void {
        if (channel === 0 && this.isNew) {
            this.isNew = false
            for (let i = 0; i < this.qualities.length; i++) this.qualities[i] = QUALITY_SKIPPED
        }
        const place = this.places[channel]
        if (place < 0) return
        const hasValue = !isGap(this.qualities[place])
        if (hasValue && (isGap(quality) || value <= this.values[place])) return
        this.values[place] = value
        this.qualities[place] = quality
    }
}
