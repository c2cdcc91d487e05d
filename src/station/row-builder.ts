import { Channel } from "../core/channel.js"
import { Aggregate, Sampler } from "../core/sampling/sampler.js"
import { WindowStatistics } from "../core/sampling/window.js"
import { SchemaChannel } from "../core/schema.js"
import { QUALITY_SKIPPED } from "../core/quality.js"
import { SensorDriver } from "../drivers/driver.js"

/** Makes rows of the samples of all sensors: one column per channel, or four with statistics. */
export abstract class RowBuilder {
    /** What the columns are. */
    readonly columns: SchemaChannel[] = []
    /** The row of the last {@link close} or {@link only}. */
    readonly values: number[] = []
    readonly qualities: number[] = []

    /** Takes in what the sensors have in hand. */
    add(sensors: SensorDriver[]): void {
        let at = 0
        for (const sensor of sensors)
            for (let i = 0; i < sensor.values.length; i++) {
                this.addSample(at, sensor.values[i], sensor.qualities[i])
                at++
            }
    }

    /** Ends the interval. */
    abstract close(): void

    /** A row with the channels of one sensor as they are now; the others are skipped. */
    only(sensors: SensorDriver[], which: SensorDriver): void {
        for (let i = 0; i < this.qualities.length; i++) this.qualities[i] = QUALITY_SKIPPED
        let at = 0
        for (const sensor of sensors)
            for (let i = 0; i < sensor.values.length; i++) {
                if (sensor === which) {
                    this.values[at] = sensor.values[i]
                    this.qualities[at] = sensor.qualities[i]
                }
                at += this.columnsPerChannel()
            }
    }

    protected abstract columnsPerChannel(): number
    protected abstract addSample(channel: number, value: number, quality: number): void

    /** @throws RangeError when two columns have one name */
    protected addColumn(channel: Channel, part: string): void {
        for (const other of this.columns)
            if (other.channel.name === channel.name)
                throw new RangeError(
                    "two channels are called " + channel.name + ": give one sensor a prefix"
                )
        this.columns.push({ channel, part })
        this.values.push(0)
        this.qualities.push(QUALITY_SKIPPED)
    }
}

/** One column per channel. */
export class ReadingRows extends RowBuilder {
    private readonly samplers: Sampler[] = []

    constructor(sensors: SensorDriver[], aggregate: Aggregate, samples: number) {
        super()
        for (const sensor of sensors)
            for (const channel of sensor.channels) {
                this.addColumn(channel, sensor.part)
                this.samplers.push(new Sampler(aggregate, samples))
            }
    }

    override close(): void {
        for (let i = 0; i < this.samplers.length; i++) {
            const sampler = this.samplers[i]
            sampler.close()
            this.values[i] = sampler.value
            this.qualities[i] = sampler.quality
        }
    }

    protected override columnsPerChannel(): number {
        return 1
    }

    protected override addSample(channel: number, value: number, quality: number): void {
        this.samplers[channel].add(value, quality)
    }
}

/** Four columns per channel: mean, minimum, maximum, standard deviation. */
export class StatisticsRows extends RowBuilder {
    private readonly windows: WindowStatistics[] = []

    constructor(sensors: SensorDriver[]) {
        super()
        for (const sensor of sensors)
            for (const channel of sensor.channels) {
                this.addColumn(channel, sensor.part)
                this.addColumn(variant(channel, "_min", channel.min), sensor.part)
                this.addColumn(variant(channel, "_max", channel.min), sensor.part)
                this.addColumn(variant(channel, "_deviation", 0), sensor.part)
                this.windows.push(new WindowStatistics())
            }
    }

    override close(): void {
        for (let i = 0; i < this.windows.length; i++) {
            const window = this.windows[i]
            const at = 4 * i
            window.close()
            this.values[at] = window.mean
            this.values[at + 1] = window.min
            this.values[at + 2] = window.max
            this.values[at + 3] = window.deviation
            for (let j = at; j < at + 4; j++) this.qualities[j] = window.quality
        }
    }

    protected override columnsPerChannel(): number {
        return 4
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
