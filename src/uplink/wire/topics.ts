/**
 * MQTT topics of a node: suitcase/<site>/<node>/<leaf>. docs/mqtt.md describes
 * what is published where.
 */
export const TOPIC_ROOT = "suitcase"

/** Compressed frames, binary, QoS 1. */
export const LEAF_FRAME = "frame"
/** Sealed frames (AES-256-CCM), binary, QoS 1. */
export const LEAF_SEALED = "sealed"
/** Frames and sealed frames as base64 in JSON, QoS 1: for platforms that take only JSON. */
export const LEAF_ENVELOPE = "envelope"
/** Clock anchor of a boot, JSON, retained. */
export const LEAF_CLOCK = "clock"
/** Schema record, JSON, retained. */
export const LEAF_SCHEMA = "schema"
/** Status record, JSON, retained. */
export const LEAF_STATUS = "status"
/** Whether the node is online, JSON, retained: birth, goodbye and last will. */
export const LEAF_STATE = "state"
/** Time request: the node's uptime in ms as decimal text. */
export const LEAF_TIME_GET = "time/get"
/** Time reply: the request's text, a space, Unix time in ms as decimal text. */
export const LEAF_TIME_SET = "time/set"
/** Commands to the node, JSON: {"id": text, "do": "report"}. */
export const LEAF_COMMAND = "cmd"
/** The node's answers, JSON: {"id": text, "ok": boolean}. */
export const LEAF_ACK = "ack"

/** @returns the topic of one leaf */
export function topicOf(site: string, node: string, leaf: string): string {
    return TOPIC_ROOT + "/" + site + "/" + node + "/" + leaf
}
