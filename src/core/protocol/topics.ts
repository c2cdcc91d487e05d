/**
 * MQTT topics of a node: suitcase/<site>/<node>/<leaf>. docs/mqtt.md describes
 * what is published where.
 */
export const TOPIC_ROOT = "suitcase"

/** Compressed frames, binary, QoS 1. */
export const LEAF_FRAME = "frame"
/** Sealed frames, binary, QoS 1. */
export const LEAF_SEALED = "sealed"
/** Frames and sealed frames in JSON with base64, QoS 1, instead of the two above. */
export const LEAF_ENVELOPE = "envelope"
/** Clock anchor, JSON, QoS 1, retained. */
export const LEAF_CLOCK = "clock"
/** Whether the node is connected, JSON, QoS 1, retained; also its last will. */
export const LEAF_STATE = "state"
/** Schema record, JSON, retained. */
export const LEAF_SCHEMA = "schema"
/** Status record, JSON, retained. */
export const LEAF_STATUS = "status"
/** Begins the topic of each alarm, JSON, QoS 1, retained: "alarm/full". */
export const LEAF_ALARM = "alarm/"
/** Attempts of a link survey, JSON, QoS 1. */
export const LEAF_SURVEY = "survey"
/** Time request: the node's uptime in ms as decimal text. */
export const LEAF_TIME_GET = "time/get"
/** Time reply: the request's text, a space, Unix time in ms as decimal text. */
export const LEAF_TIME_SET = "time/set"
/** Commands to the node, JSON: {"id": text, "do": text, …}. */
export const LEAF_COMMAND = "cmd"
/** The node's answers, JSON: {"id": text, "ok": boolean, …}. */
export const LEAF_ACK = "ack"

/** @returns the topic of one leaf */
export function topicOf(site: string, node: string, leaf: string): string {
    return TOPIC_ROOT + "/" + site + "/" + node + "/" + leaf
}
