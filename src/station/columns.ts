import { Channel } from "../core/channel.js"
import { QUALITY_SKIPPED } from "../core/quality.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { RowBuilder } from "./row-builder.js"

/**
 * Only some channels of the sensors are recorded: each column of a row takes some 800 B of
 * memory, and bytes on the way. What is derived from the others sees them all the same.
 *
 *     rows: columns(["distance", "tilt", "fill_level"])
 *
 * @param names channels, in any order; they stay in that of the sensors
 * @throws RangeError at the start of the station for a name that no sensor has
 */
export function columns(names: string[]): RowBuilder {
    return new SomeColumns(names)
}

class SomeColumns extends RowBuilder {
    /** Of each channel of the sensors: its column, −1 = none. */
    private readonly places: number[] = []

    constructor(private readonly names: string[]) {
        super(1)
    }

    override open(sensors: SensorDriver[]): void {
        for (const sensor of sensors)
            for (const channel of sensor.channels) this.addChannel(channel, sensor.part)
        for (const name of this.names)
            if (!this.hasColumn(name)) throw new RangeError("columns: no sensor measures " + name)
    }

    override only(sensors: SensorDriver[], which: SensorDriver): void {
        for (let i = 0; i < this.qualities.length; i++) this.qualities[i] = QUALITY_SKIPPED
        let at = 0
        for (const sensor of sensors)
            for (let i = 0; i < sensor.values.length; i++) {
                if (sensor === which) this.addSample(at, sensor.values[i], sensor.qualities[i])
                at++
            }
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
        const place = this.places[channel]
        if (place < 0) return
        this.values[place] = value
        this.qualities[place] = quality
    }

    private hasColumn(name: string): boolean {
        for (const column of this.columns) if (column.name === name) return true
        return false
    }
}
