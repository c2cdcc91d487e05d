/**
 * The decoder library: from MQTT messages of nodes to readings. Has no
 * dependency but the project's own core, so it runs in Node and in browsers.
 */
export { FrameCollector } from "./collector.js"
export type { CollectorCounts, CollectorEvents, Malformed } from "./collector.js"
export type { FrameOrigin, Reading } from "./reading.js"
export { RecordError } from "./record.js"
export { parseSchema } from "./schema-record.js"
export type { Schema, SchemaChannel } from "./schema-record.js"
export { parseStatus } from "./status-record.js"
export type { SensorStatus, Status } from "./status-record.js"
export { parseTopic } from "./topic.js"
export type { NodeTopic } from "./topic.js"
