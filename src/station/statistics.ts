import { Channel } from "../core/channel.js"
import { MAX_WINDOW, WindowStatistics } from "../core/sampling/window.js"
import { RowBuilder } from "./row-builder.js"

const COLUMNS = 4

/**
 * Four columns per channel instead of one: mean, `_min`, `_max`, and `_deviation`,
 * the standard deviation; all in the channel's scale.
 *
 *     rows: statistics(6)
 *
 * @param samples per row, 1 … {@link MAX_WINDOW}
 * @throws RangeError for samples out of range
 */
export function statistics(samples: number): RowBuilder {
    if (!(samples >= 1 && samples <= MAX_WINDOW))
        throw new RangeError("statistics take 1 to " + MAX_WINDOW + " samples, got " + samples)
    return new StatisticsRows(samples)
}

class StatisticsRows extends RowBuilder {
    private readonly windows: WindowStatistics[] = []

    override close(): void {
        for (let i = 0; i < this.windows.length; i++) {
            const window = this.windows[i]
            const at = COLUMNS * i
            window.close()
            this.values[at] = window.mean
            this.values[at + 1] = window.min
            this.values[at + 2] = window.max
            this.values[at + 3] = window.deviation
            for (let j = at; j < at + COLUMNS; j++) this.qualities[j] = window.quality
        }
    }

    protected override columnsPerChannel(): number {
        return COLUMNS
    }

    protected override addChannel(channel: Channel, part: string): void {
        this.addColumn(channel, part)
        this.addColumn(variant(channel, "_min", channel.min), part)
        this.addColumn(variant(channel, "_max", channel.min), part)
        this.addColumn(variant(channel, "_deviation", 0), part)
        this.windows.push(new WindowStatistics())
    }

    protected override addSample(channel: number, value: number, quality: number): void {
        this.windows[channel].add(value, quality)
    }
}

function variant(channel: Channel, suffix: string, min: number): Channel {
    return {
        name: channel.name + suffix,
        quantity: channel.quantity,
        unit: channel.unit,
        unitCode: channel.unitCode,
        scaleNumerator: channel.scaleNumerator,
        scaleDenominator: channel.scaleDenominator,
        min,
        max: channel.max,
    }
}
