/**
 * Bytes of a client to packets, with every check that needs no memory of what
 * came before. The packets themselves are read by mqtt-packet, which accepts
 * more than the standard does; the rest is checked here.
 */
import mqtt, { type IConnectPacket, type Packet, type Parser } from "mqtt-packet"
import { checkFilter, checkTopic } from "./topics.js"
import { ProtocolError } from "./violation.js"

const CONNECT = 1
const PUBLISH = 3
const SUBSCRIBE = 8
/** Packets that only a server sends, by type (table 2.1). */
const FROM_SERVER: Readonly<Record<number, string>> = {
    2: "CONNACK",
    9: "SUBACK",
    11: "UNSUBACK",
    13: "PINGRESP",
}
/** Clauses for fixed header flags, where a packet has its own. */
const FLAG_CLAUSES: Readonly<Record<number, string>> = {
    8: "MQTT-3.8.1-1",
    10: "MQTT-3.10.1-1",
    14: "MQTT-3.14.1-1",
}
/** Messages of mqtt-packet, by their beginning. */
const PARSER_CLAUSES: readonly (readonly [string, string])[] = [
    ["Invalid protocolId", "MQTT-3.1.2-1"],
    ["Connect flag bit 0", "MQTT-3.1.2-3"],
    ["Will Retain Flag", "MQTT-3.1.2-15"],
    ["Will QoS", "MQTT-3.1.2-13"],
    ["Invalid subscribe", "MQTT-3-8.3-4"],
]
const MALFORMED = "MQTT-4.8.0-1"

export class PacketDecoder {
    private rest: Uint8Array = new Uint8Array(0)
    private readonly parser: Parser
    private outcome: Packet | Error | undefined

    /** @param maxBytes longest packet that is accepted, header included */
    constructor(private readonly maxBytes: number) {
        this.parser = mqtt.parser({ protocolVersion: 4 })
        this.parser.on("packet", packet => (this.outcome = packet))
        this.parser.on("error", (error: Error) => (this.outcome = error))
    }

    /** Takes bytes as they come. */
    push(bytes: Uint8Array): void {
        this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes])
    }

    /** @returns the next whole packet, if there is one @throws ProtocolError */
    next(): Packet | undefined {
        const length = packetLength(this.rest, this.maxBytes)
        if (length === undefined || length > this.rest.length) return undefined
        const raw = Buffer.from(this.rest.subarray(0, length))
        this.rest = this.rest.subarray(length)
        checkHeader(raw)
        const packet = this.parse(raw)
        checkFields(packet, raw)
        return packet
    }

    private parse(raw: Buffer): Packet {
        this.outcome = undefined
        this.parser.parse(raw)
        const outcome = this.outcome as Packet | Error | undefined
        if (outcome === undefined) throw new ProtocolError(MALFORMED, "the packet is too short")
        if (!(outcome instanceof Error)) return outcome
        const clause = PARSER_CLAUSES.find(([start]) => outcome.message.startsWith(start))?.[1]
        throw new ProtocolError(clause ?? MALFORMED, `malformed packet: ${outcome.message}`)
    }
}

/** @returns bytes of the packet that begins here, or undefined while its header is not complete */
function packetLength(bytes: Uint8Array, max: number): number | undefined {
    let length = 0
    for (let i = 1; i <= 4; i++) {
        if (i >= bytes.length) return undefined
        length += (bytes[i] & 127) << (7 * (i - 1))
        if (bytes[i] > 127) continue
        if (1 + i + length > max)
            throw new ProtocolError(MALFORMED, `oversize: ${1 + i + length} B, at most ${max} B`)
        return 1 + i + length
    }
    throw new ProtocolError(MALFORMED, "the remaining length takes more than 4 bytes")
}

function checkHeader(raw: Buffer): void {
    const type = raw[0] >> 4
    const flags = raw[0] & 15
    if (type === 0 || type === 15) throw new ProtocolError(MALFORMED, `packet type ${type}`)
    const server = FROM_SERVER[type]
    if (server !== undefined) throw new ProtocolError(MALFORMED, `${server} from a client`)
    if (type === PUBLISH) {
        if ((flags & 6) === 6) throw new ProtocolError("MQTT-3.3.1-4", "QoS 3")
    } else if (flags !== (type === SUBSCRIBE || type === 10 || type === 6 ? 2 : 0))
        throw new ProtocolError(
            FLAG_CLAUSES[type] ?? "MQTT-2.2.2-2",
            `flags ${flags} in the header of a packet of type ${type}`
        )
    if (type === CONNECT) checkConnect(raw)
}

/** The parts of CONNECT that mqtt-packet would let pass or give no name. */
function checkConnect(raw: Buffer): void {
    const start = raw.findIndex((byte, i) => i > 0 && byte < 128) + 1
    if (raw.subarray(start, start + 6).toString("latin1") !== "\0\u0004MQTT")
        throw new ProtocolError("MQTT-3.1.2-1", "the protocol name is not MQTT")
    if (raw.length < start + 10) throw new ProtocolError(MALFORMED, "CONNECT is too short")
    const level = raw[start + 6]
    if (level !== 4) throw new ProtocolError("MQTT-3.1.2-2", `protocol level ${level}`, 1)
    const flags = raw[start + 7]
    if ((flags & 0x40) !== 0 && (flags & 0x80) === 0)
        throw new ProtocolError("MQTT-3.1.2-22", "a password without a user name")
    if ((flags & 0x04) !== 0 && (flags & 0x18) === 0x18)
        throw new ProtocolError("MQTT-3.1.2-14", "last will with QoS 3")
}

function checkFields(packet: Packet, raw: Buffer): void {
    switch (packet.cmd) {
        case "connect":
            checkSession(packet)
            break
        case "publish":
            checkTopic(packet.topic)
            if (packet.qos > 0) checkId(packet.messageId, "PUBLISH with QoS above 0")
            break
        case "subscribe":
            checkId(packet.messageId, "SUBSCRIBE")
            if (packet.subscriptions.length === 0)
                throw new ProtocolError("MQTT-3.8.3-3", "SUBSCRIBE without a topic filter")
            for (const { topic } of packet.subscriptions) checkFilter(topic)
            break
        case "unsubscribe":
            checkId(packet.messageId, "UNSUBSCRIBE")
            if (packet.unsubscriptions.length === 0)
                throw new ProtocolError("MQTT-3.10.3-2", "UNSUBSCRIBE without a topic filter")
            for (const topic of packet.unsubscriptions) checkFilter(topic)
            break
        default:
            // Their fields are all in their encoding.
            break
    }
    checkEncoding(packet, raw)
}

function checkSession(packet: IConnectPacket): void {
    if (packet.clientId === "" && packet.clean === false)
        throw new ProtocolError("MQTT-3.1.3-7", "no client id, but a session to keep", 2)
    if (packet.will !== undefined) checkTopic(packet.will.topic)
}

function checkId(id: number | undefined, what: string): void {
    if (id === undefined || id === 0) throw new ProtocolError("MQTT-2.3.1-1", `${what} with id 0`)
}

/** Writes the packet again: there is one way to do so, and the client must have taken it. */
function checkEncoding(packet: Packet, raw: Buffer): void {
    const again = mqtt.generate(packet)
    if (again.equals(raw)) return
    if (again.includes("\ufffd")) throw new ProtocolError("MQTT-1.5.3-1", "text that is not UTF-8")
    throw new ProtocolError(MALFORMED, `${raw.length} B, but its fields take ${again.length} B`)
}
