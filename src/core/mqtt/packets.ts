import { Bytes } from "../bytes.js"

/**
 * MQTT 3.1.1 control packets as bytes (OASIS Standard, 29 October 2014), as far
 * as a node needs them. Portable: the same file runs on the board and in Node.
 * Text is printable ASCII, a part of the UTF-8 that MQTT asks for [MQTT-1.5.3-1];
 * every function that writes text throws RangeError for other characters.
 */
export const CONNACK = 2
export const PUBLISH = 3
export const PUBACK = 4
export const SUBACK = 9
export const PINGRESP = 13

/** Return code of SUBACK for a filter that the broker refused. */
export const SUBACK_REFUSED = 0x80

const CONNECT_HEADER = 0x10
const PUBLISH_HEADER = 0x30
const PUBACK_HEADER = 0x40
const SUBSCRIBE_HEADER = 0x82
const PINGREQ_HEADER = 0xc0
const DISCONNECT_HEADER = 0xe0

export const PUBLISH_RETAIN = 0x01
const PUBLISH_QOS1 = 0x02
const PUBLISH_DUP = 0x08

const PROTOCOL_LEVEL_311 = 4
const CONNECT_CLEAN_SESSION = 0x02
const CONNECT_WILL = 0x04
const CONNECT_WILL_QOS1 = 0x08
const CONNECT_WILL_RETAIN = 0x20
const CONNECT_PASSWORD = 0x40
const CONNECT_USER = 0x80

/** What a client says when it connects. */
export interface ConnectFields {
    readonly clientId: string
    /** 0 … 65,535 s; 0 switches keep-alive off. */
    readonly keepAliveSeconds: number
    /** Whether the broker is to forget what it kept for this client id. */
    readonly isCleanSession: boolean
    /** "" = none; then there is no password either [MQTT-3.1.2-22]. */
    readonly user: string
    /** "" = none. */
    readonly password: string
    /** Where the broker publishes the last will, QoS 1, retained; "" = no will. */
    readonly willTopic: string
    /** 0 … 65,535 B */
    readonly will: Bytes
}

/** @returns length of the CONNECT packet in bytes */
export function connectLength(fields: ConnectFields): number {
    return packetLength(connectBody(fields))
}

/** Writes CONNECT. @returns its length */
export function putConnect(bytes: Bytes, fields: ConnectFields): number {
    let flags = 0
    if (fields.isCleanSession) flags |= CONNECT_CLEAN_SESSION
    if (fields.willTopic !== "") flags |= CONNECT_WILL | CONNECT_WILL_QOS1 | CONNECT_WILL_RETAIN
    if (fields.user !== "") flags |= CONNECT_USER
    if (hasPassword(fields)) flags |= CONNECT_PASSWORD
    let at = putHeader(bytes, CONNECT_HEADER, connectBody(fields))
    at = putText(bytes, at, "MQTT")
    bytes[at] = PROTOCOL_LEVEL_311
    bytes[at + 1] = flags
    at = putBig16(bytes, at + 2, fields.keepAliveSeconds)
    at = putText(bytes, at, fields.clientId)
    if (fields.willTopic !== "") {
        at = putText(bytes, at, fields.willTopic)
        const length = fields.will.length
        at = putBig16(bytes, at, length)
        for (let i = 0; i < length; i++) bytes[at + i] = fields.will[i]
        at += length
    }
    if (fields.user !== "") at = putText(bytes, at, fields.user)
    if (hasPassword(fields)) at = putText(bytes, at, fields.password)
    return at
}

function connectBody(fields: ConnectFields): number {
    let length = 10 + 2 + fields.clientId.length
    if (fields.willTopic !== "") length += 4 + fields.willTopic.length + fields.will.length
    if (fields.user !== "") length += 2 + fields.user.length
    if (hasPassword(fields)) length += 2 + fields.password.length
    return length
}

function hasPassword(fields: ConnectFields): boolean {
    return fields.user !== "" && fields.password !== ""
}

/** @returns length of a PUBLISH packet in bytes */
export function publishLength(topic: string, packetId: number, payloadLength: number): number {
    return packetLength(publishBody(topic, packetId, payloadLength))
}

/**
 * Writes a PUBLISH up to its payload.
 *
 * @param packetId 1 … 65,535 for QoS 1, 0 for QoS 0
 * @param isDuplicate whether this may be a second time; false for QoS 0 [MQTT-3.3.1-2]
 * @returns where the payload goes
 */
export function putPublishHead(
    bytes: Bytes,
    topic: string,
    packetId: number,
    payloadLength: number,
    isRetained: boolean,
    isDuplicate: boolean
): number {
    let header = PUBLISH_HEADER
    if (packetId !== 0) header |= PUBLISH_QOS1
    if (isRetained) header |= PUBLISH_RETAIN
    if (isDuplicate) header |= PUBLISH_DUP
    let at = putHeader(bytes, header, publishBody(topic, packetId, payloadLength))
    at = putText(bytes, at, topic)
    if (packetId !== 0) at = putBig16(bytes, at, packetId)
    return at
}

function publishBody(topic: string, packetId: number, payloadLength: number): number {
    return 2 + topic.length + (packetId !== 0 ? 2 : 0) + payloadLength
}

/** @returns length of a SUBSCRIBE packet for these topic filters */
export function subscribeLength(filters: string[]): number {
    return packetLength(subscribeBody(filters))
}

/** Writes SUBSCRIBE, QoS 1 for every filter. @returns its length */
export function putSubscribe(bytes: Bytes, packetId: number, filters: string[]): number {
    let at = putHeader(bytes, SUBSCRIBE_HEADER, subscribeBody(filters))
    at = putBig16(bytes, at, packetId)
    for (const filter of filters) {
        at = putText(bytes, at, filter)
        bytes[at] = 1
        at++
    }
    return at
}

function subscribeBody(filters: string[]): number {
    let length = 2
    for (const filter of filters) length += 2 + filter.length + 1
    return length
}

/** Writes PUBACK. @returns its length, 4 B */
export function putPuback(bytes: Bytes, packetId: number): number {
    return putBig16(bytes, putHeader(bytes, PUBACK_HEADER, 2), packetId)
}

/** Writes PINGREQ. @returns its length, 2 B */
export function putPingreq(bytes: Bytes): number {
    return putHeader(bytes, PINGREQ_HEADER, 0)
}

/** Writes DISCONNECT. @returns its length, 2 B */
export function putDisconnect(bytes: Bytes): number {
    return putHeader(bytes, DISCONNECT_HEADER, 0)
}

/** What a CONNACK return code means (table 3.1). */
export function connackText(code: number): string {
    if (code === 0) return "accepted"
    if (code === 1) return "the broker does not speak MQTT 3.1.1"
    if (code === 2) return "the broker does not allow this client id"
    if (code === 3) return "the broker is not available"
    if (code === 4) return "wrong user name or password"
    if (code === 5) return "not authorised"
    return "refused with code " + code
}

/** Writes 7 bits per byte, low ones first (section 2.2.3). */
function putHeader(bytes: Bytes, header: number, bodyLength: number): number {
    bytes[0] = header
    let at = 1
    let rest = bodyLength
    while (rest > 127) {
        bytes[at] = (rest & 127) | 128
        rest = rest >> 7
        at++
    }
    bytes[at] = rest
    return at + 1
}

function packetLength(bodyLength: number): number {
    if (bodyLength < 128) return bodyLength + 2
    if (bodyLength < 16384) return bodyLength + 3
    return bodyLength + 4
}

function putText(bytes: Bytes, at: number, text: string): number {
    const from = putBig16(bytes, at, text.length)
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i)
        if (code < 0x20 || code > 0x7e)
            // Without the text: it may be a password.
            throw new RangeError("a name, user or password has other characters than ASCII ones")
        bytes[from + i] = code
    }
    return from + text.length
}

/** MQTT sends numbers high byte first. */
function putBig16(bytes: Bytes, at: number, value: number): number {
    bytes[at] = (value >> 8) & 0xff
    bytes[at + 1] = value & 0xff
    return at + 2
}

/** @returns the big-endian 16-bit number at an index */
export function getBig16(bytes: Bytes, at: number): number {
    return (bytes[at] << 8) | bytes[at + 1]
}
