/** The receiver library: from MQTT messages of nodes to outputs, exactly once (docs/receiving.md). */
export { Receiver } from "./receiver.js"
export type { ReceiverOptions } from "./receiver.js"
export type { DeliveredFrame, Sink } from "./sink.js"
export { FileSink } from "./sinks/files.js"
export { csvCell } from "./sinks/csv-cell.js"
export { LINE_FORMATS } from "./sinks/lines.js"
export type { LineFormat } from "./sinks/lines.js"
export { StreamSink } from "./sinks/stream.js"
