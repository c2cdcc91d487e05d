/** The status record of a node: what it counted since boot and how its sensors are. */
import { RESTART_SLEEP, RESTART_UNKNOWN } from "../../src/core/protocol/restart.js"
import { MAX_UNIX_MS, RecordReader } from "./record.js"
import { RESTARTS } from "./state-record.js"

/** Version of the status record. */
const STATUS_VERSION = 2
const MAX_U16 = 65535
const MAX_U32 = 4_294_967_295
const MAX_COUNT = Number.MAX_SAFE_INTEGER
/** Longest interval, s: one day. */
const MAX_SECONDS = 86_400
const RESETS = ["power", "program", ...RESTARTS, RESTART_SLEEP, RESTART_UNKNOWN] as const
const SETTINGS = ["ok", "damaged", "none"] as const
const HELD = ["settings", "seal", "envelope"] as const
const TIME = ["disputed"] as const
const UNFIT = ["node", "site", "node site"] as const

/** A sensor as its node sees it. */
export interface SensorStatus {
    /** Maker and name. */
    readonly part: string
    /** 7-bit I2C address. */
    readonly address: number
    /** Serial number or chip id; "" while the part has not told it, or has none. */
    readonly identity: string
    /** Samples that failed since boot. */
    readonly errors: number
    /** The latest error in words; "" while there was none. */
    readonly lastError: string
}

/** The node's FRAM or EEPROM. */
export interface StoreStatus {
    /** Maker and name. */
    readonly part: string
    /** Room for frames and what they take of it, B. */
    readonly bytes: number
    readonly used: number
    /** Frames found at boot, entries found damaged, failed bus transfers. */
    readonly recovered: number
    readonly torn: number
    readonly errors: number
}

export interface Status {
    /** Name of the kit application. */
    readonly app: string
    /** Firmware version. */
    readonly version: string
    /** Random number of this boot, 0 … 65,535. */
    readonly boot: number
    /** Id of the schema in use. */
    readonly schema: number
    /** ms since boot. */
    readonly uptime: number
    /** Why the node started. */
    readonly reset: (typeof RESETS)[number]
    /** Rows sampled. */
    readonly rows: number
    /** Cells with a value. */
    readonly readings: number
    /** Cells without. */
    readonly gaps: number
    /** Frames made, acknowledged by the broker, waiting, and dropped. */
    readonly frames: number
    readonly acked: number
    readonly queued: number
    readonly dropped: number
    /** Bytes of the frames that wait. */
    readonly queuedBytes: number
    /** Bytes of the room for them; older firmware does not tell. */
    readonly capacity: number | undefined
    /** Connections to the broker, messages sent again, uncaught problems. */
    readonly connects: number
    readonly resent: number
    readonly errors: number
    /** Signal strength in dBm, where the board knows it. */
    readonly rssi: number | undefined
    /** Whether the settings are what the host wrote; "none": the node has none (docs/settings.md). */
    readonly settings: (typeof SETTINGS)[number]
    /**
     * Why the node holds its frames back: its key may be among settings that were
     * lost, or its settings ask for sealing or JSON, which its program does not have.
     */
    readonly held: (typeof HELD)[number] | undefined
    /** Which names are set to what cannot stand in a topic: the node goes by its defaults. */
    readonly unfit: (typeof UNFIT)[number] | undefined
    /** "disputed" while the answers to the node's time requests contradict its own clock, see docs/mqtt.md. */
    readonly time: (typeof TIME)[number] | undefined
    /**
     * The latest connections that ended within a minute after CONNACK, when there are
     * three or more: another client with the node's id, or a limit of the broker. Else 0.
     */
    readonly cutShort: number
    /** Unix time of the newest calibration in force, s; undefined: there is none. */
    readonly dateLastCalibration: number | undefined
    /** Places for calibration records that held none when the node started: one was damaged. */
    readonly damagedCalibrations: number
    /** Channels whose part is another one than their calibration is for: it is not applied. */
    readonly otherPart: readonly string[]
    /** Only on nodes with a FRAM or EEPROM. */
    readonly store: StoreStatus | undefined
    /** Time between two rows, s. */
    readonly intervalSeconds: number
    /** Unix time of the boot in ms; 0 while the node does not know it. */
    readonly epoch: number
    readonly sensors: readonly SensorStatus[]
}

/**
 * @param payload the record as it was published
 * @throws RecordError naming the field that is wrong
 */
export function parseStatus(payload: Uint8Array): Status {
    const record = RecordReader.parse(payload, "status record")
    record.integer("v", STATUS_VERSION, STATUS_VERSION)
    const count = (name: string) => record.integer(name, 0, MAX_COUNT)
    // Nodes without calibrations have none of it.
    const lastCalibration = record.has("dateLastCalibration")
        ? record.integer("dateLastCalibration", 0, MAX_U32)
        : 0
    return {
        app: record.text("app"),
        version: record.text("version"),
        boot: record.integer("boot", 0, MAX_U16),
        schema: record.integer("schema", 0, MAX_U16),
        uptime: count("uptime"),
        reset: record.oneOf("reset", RESETS),
        rows: count("rows"),
        readings: count("readings"),
        gaps: count("gaps"),
        frames: count("frames"),
        acked: count("acked"),
        queued: count("queued"),
        dropped: count("dropped"),
        queuedBytes: count("queuedBytes"),
        capacity: record.has("capacity") ? count("capacity") : undefined,
        connects: count("connects"),
        resent: count("resent"),
        errors: count("errors"),
        rssi: record.has("rssi") ? record.integer("rssi", -200, 100) : undefined,
        settings: record.oneOf("settings", SETTINGS),
        held: record.has("held") ? record.oneOf("held", HELD) : undefined,
        unfit: record.has("unfit") ? record.oneOf("unfit", UNFIT) : undefined,
        time: record.has("time") ? record.oneOf("time", TIME) : undefined,
        cutShort: record.has("cutShort") ? count("cutShort") : 0,
        dateLastCalibration: lastCalibration === 0 ? undefined : lastCalibration,
        damagedCalibrations: record.has("damagedCalibrations") ? count("damagedCalibrations") : 0,
        otherPart: record.has("otherPart")
            ? record
                  .message("otherPart", 1000)
                  .split(" ")
                  .filter(name => name !== "")
            : [],
        store: record.has("store") ? parseStore(record.record("store")) : undefined,
        intervalSeconds: record.integer("intervalSeconds", 1, MAX_SECONDS),
        epoch: record.integer("epoch", 0, MAX_UNIX_MS),
        sensors: record.list("sensors", 0, 112).map(sensor => ({
            part: sensor.text("part"),
            address: sensor.integer("address", 0, 127),
            identity: sensor.message("identity"),
            errors: sensor.integer("errors", 0, MAX_COUNT),
            lastError: sensor.message("lastError"),
        })),
    }
}

function parseStore(store: RecordReader): StoreStatus {
    const count = (name: string) => store.integer(name, 0, MAX_COUNT)
    return {
        part: store.text("part"),
        bytes: count("bytes"),
        used: count("used"),
        recovered: count("recovered"),
        torn: count("torn"),
        errors: count("errors"),
    }
}
