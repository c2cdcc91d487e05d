import { Bytes } from "../bytes.js"
import { CONNACK, PINGRESP, PUBACK, PUBLISH, SUBACK, getBig16 } from "./packets.js"

/** The broker sent something that MQTT 3.1.1 does not allow; the message begins with the clause. */
export class MqttProtocolError extends Error {
    constructor(clause: string, message: string) {
        super("[" + clause + "] " + message)
        this.name = "MqttProtocolError"
    }
}

/** Stages of a packet: first byte, length, body. */
const AT_TYPE = 0
const AT_LENGTH = 1
const AT_BODY = 2

/**
 * Cuts the byte stream from a broker into packets, wherever the network split
 * or joined it. Takes all its memory at the start.
 *
 *     reader.begin(chunk)
 *     while (reader.next()) { look at reader.type … }
 */
export class PacketReader {
    /** Type of the packet that {@link next} found: CONNACK, PUBLISH … */
    type = 0
    /** Packet id of PUBLISH (0 = QoS 0), PUBACK and SUBACK. */
    packetId = 0
    /** CONNACK return code, or the highest return code in SUBACK (0x80 = refused). */
    code = 0
    /** SUBACK: number of return codes, which are in {@link body} from index 2 on. */
    codes = 0
    /** CONNACK: whether the broker kept the session. */
    isSessionPresent = false
    /** PUBLISH: whether the end of it was skipped, because it is longer than {@link body}. */
    isOversize = false
    /** PUBLISH: where the topic is in {@link body}. */
    topicStart = 0
    topicLength = 0
    /** PUBLISH: where the payload is in {@link body}, as far as it is there. */
    payloadStart = 0
    payloadLength = 0

    /** First byte of the packet. */
    header = 0
    private remaining = 0
    private shift = 0
    private filled = 0
    private stage = AT_TYPE
    private chunk: Bytes
    private at = 0

    /** @param body holds one packet without its fixed header; of longer ones it holds the beginning */
    constructor(readonly body: Bytes) {
        this.chunk = body
    }

    /** Forgets a packet that was cut short: call for each new connection. */
    reset(): void {
        this.stage = AT_TYPE
        this.at = this.chunk.length
    }

    /** Takes the next bytes of the stream; the last ones must have been used up by {@link next}. */
    begin(chunk: Bytes): void {
        this.chunk = chunk
        this.at = 0
    }

    /**
     * @returns true when another packet is complete
     * @throws MqttProtocolError for packets that are malformed or never sent to clients, and for
     * others than PUBLISH that are too long
     */
    next(): boolean {
        while (this.at < this.chunk.length) {
            if (this.stage === AT_BODY) this.takeBody()
            else {
                const byte = this.chunk[this.at]
                this.at++
                if (this.stage === AT_TYPE) {
                    this.header = byte
                    this.remaining = 0
                    this.shift = 0
                    this.filled = 0
                    this.stage = AT_LENGTH
                } else {
                    this.remaining |= (byte & 127) << this.shift
                    this.shift += 7
                    if (byte < 128) this.stage = AT_BODY
                    else if (this.shift > 21)
                        throw new MqttProtocolError("MQTT 2.2.3", "length of more than four bytes")
                }
            }
            if (this.stage === AT_BODY && this.filled === this.remaining) {
                this.stage = AT_TYPE
                this.parse()
                return true
            }
        }
        return false
    }

    /** Copies what fits into the body; skips the rest, however long, at once. */
    private takeBody(): void {
        const chunk = this.chunk
        const body = this.body
        let at = this.at
        let filled = this.filled
        const end = Math.min(chunk.length, at + this.remaining - filled)
        const copyEnd = Math.min(end, at + body.length - filled)
        while (at < copyEnd) {
            body[filled] = chunk[at]
            filled++
            at++
        }
        this.filled = end > at ? filled + end - at : filled
        this.at = end
    }

    private parse(): void {
        this.type = this.header >> 4
        const flags = this.header & 15
        const length = this.remaining
        this.isOversize = length > this.body.length
        if (this.type === PUBLISH) {
            this.parsePublish(flags, length)
            return
        }
        if (flags !== 0)
            throw new MqttProtocolError("MQTT-2.2.2-2", "flags set in packet type " + this.type)
        if (this.type === CONNACK) {
            this.expectLength(length === 2)
            this.isSessionPresent = this.body[0] === 1
            this.code = this.body[1]
            if (this.body[0] > 1) throw new MqttProtocolError("MQTT 3.2.2.1", "CONNACK flags")
            if (this.isSessionPresent && this.code !== 0)
                throw new MqttProtocolError("MQTT-3.2.2-4", "CONNACK refuses, but has a session")
        } else if (this.type === PUBACK) {
            this.expectLength(length === 2)
            this.packetId = getBig16(this.body, 0)
        } else if (this.type === SUBACK) {
            this.expectLength(length > 2 && !this.isOversize)
            this.packetId = getBig16(this.body, 0)
            this.parseCodes(length)
        } else if (this.type === PINGRESP) {
            this.expectLength(length === 0)
        } else throw new MqttProtocolError("MQTT 2.2.1", "broker sends packet type " + this.type)
    }

    private parseCodes(length: number): void {
        this.codes = length - 2
        this.code = 0
        for (let i = 2; i < length; i++) {
            const code = this.body[i]
            if (code > 2 && code !== 0x80)
                throw new MqttProtocolError("MQTT-3.9.3-2", "SUBACK with return code " + code)
            if (code > this.code) this.code = code
        }
    }

    private parsePublish(flags: number, length: number): void {
        const qos = (flags >> 1) & 3
        if (qos === 3) throw new MqttProtocolError("MQTT-3.3.1-4", "PUBLISH with QoS 3")
        if (qos === 2) throw new MqttProtocolError("MQTT-3.8.4-6", "PUBLISH with QoS 2")
        const inBody = this.isOversize ? this.body.length : length
        if (length < 2) throw new MqttProtocolError("MQTT-3.3.2-1", "PUBLISH without topic")
        this.topicStart = 2
        this.topicLength = getBig16(this.body, 0)
        this.payloadStart = 2 + this.topicLength + (qos === 1 ? 2 : 0)
        if (this.payloadStart > inBody)
            throw new MqttProtocolError("MQTT-3.3.2-1", "PUBLISH with a topic that is too long")
        this.packetId = qos === 1 ? getBig16(this.body, 2 + this.topicLength) : 0
        if (qos === 1 && this.packetId === 0)
            throw new MqttProtocolError("MQTT-2.3.1-1", "PUBLISH with packet id 0")
        this.payloadLength = inBody - this.payloadStart
    }

    private expectLength(isRight: boolean): void {
        if (!isRight)
            throw new MqttProtocolError(
                "MQTT 2.2.3",
                "packet type " + this.type + " of " + this.remaining + " B"
            )
    }
}

const TAB = 0x09
const NEWLINE = 0x0a
const RETURN = 0x0d
const SPACE = 0x20
/** SUB stands for what cannot be shown, and is itself no part of any valid command. */
const SUBSTITUTE = 0x1a

/** Makes any bytes text: white space becomes spaces, all else that is not printable ASCII becomes SUB. */
export function makeAscii(bytes: Bytes, from: number, length: number): void {
    for (let i = from; i < from + length; i++) {
        const code = bytes[i]
        if (code >= SPACE && code <= 0x7e) continue
        bytes[i] = code === NEWLINE || code === RETURN || code === TAB ? SPACE : SUBSTITUTE
    }
}
