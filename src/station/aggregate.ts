import { Channel } from "../core/channel.js"
import { Aggregate, Sampler } from "../core/sampling/sampler.js"
import { RowBuilder } from "./row-builder.js"

/**
 * Several samples make one reading:
 *
 *     rows: aggregate("median", 5)
 *
 * @param samples per row, 1 … 256
 * @throws RangeError at the start of the station, for samples out of range
 */
export function aggregate(how: Aggregate, samples: number): RowBuilder {
    return new AggregateRows(how, samples)
}

class AggregateRows extends RowBuilder {
    private readonly samplers: Sampler[] = []

    constructor(
        private readonly how: Aggregate,
        samples: number
    ) {
        super(samples)
    }

    override close(): void {
        for (let i = 0; i < this.samplers.length; i++) {
            const sampler = this.samplers[i]
            sampler.close()
            this.values[i] = sampler.value
            this.qualities[i] = sampler.quality
        }
    }

    protected override addChannel(channel: Channel, part: string): void {
        this.addColumn(channel, part)
        this.samplers.push(new Sampler(this.how, this.samples))
    }

    protected override addSample(channel: number, value: number, quality: number): void {
        this.samplers[channel].add(value, quality)
    }
}
