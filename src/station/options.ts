import { SensorDriver } from "../drivers/driver.js"
import { ClockKeeper } from "./clock-keeper.js"
import { StoreOpener } from "./node-store.js"
import { Pace } from "./pace.js"
import { RowBuilder } from "./row-builder.js"

/** What an application says about itself. */
export interface StationOptions {
    /** Name of the application: "indoor-climate". */
    app: string
    sensors: SensorDriver[]
    /** Time between two rows of readings, s. */
    intervalSeconds: number

    /**
     * What makes a row: {@link statistics} or {@link aggregate} of several samples;
     * default one sample of each sensor.
     */
    rows?: RowBuilder
    /** Which rows are recorded: {@link onChange}; default all. */
    pace?: Pace

    /** A frame is sent when it covers this time or is full, s; default 900. */
    reportSeconds?: number
    /** Longest frame, B; default 1,000. */
    frameBytes?: number
    /** Where readings outlive power cuts: `storeIn(new MB85RC256V(bus))`; default RAM only. */
    store?: StoreOpener
    /** Where the time outlives power cuts: `keepTimeIn(new DS3231(bus))`; default the network alone. */
    clock?: ClockKeeper
    /** RAM for frames that wait for the network on a node without store, B; default 14,000. */
    outboxBytes?: number
}
