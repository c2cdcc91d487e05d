import { Aggregate } from "../core/sampling/sampler.js"
import { SensorDriver } from "../drivers/driver.js"
import { StoreOpener } from "./node-store.js"

/** What an application says about itself. */
export interface StationOptions {
    /** Name of the application: "indoor-climate". */
    app: string
    sensors: SensorDriver[]
    /** Time between two rows of readings, s. */
    intervalSeconds: number

    /** Samples that make one reading, 1 … 256; default 1. */
    samples?: number
    /** How they make it; default "mean". */
    aggregate?: Aggregate
    /** Four columns per channel instead of one: mean, `_min`, `_max`, `_deviation`. */
    statistics?: boolean

    /**
     * Per channel name, in the channel's integers: a change of at least this
     * much counts as one; 0 = any. Channels that are left out never count.
     */
    deadbands?: Record<string, number>
    /** Report on change: rows without change are left out for up to this long, s. */
    heartbeatSeconds?: number
    /** With report on change: rows come at most this often, s. */
    minimumSeconds?: number
    /** Adaptive interval: while nothing changes, the interval grows up to this, s. */
    slowSeconds?: number

    /** A frame is sent when it covers this time or is full, s; default 900. */
    reportSeconds?: number
    /** Longest frame, B; default 1,000. */
    frameBytes?: number
    /** Where readings outlive power cuts: `storeIn(new MB85RC256V(bus))`; default RAM only. */
    store?: StoreOpener
    /** RAM for frames that wait for the network on a node without store, B; default 14,000. */
    outboxBytes?: number
}
