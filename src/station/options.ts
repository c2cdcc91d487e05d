import { CalibratedChannel } from "../calibration/calibrated-channel.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { NodeClock } from "../uplink/clock.js"
import { Envelope } from "../uplink/message.js"
import { FrameSealer } from "../uplink/seal.js"
import { CommandServer, Uplink } from "../uplink/uplink.js"
import { SettingsTaker } from "./app-settings.js"
import { ClockKeeper } from "./clock-keeper.js"
import { LearnedKeeper } from "./learned.js"
import { StoreOpener } from "./station-store.js"
import { Pace } from "./pace.js"
import { FrameRecorder } from "./recorder.js"
import { RowBuilder } from "./row-builder.js"
import { NodeSettings } from "./settings.js"
import { StationSinks } from "./sinks.js"
import { StationSchema } from "./station-schema.js"
import { ProcedureStore } from "../drivers/shared/procedures.js"

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

/** What calibrations do to a station. */
export interface CalibratedStation extends CommandedStation {
    readonly clock: NodeClock
    readonly recorder: {
        readonly boot: number
        /** Puts the open frame into the outbox. */
        readonly flush: () => Promise<void>
        /** Rows from now on are of another schema. No frame may be open. */
        readonly setSchema: (id: number) => void
    }
    schema: StationSchema
    schemaId: number
    /** Time between two rows, s. */
    intervalSeconds(): number
}

/** Corrects the readings of a station. An interface, so that apps without calibration do not carry it. */
export interface StationCalibration {
    /** Reads the records, once, at boot, before the station's schema is used. */
    open: (station: CalibratedStation) => Promise<void>
    /** Answers over USB beside the station's own service, and over the network. */
    connect: (station: ConnectedStation, uplink: Uplink, settings: NodeSettings) => void
    /** Before a row is recorded: sees to it that its schema names the calibrations it was made with. */
    settle: (station: CalibratedStation) => Promise<void>
    /** Members of the status record, each with a comma before it. */
    statusText: () => string
}

/** Answers what has to do with procedures of parts: `procedures` of usb/procedures.ts. An interface, so that apps without it do not carry it. */
export interface ProcedureServer {
    /** Before parts are set up: gives them what was kept. */
    open: (store: ProcedureStore) => Promise<void>
    /** @returns an item; undefined: none */
    answer: (call: ItemRequest, all: CorrectedParts, operation: number, index: number) => Buffer
}

/** What procedures have to know of calibrations. */
export interface CorrectedParts {
    /** The part that is out of service; undefined: none. */
    readonly away: unknown
    readonly channels: CalibratedChannel[]
}

/** @param kept ids of commands from before the boot; undefined when there are none */
export type CommandsMaker = (station: CommandedStation, kept: Buffer) => CommandServer

/** What a station tells of itself. */
export interface TellingStation extends CommandedStation {
    readonly schema: StationSchema
    readonly schemaId: number
    readonly recorder: FrameRecorder
    readonly clock: NodeClock
    readonly errors: number
    /** Time between two rows, s. */
    intervalSeconds(): number
}

/** A station that answers over USB. */
export interface ConnectedStation extends TellingStation {
    watcher: NodeAnswers
}

/** What answers requests to a node; it is told of each row, also of those that are not recorded. */
export interface NodeAnswers {
    /** Answers the operations from 0x40 on; undefined: there are none. */
    more: ItemServer
    /** Answers a request from the network. @returns the reply without the operation */
    replyRemotely(request: Buffer): Promise<Buffer>
    /** @param at uptime when the sample began, ms */
    take(values: number[], qualities: number[], at: number): void
}

/** A request over USB, or over the network, from the operation on. */
export interface ItemRequest {
    /** Why there is no item, or none that counts; 0 until it is set. */
    status: number
    /** 5 B or more. */
    readonly request: Buffer
}

/** What answers operations. An interface, so that apps without them do not carry them. */
export interface ItemServer {
    /** @returns an item of 1 B or more; undefined: there is none */
    answer: (call: ItemRequest, operation: number, index: number) => Promise<Buffer>
}

/** What answers over USB. An interface, so that apps without it do not carry it. */
export type UsbServiceMaker = (
    station: TellingStation,
    uplink: Uplink,
    settings: NodeSettings
) => NodeAnswers

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
    /** Corrections that are given to the node while it is in use: `calibrations()` of station-calibration.ts; default none. */
    calibration?: StationCalibration
    // A node carries only what its app names here; the apps in devs/ name all of it.
    /** What a department sets for this application: {@link useSettings}; default nothing. */
    settings?: SettingsTaker
    /** Commands from the network: {@link remoteCommands}; default none. */
    commands?: CommandsMaker
    /** Answers over USB: {@link usbService}; default none, with {@link calibration} that service. */
    usb?: UsbServiceMaker
    /** What the command "identify" does: {@link blinkLight}; default it is refused. */
    identify?: (seconds: number) => Promise<void>
    /** Seals frames under the node's key: {@link sealFrames}. A node with a key and without this holds them back. */
    seal?: (keyHex: string) => FrameSealer
    /** Frames as JSON: {@link jsonEnvelope}. A node set to JSON and without this holds them back. */
    envelope?: Envelope
    /** RAM for frames that wait for the network on a node without store, B; default what is left, 14,000 at most. */
    outboxBytes?: number
}
