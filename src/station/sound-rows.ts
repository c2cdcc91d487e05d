import { Channel, renamed } from "../core/channel.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { MOST_SAMPLES, SoundWindow } from "../core/derived/sound-window.js"
import { RowBuilder } from "./row-builder.js"

/**
 * Many samples of a sound level, at an interval given in ms, make one row: "laeq", the equivalent level, and "lamax", the
 * highest, in the level's scale. Of all other channels the last sample counts. In an interval of more than 256 samples
 * they are further apart.
 *
 *     rows: soundLevels(1000)
 *
 * @param sampleMs time between two samples, ms
 * @throws RangeError at the start of the station without a channel that is a sound level
 */
export function soundLevels(sampleMs: number): RowBuilder {
    return new SoundRows(sampleMs)
}

class SoundRows extends RowBuilder {
    private readonly window = new SoundWindow()
    /** Number of the channel that is the level, and of its first column. */
    private level = -1
    private channels = 0

    constructor(private readonly sampleMs: number) {
        super(1)
    }

    override changeInterval(ms: number): void {
        this.samples = Math.min(MOST_SAMPLES, Math.max(1, Math.floor(ms / this.sampleMs)))
    }

    override close(): void {
        const window = this.window
        window.close()
        const at = this.level
        this.values[at] = window.equivalent
        this.values[at + 1] = window.highest
        this.qualities[at] = window.quality
        this.qualities[at + 1] = window.quality
    }

    override columnsOf(sensors: SensorDriver[]): number {
        let columns = 1
        for (const sensor of sensors) columns += sensor.channels.length
        return columns
    }

    protected override opened(): void {
        if (this.level < 0) throw new RangeError("rows: no sensor measures a sound level")
    }

    /** The level's own columns are of an interval, and so never of one sample. */
    protected override placeOf(channel: number): number {
        if (channel === this.level) return -1
        return channel > this.level ? channel + 1 : channel
    }

    protected override addChannel(channel: Channel, part: string): void {
        if (channel.quantity === "soundLevel") {
            this.level = this.channels
            this.addColumn(renamed(channel, "laeq"), part)
            this.addColumn(renamed(channel, "lamax"), part)
        } else this.addColumn(channel, part)
        this.channels++
    }

    protected override addSample(channel: number, value: number, quality: number): void {
        if (channel === this.level) {
            this.window.add(value, quality)
            return
        }
        const at = this.placeOf(channel)
        this.values[at] = value
        this.qualities[at] = quality
    }
}
