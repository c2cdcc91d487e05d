import { Channel } from "../core/channel.js"
import { QUALITY_SKIPPED } from "../core/quality.js"
import { SensorDriver } from "../drivers/shared/driver.js"

/**
 * Makes rows of the samples of all sensors: one column per channel, one sample per
 * row. Other ways of making rows extend it, so that apps without them do not carry them.
 */
export class RowBuilder {
    /** What the columns are. */
    readonly columns: Channel[] = []
    /** Maker and name of the sensor that each comes from. */
    readonly parts: string[] = []
    /** The row of the last {@link close} or {@link only}. */
    readonly values: number[] = []
    readonly qualities: number[] = []

    /** @param samples that make one row, ≥ 1 */
    constructor(public samples: number) {}

    /** Sets the columns up. @throws RangeError when two have one name, or one is missing */
    open(sensors: SensorDriver[]): void {
        for (const sensor of sensors)
            for (const channel of sensor.channels) this.addChannel(channel, sensor.part)
        this.opened()
    }

    /** Rows are so far apart from now on, ms: where samples count by time, another number makes a row. */
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- a number of samples does not change
    changeInterval(_ms: number): void {}

    /** Takes in the sensors' current values. */
    add(sensors: SensorDriver[]): void {
        let at = 0
        for (const sensor of sensors)
            for (let i = 0; i < sensor.values.length; i++) {
                this.addSample(at, sensor.values[i], sensor.qualities[i])
                at++
            }
    }

    /** Ends the interval. */
    close(): void {}

    /** A row with the channels of one sensor as they are now; the others are skipped. */
    only(sensors: SensorDriver[], which: SensorDriver): void {
        for (let i = 0; i < this.qualities.length; i++) this.qualities[i] = QUALITY_SKIPPED
        let at = 0
        for (const sensor of sensors)
            for (let i = 0; i < sensor.values.length; i++) {
                const place = this.placeOf(at)
                if (sensor === which && place >= 0) {
                    this.values[place] = sensor.values[i]
                    this.qualities[place] = sensor.qualities[i]
                }
                at++
            }
    }

    /** Columns of a row of these sensors. */
    columnsOf(sensors: SensorDriver[]): number {
        let channels = 0
        for (const sensor of sensors) channels += sensor.channels.length
        return channels * this.columnsPerChannel()
    }

    /** Column that shows a single sample of a channel of the sensors; −1 = none. */
    protected placeOf(channel: number): number {
        return channel * this.columnsPerChannel()
    }

    /** All columns are there. @throws RangeError when they are not those that were wanted */
    protected opened(): void {}

    protected columnsPerChannel(): number {
        return 1
    }

    protected addChannel(channel: Channel, part: string): void {
        this.addColumn(channel, part)
    }

    protected addSample(channel: number, value: number, quality: number): void {
        this.values[channel] = value
        this.qualities[channel] = quality
    }

    protected addColumn(channel: Channel, part: string): void {
        for (const other of this.columns)
            if (other.name === channel.name)
                throw new RangeError(
                    "two channels are called " + channel.name + ": give one sensor a prefix"
                )
        this.columns.push(channel)
        this.parts.push(part)
        this.values.push(0)
        this.qualities.push(QUALITY_SKIPPED)
    }
}
