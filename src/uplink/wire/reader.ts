import { Bytes } from "../../core/bytes.js"
import { CONNACK, PINGRESP, PUBACK, PUBLISH, SUBACK, getBig16 } from "./packets.js"

/** The broker sent something that MQTT or this client does not allow. */
export class MqttProtocolError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "MqttProtocolError"
    }
}

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
    /** CONNACK return code, or SUBACK granted QoS (0x80 = refused). */
    code = 0
    /** PUBLISH: where the topic is in {@link body}. */
    topicStart = 0
    topicLength = 0
    /** PUBLISH: where the payload is in {@link body}. */
    payloadStart = 0
    payloadLength = 0

    private header = 0
    private remaining = 0
    private shift = 0
    private filled = 0
    private stage = 0
    private chunk: Bytes
    private at = 0

    /** @param body holds one packet without its fixed header; its length is the longest accepted one */
    constructor(readonly body: Bytes) {
        this.chunk = body
    }

    /** Forgets a packet that was cut short: call for each new connection. */
    reset(): void {
        this.stage = 0
        this.at = this.chunk.length
    }

    /** Takes the next bytes of the stream; the last ones must have been used up by {@link next}. */
    begin(chunk: Bytes): void {
        this.chunk = chunk
        this.at = 0
    }

    /**
     * @returns true when another packet is complete
     * @throws MqttProtocolError for packets that are malformed, too long or never sent to clients
     */
    next(): boolean {
        while (this.at < this.chunk.length) {
            const byte = this.chunk[this.at]
            this.at++
            if (this.stage === 0) {
                this.header = byte
                this.remaining = 0
                this.shift = 0
                this.filled = 0
                this.stage = 1
            } else if (this.stage === 1) {
                this.remaining |= (byte & 127) << this.shift
                this.shift += 7
                if (byte < 128) this.stage = 2
                else if (this.shift > 21)
                    throw new MqttProtocolError("packet length of more than four bytes")
                if (this.stage === 2 && this.remaining > this.body.length)
                    throw new MqttProtocolError(
                        "packet of " + this.remaining + " B; at most " + this.body.length + " B fit"
                    )
            } else {
                this.body[this.filled] = byte
                this.filled++
            }
            if (this.stage === 2 && this.filled === this.remaining) {
                this.stage = 0
                this.parse()
                return true
            }
        }
        return false
    }

    private parse(): void {
        this.type = this.header >> 4
        const flags = this.header & 15
        const length = this.remaining
        if (this.type === PUBLISH) return this.parsePublish(flags, length)
        if (flags !== 0)
            throw new MqttProtocolError("reserved flags set in packet type " + this.type)
        if (this.type === CONNACK) {
            this.expectLength(length, 2)
            this.code = this.body[1]
        } else if (this.type === PUBACK) {
            this.expectLength(length, 2)
            this.packetId = getBig16(this.body, 0)
        } else if (this.type === SUBACK) {
            this.expectLength(length, 3)
            this.packetId = getBig16(this.body, 0)
            this.code = this.body[2]
        } else if (this.type === PINGRESP) {
            this.expectLength(length, 0)
        } else {
            throw new MqttProtocolError("a broker must not send packet type " + this.type)
        }
    }

    private parsePublish(flags: number, length: number): void {
        const qos = (flags >> 1) & 3
        if (qos > 1)
            throw new MqttProtocolError("PUBLISH with QoS " + qos + ", which was not asked for")
        if (length < 2) throw new MqttProtocolError("PUBLISH without topic")
        this.topicStart = 2
        this.topicLength = getBig16(this.body, 0)
        this.payloadStart = 2 + this.topicLength + (qos === 1 ? 2 : 0)
        if (this.payloadStart > length)
            throw new MqttProtocolError("PUBLISH shorter than its topic")
        this.packetId = qos === 1 ? getBig16(this.body, 2 + this.topicLength) : 0
        if (qos === 1 && this.packetId === 0)
            throw new MqttProtocolError("PUBLISH with packet id 0")
        this.payloadLength = length - this.payloadStart
    }

    private expectLength(length: number, expected: number): void {
        if (length !== expected)
            throw new MqttProtocolError(
                "packet type " + this.type + " of " + length + " B; it has " + expected + " B"
            )
    }
}

/** @returns `length` ASCII characters from an index on; other bytes become "?" */
export function textAt(bytes: Bytes, from: number, length: number): string {
    let text = ""
    for (let i = from; i < from + length; i++) {
        const byte = bytes[i]
        text = text + (byte < 0x20 || byte > 0x7e ? "?" : String.fromCharCode(byte))
    }
    return text
}
