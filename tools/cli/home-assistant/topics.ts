/** Names and topics of what Home Assistant is told. */
import { CRC16_START, crc16 } from "../../../src/core/crc.js"
import { LEAF_STATE, topicOf } from "../../../src/core/protocol/topics.js"
import { type FrameOrigin } from "../../decoder/index.js"

/** Decoded states: suitcase-ha/<site>/<node>/<channel>. */
export const STATE_ROOT = "suitcase-ha"
/** Where Home Assistant looks for configs unless it is set up otherwise. */
export const DEFAULT_PREFIX = "homeassistant"
/** Where Home Assistant says that it started, whatever its prefix for configs is. */
const BIRTH_TOPIC = "homeassistant/status"

/** @returns topic filters to subscribe to */
export function filtersOf(prefix: string, site: string | undefined): string[] {
    const births = new Set([BIRTH_TOPIC, `${prefix}/status`])
    const configs = ["sensor", "binary_sensor"].map(kind => `${prefix}/${kind}/+/config`)
    return [...births, ...configs, `${STATE_ROOT}/${site ?? "+"}/+/+`]
}

/** Whether Home Assistant just started. */
export function isBirth(prefix: string, topic: string, payload: Uint8Array): boolean {
    if (topic !== BIRTH_TOPIC && topic !== `${prefix}/status`) return false
    return Buffer.from(payload).toString("latin1") === "online"
}

export function stateTopicOf(origin: FrameOrigin, channel: string): string {
    return `${STATE_ROOT}/${origin.site}/${origin.node}/${idOf(channel)}`
}

/** No channel has such a name. */
const ALARM = "alarm."

export function alarmTopicOf(origin: FrameOrigin, alarm: string): string {
    return `${STATE_ROOT}/${origin.site}/${origin.node}/${ALARM}${alarm}`
}

/** @returns the alarm whose state topic it is; "" for other topics */
export function alarmOf(topic: string): string {
    const [root, , , name = "", ...rest] = topic.split("/")
    const isAlarm = root === STATE_ROOT && name.startsWith(ALARM) && rest.length === 0
    return isAlarm ? name.slice(ALARM.length) : ""
}

/** @returns whose state it is; undefined for other topics */
export function ownerOf(stateTopic: unknown): FrameOrigin | undefined {
    if (typeof stateTopic !== "string") return undefined
    const [root, site, node, channel, ...rest] = stateTopic.split("/")
    if (root !== STATE_ROOT || channel === undefined || rest.length > 0) return undefined
    return { site, node }
}

/** Unique name of the entity of a channel, among all sites. */
export function entityIdOf(origin: FrameOrigin, channel: string): string {
    return `${deviceIdOf(origin)}_${idOf(channel)}`
}

/** Unique name of the entity of an alarm, among all sites. */
export function alarmIdOf(origin: FrameOrigin, alarm: string): string {
    return `${deviceIdOf(origin)}_alarm_${alarm}`
}

export function deviceIdOf(origin: FrameOrigin): string {
    return `suitcase_${idOf(labelOf(origin))}`
}

/** A node for people; names of nodes and sites have no "/". */
export function labelOf(origin: FrameOrigin): string {
    return `${origin.site}/${origin.node}`
}

export function configTopicOf(prefix: string, entityId: string): string {
    return `${prefix}/sensor/${entityId}/config`
}

export function alarmConfigTopicOf(prefix: string, entityId: string): string {
    return `${prefix}/binary_sensor/${entityId}/config`
}

/** The topic on which a node says whether it is online. */
export function availabilityTopicOf(origin: FrameOrigin): string {
    return topicOf(origin.site, origin.node, LEAF_STATE)
}

/**
 * A name of letters, digits, _ and - only, as Home Assistant demands. Names that
 * change get a checksum behind, so that different ones stay different.
 */
export function idOf(name: string): string {
    const id = name.replace(/[^A-Za-z0-9_-]/g, "_")
    if (id === name) return id
    const bytes = Buffer.from(name, "latin1")
    return `${id}_${crc16(bytes, 0, bytes.length, CRC16_START).toString(16).padStart(4, "0")}`
}
