/**
 * A client that says exactly what a test wants, byte by byte, over the virtual
 * network; it knows no rules. The VM is left out: time is moved by the test.
 */
import mqtt, { type IConnectPacket, type IPublishPacket, type Packet } from "mqtt-packet"
import { SOCKET_CLOSE, SOCKET_DATA, SOCKET_ERROR, SOCKET_OPEN, type SocketEvent } from "../vm/vm.js"
import { type VirtualClock } from "../time/clock.js"
import { type Connection } from "./connection.js"
import { type Link } from "./link.js"

const EVENT_NAMES: Readonly<Record<SocketEvent, string>> = {
    [SOCKET_OPEN]: "open",
    [SOCKET_CLOSE]: "close",
    [SOCKET_ERROR]: "error",
    [SOCKET_DATA]: "data",
}

export class RawClient {
    /** Packets from the broker on the present connection, oldest first. */
    received: Packet[] = []
    /** Socket events but data, as "open", "close", "error: …". */
    events: string[] = []
    /** Chunks of data as they came. */
    chunks: Buffer[] = []
    connection: Connection | undefined
    private parser = mqtt.parser({ protocolVersion: 4 })

    constructor(
        private readonly clock: VirtualClock,
        readonly link: Link
    ) {}

    /** Opens a connection and waits until something came of it. */
    open(options: { port?: number; isTls?: boolean; host?: string } = {}): this {
        this.received = []
        this.events = []
        this.chunks = []
        this.parser = mqtt.parser({ protocolVersion: 4 })
        this.parser.on("packet", packet => this.received.push(packet))
        // A peer need not speak MQTT: what it said is in the chunks.
        this.parser.on("error", () => undefined)
        this.connection = this.link.open(
            options.host ?? "broker",
            options.port ?? 1883,
            options.isTls ?? false,
            (event, data) => this.hear(event, data)
        )
        this.wait(1000)
        return this
    }

    /** Opens a connection and sends CONNECT. */
    connect(fields: Partial<IConnectPacket> = {}): this {
        this.open()
        return this.send({
            cmd: "connect",
            protocolId: "MQTT",
            protocolVersion: 4,
            clientId: "raw",
            clean: true,
            keepalive: 0,
            ...fields,
        })
    }

    publish(topic: string, payload: string, fields: Partial<IPublishPacket> = {}): this {
        return this.send({
            cmd: "publish",
            topic,
            payload,
            qos: 0,
            dup: false,
            retain: false,
            ...fields,
        })
    }

    subscribe(topic: string, qos: 0 | 1 | 2 = 1, messageId = 99): this {
        return this.send({ cmd: "subscribe", messageId, subscriptions: [{ topic, qos }] })
    }

    /** Sends a packet and waits until the broker's reaction is here. */
    send(packet: Packet): this {
        return this.bytes(mqtt.generate(packet))
    }

    /** @param bytes as hex digits with blanks, or as they are */
    bytes(bytes: string | Uint8Array): this {
        this.write(
            typeof bytes === "string" ? Buffer.from(bytes.replaceAll(" ", ""), "hex") : bytes
        )
        this.wait(1000)
        return this
    }

    /** @returns what the socket says: 0 queued, -1 queue full, -10 closed */
    write(bytes: Uint8Array): number {
        return this.connection?.write(bytes) ?? -10
    }

    close(): this {
        this.connection?.close()
        this.wait(1000)
        return this
    }

    /** Lets N ms of virtual time pass. */
    wait(ms: number): this {
        const end = this.clock.now + ms * 1000
        while (this.clock.nextAt <= end) this.clock.step()
        this.clock.advanceTo(end)
        return this
    }

    /** The received packets in short: "connack 0", "puback 1", "publish a/b hello". */
    get heard(): string[] {
        return this.received.map(inShort)
    }

    private hear(event: SocketEvent, data?: Uint8Array): void {
        if (event === SOCKET_DATA) {
            this.chunks.push(Buffer.from(data ?? []))
            this.parser.parse(Buffer.from(data ?? []))
            return
        }
        const text = data === undefined ? "" : `: ${Buffer.from(data).toString()}`
        this.events.push(EVENT_NAMES[event] + text)
    }
}

function inShort(packet: Packet): string {
    switch (packet.cmd) {
        case "connack":
            return `connack ${packet.returnCode ?? "?"}${packet.sessionPresent ? " present" : ""}`
        case "publish":
            return [
                "publish",
                packet.topic,
                packet.payload.toString(),
                ...(packet.qos > 0 ? [`id ${packet.messageId ?? 0}`] : []),
                ...(packet.dup ? ["dup"] : []),
                ...(packet.retain ? ["retained"] : []),
            ].join(" ")
        case "suback":
            return `suback ${packet.granted.map(String).join(",")}`
        case "puback":
            return `puback ${packet.messageId ?? 0}`
        default:
            return packet.cmd
    }
}
