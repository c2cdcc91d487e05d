import { Channel } from "../core/channel.js"
import { QUALITY_OK, isGap } from "../core/quality.js"
import { SensorDriver } from "../drivers/shared/driver.js"

/** One channel of a sensor, as something that is derived from it sees it. */
export class Source {
    constructor(
        readonly sensor: SensorDriver,
        private readonly index: number
    ) {}

    /** The latest sample; meaningless when its quality is a gap. */
    value(): number {
        return this.sensor.values[this.index]
    }

    quality(): number {
        return this.sensor.qualities[this.index]
    }

    channel(): Channel {
        return this.sensor.channels[this.index]
    }
}

/**
 * The channel of that name among the sensors: whichever part measures it.
 * @throws RangeError when none does
 */
export function channelOf(sensors: SensorDriver[], name: string): Source {
    for (const sensor of sensors)
        for (let i = 0; i < sensor.channels.length; i++)
            if (sensor.channels[i].name === name) return new Source(sensor, i)
    throw new RangeError("no sensor measures " + name)
}

/** Whether one of the sensors has a channel of that name. */
export function hasChannel(sensors: SensorDriver[], name: string): boolean {
    for (const sensor of sensors)
        for (const channel of sensor.channels) if (channel.name === name) return true
    return false
}

/**
 * Base of what is worked out of other channels instead of measured. It stands in the list of
 * sensors, behind those that it is derived from: asked in that order, it sees the same sample.
 * A gap in one of its sources is a gap, with that one's reason.
 */
export abstract class Derived extends SensorDriver {
    /** @param name as the schema's part has it: "derived: dew point" */
    constructor(
        name: string,
        private readonly sources: Source[],
        channels: Channel[]
    ) {
        super("derived: " + name, undefined, 0, channels)
        this.isDerived = true
    }

    protected override async setup(): Promise<void> {}

    protected override async measure(): Promise<void> {
        let quality = QUALITY_OK
        for (const source of this.sources) {
            const other = source.quality()
            if (other > quality) quality = other
        }
        if (!isGap(quality)) this.derive()
        for (let i = 0; i < this.qualities.length; i++)
            if (quality > this.qualities[i] || isGap(quality)) this.qualities[i] = quality
    }

    /** Sets all channels, each with {@link SensorDriver.put} or a gap; the sources have values. */
    protected abstract derive(): void
}
