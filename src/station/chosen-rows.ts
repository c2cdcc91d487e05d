import { Channel } from "../core/channel.js"
import { RowBuilder } from "./row-builder.js"

/** Rows of only some channels of the sensors. */
export abstract class ChosenRows extends RowBuilder {
    /** Of each channel of the sensors: its column, −1 = none. */
    private readonly places: number[] = []

    constructor(
        samples: number,
        private readonly names: string[]
    ) {
        super(samples)
    }

    override columnsOf(): number {
        return this.names.length
    }

    protected override opened(): void {
        for (const name of this.names) {
            let isThere = false
            for (const column of this.columns) if (column.name === name) isThere = true
            if (!isThere) throw new RangeError("rows: no sensor measures " + name)
        }
    }

    protected override placeOf(channel: number): number {
        return this.places[channel]
    }

    protected override addChannel(channel: Channel, part: string): void {
        const isWanted = this.names.indexOf(channel.name) >= 0
        this.places.push(isWanted ? this.columns.length : -1)
        if (isWanted) this.addColumn(channel, part)
    }
}
