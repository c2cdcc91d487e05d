/**
 * Reads the MQTT packets of one connection in both directions and counts the
 * replies that the broker still owes. While one is outstanding the virtual
 * clock stands still: the node must not see a broker as slow only because
 * simulated time runs faster than real time.
 */
import mqtt, { type Packet, type Parser } from "mqtt-packet"

export class ExpectedReplies {
    private readonly outgoing: Parser
    private readonly incoming: Parser
    private owed = 0

    constructor() {
        this.outgoing = mqtt.parser({ protocolVersion: 4 })
        this.incoming = mqtt.parser({ protocolVersion: 4 })
        this.outgoing.on("packet", packet => (this.owed += replies(packet)))
        this.incoming.on("packet", packet => (this.owed -= answers(packet)))
        // Malformed bytes are the broker's and the node's business, not ours.
        this.outgoing.on("error", () => (this.owed = 0))
        this.incoming.on("error", () => (this.owed = 0))
    }

    get count(): number {
        return Math.max(0, this.owed)
    }

    sent(bytes: Uint8Array): void {
        this.outgoing.parse(Buffer.from(bytes))
    }

    received(bytes: Uint8Array): void {
        this.incoming.parse(Buffer.from(bytes))
    }

    /** No further reply is expected: the connection is gone or nobody answers. */
    giveUp(): void {
        this.owed = 0
    }
}

/** A time request is answered by a subscriber, not by the broker itself. */
const TIME_REQUEST = /\/time\/get$/
const TIME_REPLY = /\/time\/set$/

function replies(packet: Packet): number {
    switch (packet.cmd) {
        case "publish":
            return (packet.qos > 0 ? 1 : 0) + (TIME_REQUEST.test(packet.topic) ? 1 : 0)
        case "connect":
        case "subscribe":
        case "unsubscribe":
        case "pingreq":
            return 1
        default:
            return 0
    }
}

function answers(packet: Packet): number {
    switch (packet.cmd) {
        case "connack":
        case "puback":
        case "suback":
        case "unsuback":
        case "pingresp":
            return 1
        case "publish":
            return TIME_REPLY.test(packet.topic) ? 1 : 0
        default:
            return 0
    }
}
