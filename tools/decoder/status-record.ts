/** The status record of a node: what it counted since boot and how its sensors are. */
import { RecordReader } from "./record.js"

/** Version of the status record. */
const STATUS_VERSION = 1
const MAX_U16 = 65535
const MAX_COUNT = Number.MAX_SAFE_INTEGER

/** A sensor as its node sees it. */
export interface SensorStatus {
    /** Maker and name. */
    readonly part: string
    /** 7-bit I2C address. */
    readonly address: number
    /** Samples that failed since boot. */
    readonly errors: number
    /** The latest error in words; "" while there was none. */
    readonly lastError: string
}

export interface Status {
    /** Name of the kit application. */
    readonly app: string
    /** Random number of this boot, 0 … 65,535. */
    readonly boot: number
    /** Id of the schema in use. */
    readonly schema: number
    /** ms since boot. */
    readonly uptime: number
    /** Rows sampled. */
    readonly rows: number
    /** Cells with a value. */
    readonly readings: number
    /** Cells without. */
    readonly gaps: number
    /** Frames made, acknowledged by the broker, waiting, and given up. */
    readonly frames: number
    readonly acked: number
    readonly queued: number
    readonly dropped: number
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
    return {
        app: record.text("app"),
        boot: record.integer("boot", 0, MAX_U16),
        schema: record.integer("schema", 0, MAX_U16),
        uptime: record.integer("uptime", 0, MAX_COUNT),
        rows: record.integer("rows", 0, MAX_COUNT),
        readings: record.integer("readings", 0, MAX_COUNT),
        gaps: record.integer("gaps", 0, MAX_COUNT),
        frames: record.integer("frames", 0, MAX_COUNT),
        acked: record.integer("acked", 0, MAX_COUNT),
        queued: record.integer("queued", 0, MAX_COUNT),
        dropped: record.integer("dropped", 0, MAX_COUNT),
        epoch: record.integer("epoch", 0, MAX_COUNT),
        sensors: record.list("sensors", 0, 112).map(sensor => ({
            part: sensor.text("part"),
            address: sensor.integer("address", 0, 127),
            errors: sensor.integer("errors", 0, MAX_COUNT),
            lastError: sensor.message("lastError"),
        })),
    }
}
