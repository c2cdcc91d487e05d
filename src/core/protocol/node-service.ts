/** What host and node say to each other over USB: services/suitcase.md. */

/** Jacdac service class. */
export const NODE_SERVICE_CLASS = 0x1517ca5e
/** Its index on the device that carries a program's services. */
export const NODE_SERVICE_INDEX = 1
/** The one command. */
export const EXCHANGE = 0x80

/** Operations. Those below {@link FIRST_CALIBRATION} only read. */
export const OPERATION_IDENTITY = 0x01
export const OPERATION_SCHEMA = 0x02
export const OPERATION_READINGS = 0x03
export const OPERATION_DIAGNOSTICS = 0x04
export const OPERATION_SETTINGS = 0x05
/** First and last of calibration. */
export const FIRST_CALIBRATION = 0x40
export const LAST_CALIBRATION = 0x7f

/** What calibration does: docs/calibration-record.md. */
export const OPERATION_CHANNEL = 0x40
export const OPERATION_RECORD = 0x41
export const OPERATION_LIVE = 0x42
export const OPERATION_APPLY = 0x43
export const OPERATION_ROLL_BACK = 0x44
export const OPERATION_PROCEDURES = 0x45
export const OPERATION_RUN = 0x46
/** As "do" of a command: a request as over USB, sealed. */
export const COMMAND_CALIBRATE = "calibrate"
/** As seconds between samples: the part goes back into service. */
export const LIVE_END = 255

export const STATUS_DONE = 0
export const STATUS_UNKNOWN_OPERATION = 1
export const STATUS_NO_ITEM = 2
export const STATUS_NO_PART = 3
export const STATUS_FAILED = 4
/** Over the network: the request does not carry the challenge that is due. */
export const STATUS_STALE = 5
/** First and last status of calibration. */
export const FIRST_CALIBRATION_STATUS = 32
export const LAST_CALIBRATION_STATUS = 63

/** Offsets in a request and in a reply. */
export const AT_OPERATION = 0
export const AT_TAG = 1
export const AT_INDEX = 2
export const AT_STATUS = 2
export const AT_PART = 3
export const AT_ARGUMENTS = 4
export const AT_PARTS = 4
export const AT_DATA = 5

/** Longest part of an item, B. */
export const PART_BYTES = 230
/** Most parts of an item. */
export const MOST_PARTS = 16

/** Bytes of one column in the item of {@link OPERATION_READINGS}, and of what precedes the first. */
export const READING_BYTES = 9
export const READINGS_HEAD_BYTES = 4

const UPTIME_SPAN_MS = 4294967296

/** @returns an uptime, ms, modulo 2³², as it is told: a buffer's "u32" alone would stop there, after 49.7 days */
export function toldUptime(ms: number): number {
    return ms - Math.floor(ms / UPTIME_SPAN_MS) * UPTIME_SPAN_MS
}
