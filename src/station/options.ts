import { SensorDriver } from "../drivers/shared/driver.js"
import { Envelope } from "../uplink/message.js"
import { FrameSealer } from "../uplink/seal.js"
import { NodeClock } from "../uplink/clock.js"
import { CommandServer } from "../uplink/uplink.js"
import { SettingsTaker } from "./app-settings.js"
import { ClockKeeper } from "./clock-keeper.js"
import { LearnedKeeper } from "./learned.js"
import { StoreOpener } from "./station-store.js"
import { Pace } from "./pace.js"
import { RowBuilder } from "./row-builder.js"
import { StationSinks } from "./sinks.js"

/** What commands from the network do to a station. */
export interface CommandedStation {
    readonly options: StationOptions
    readonly sinks: StationSinks
    readonly clock: NodeClock
    readonly recorder: { readonly boot: number }
    /** Sends what is recorded, without waiting for the frame to be full. */
    flush(): Promise<void>
    /** @param seconds time between two rows */
    changeInterval(seconds: number): void
}

/** @param kept ids of commands from before the boot; undefined when there are none */
export type CommandsMaker = (station: CommandedStation, kept: Buffer) => CommandServer

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
    /** Longest frame, B, 1,400 at most; default by board: 1,000, and 400 on an ESP32-S2. */
    frameBytes?: number
    /** Where readings outlive power cuts: `storeIn(new MB85RC256V(bus))`; default RAM only. */
    store?: StoreOpener
    /** Where the time outlives power cuts: `keepTimeIn(new DS3231(bus))`; default the network alone. */
    clock?: ClockKeeper
    /** Where what sensors learned outlives power cuts, when there is a store: `keepLearned([air])`; default nowhere. */
    learned?: LearnedKeeper
    // A node carries only what its app names here; the apps in devs/ name all of it.
    /** What a department sets for this application: {@link useSettings}; default nothing. */
    settings?: SettingsTaker
    /** Commands from the network: {@link remoteCommands}; default none. */
    commands?: CommandsMaker
    /** What the command "identify" does: {@link blinkLight}; default it is refused. */
    identify?: (seconds: number) => Promise<void>
    /** Seals frames under the node's key: {@link sealFrames}. A node with a key and without this holds them back. */
    seal?: (keyHex: string) => FrameSealer
    /** Frames as JSON: {@link jsonEnvelope}. A node set to JSON and without this holds them back. */
    envelope?: Envelope
    /** RAM for frames that wait for the network on a node without store, B; default what is left, 14,000 at most. */
    outboxBytes?: number
}
