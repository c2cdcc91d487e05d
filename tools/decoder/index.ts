/**
 * The decoder library: from MQTT messages of nodes to readings. Has no
 * dependency but the project's own core, so it runs in Node and in browsers.
 */
export { parseAck } from "./ack-record.js"
export type { Ack } from "./ack-record.js"
export { parseAlarm } from "./alarm-record.js"
export type { NodeAlarm } from "./alarm-record.js"
export { FrameCollector } from "./collector.js"
export type {
    CollectorCounts,
    CollectorEvents,
    Malformed,
    Outcome,
    SavedPart,
} from "./collector.js"
export type { ClockAnchor } from "./clock-record.js"
export { MAX_UNIX_MS, RecordError, RecordReader } from "./record.js"
export { SealError } from "./sealed.js"
export type { Opener, SealErrorCode } from "./sealed.js"
export { parseState } from "./state-record.js"
export type { NodeState } from "./state-record.js"
export { readingsOf } from "./reading.js"
export type { FrameOrigin, Reading, ResolvedFrame } from "./reading.js"
export type { Gap } from "./frame-numbers.js"
export type { Moment } from "./boot-clock.js"
export { parseSchema } from "./schema-record.js"
export type { Schema, SchemaChannel } from "./schema-record.js"
export { parseStatus } from "./status-record.js"
export type { SensorStatus, Status, StoreStatus } from "./status-record.js"
export { parseTopic } from "./topic.js"
export type { NodeTopic } from "./topic.js"
