import { ChosenRows } from "./chosen-rows.js"
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

class SomeColumns extends ChosenRows {
    constructor(names: string[]) {
        super(1, names)
    }

    protected override addSample(channel: number, value: number, quality: number): void {
        const place = this.placeOf(channel)
        if (place < 0) return
        this.values[place] = value
        this.qualities[place] = quality
    }
}
