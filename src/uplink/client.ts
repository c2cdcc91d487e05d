import * as ds from "@devicescript/core"
import { Socket, connect } from "@devicescript/net"
import {
    CONNACK,
    PINGRESP,
    PUBACK,
    PUBLISH,
    SUBACK,
    connackText,
    connectLength,
    publishLength,
    putConnect,
    putPingreq,
    putPuback,
    putPublishHead,
    putSubscribe,
    subscribeLength,
} from "./wire/packets.js"
import { PacketReader, textAt } from "./wire/reader.js"

/** Longest packet a node accepts from the broker, B. */
const MAX_INCOMING_BYTES = 512
/** Time for the TCP connection, ms. */
const CONNECT_TIMEOUT_MS = 15000
/** Time for the broker to answer a packet, ms. */
const REPLY_TIMEOUT_MS = 10000

/** Where and as whom to connect. */
export interface BrokerOptions {
    readonly host: string
    readonly port: number
    readonly clientId: string
    /** "" = none. */
    readonly user: string
    readonly password: string
    /** 0 … 65,535 s */
    readonly keepAliveSeconds: number
}

/** A message from the broker. */
export type MessageHandler = (topic: string, payload: string) => void

/** The connection is not usable any more; the caller connects again. */
export class LinkError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "LinkError"
    }
}

/**
 * MQTT 3.1.1 over the platform's one socket. QoS 1 is QoS 1: every packet has
 * its own id and {@link publish} returns only when the broker acknowledged it.
 * One packet is under way at a time, so order is kept.
 */
export class MqttClient {
    /** Whether the broker accepted the connection and it still stands. */
    isConnected = false

    private socket: Socket = undefined
    private waiter: ds.Fiber = undefined
    private waitType = 0
    private waitId = 0
    private replyCode = 0
    private lastPacketId = 0
    private lastSent = 0
    private readonly reader = new PacketReader(Buffer.alloc(MAX_INCOMING_BYTES))

    constructor(
        private readonly options: BrokerOptions,
        private readonly onMessage: MessageHandler
    ) {}

    /** Connects. @throws LinkError or the platform's socket error */
    async connect(): Promise<void> {
        this.reader.reset()
        const socket = await connect({
            host: this.options.host,
            port: this.options.port,
            timeout: CONNECT_TIMEOUT_MS,
        })
        this.socket = socket
        this.readLoop.start(socket)
        const packet = Buffer.alloc(connectLength(this.options))
        putConnect(packet, this.options)
        const code = await this.request(packet, CONNACK, 0)
        if (code !== 0) throw new LinkError("connection refused: " + connackText(code))
        this.isConnected = true
    }

    /** Hangs up. Safe to call at any time. */
    async close(): Promise<void> {
        const socket = this.socket
        this.socket = undefined
        this.isConnected = false
        if (socket !== undefined) await socket.close()
    }

    /** @returns a packet id that is not in use: 1 … 65,535 in turn */
    nextPacketId(): number {
        this.lastPacketId = this.lastPacketId === 65535 ? 1 : this.lastPacketId + 1
        return this.lastPacketId
    }

    /**
     * Allocates a PUBLISH packet and fills it up to its payload, which takes the
     * last `payloadLength` bytes.
     */
    publishPacket(
        topic: string,
        packetId: number,
        payloadLength: number,
        isRetained: boolean,
        isDuplicate: boolean
    ): Buffer {
        const packet = Buffer.alloc(publishLength(topic, packetId, payloadLength))
        putPublishHead(packet, topic, packetId, payloadLength, isRetained, isDuplicate)
        return packet
    }

    /** Sends a QoS 1 PUBLISH and waits for its PUBACK. @throws LinkError when none comes */
    async publish(packet: Buffer, packetId: number): Promise<void> {
        await this.request(packet, PUBACK, packetId)
    }

    /** Sends a text as QoS 1. @throws LinkError */
    async publishText(topic: string, text: string, isRetained: boolean): Promise<void> {
        const packetId = this.nextPacketId()
        await this.publish(this.textPacket(topic, text, packetId, isRetained), packetId)
    }

    /** Sends a text as QoS 0. @throws LinkError */
    async publishTextOnce(topic: string, text: string): Promise<void> {
        await this.send(this.textPacket(topic, text, 0, false))
    }

    /** Subscribes to one topic filter with QoS 1. @throws LinkError when the broker refuses */
    async subscribe(filter: string): Promise<void> {
        const packetId = this.nextPacketId()
        const packet = Buffer.alloc(subscribeLength(filter))
        putSubscribe(packet, packetId, filter)
        const granted = await this.request(packet, SUBACK, packetId)
        if (granted > 1) throw new LinkError("the broker refused to subscribe to " + filter)
    }

    /** Sends PINGREQ when nothing was sent for half the keep-alive time. @throws LinkError */
    async keepAlive(): Promise<void> {
        if (this.options.keepAliveSeconds === 0) return
        if (ds.millis() - this.lastSent < this.options.keepAliveSeconds * 500) return
        const packet = Buffer.alloc(2)
        putPingreq(packet)
        await this.request(packet, PINGRESP, 0)
    }

    private textPacket(topic: string, text: string, packetId: number, isRetained: boolean): Buffer {
        const packet = this.publishPacket(topic, packetId, text.length, isRetained, false)
        packet.blitAt(packet.length - text.length, text, 0, text.length)
        return packet
    }

    private async send(packet: Buffer): Promise<void> {
        if (this.socket === undefined) throw new LinkError("not connected")
        await this.socket.send(packet)
        this.lastSent = ds.millis()
    }

    /** Sends a packet and waits for its reply. @returns the reply's code */
    private async request(packet: Buffer, replyType: number, packetId: number): Promise<number> {
        this.waitType = replyType
        this.waitId = packetId
        this.waiter = ds.Fiber.self()
        await this.send(packet)
        const replied = await ds.suspend<boolean>(REPLY_TIMEOUT_MS)
        this.waiter = undefined
        if (replied === undefined) throw new LinkError("the broker did not answer in time")
        if (!replied) throw new LinkError("the connection closed")
        return this.replyCode
    }

    private wake(isReply: boolean): void {
        const fiber = this.waiter
        this.waiter = undefined
        if (fiber !== undefined && fiber.suspended) fiber.resume(isReply)
    }

    /** Runs in its own fiber for as long as the connection lasts. */
    private async readLoop(socket: Socket): Promise<void> {
        try {
            for (;;) {
                const chunk = await socket.recv()
                if (socket !== this.socket) return
                if (chunk === null || chunk === undefined) break
                this.reader.begin(chunk)
                while (this.reader.next()) await this.dispatch()
            }
        } catch (e) {
            console.warn("mqtt: " + (e instanceof Error ? e.message : "read error"))
        }
        if (socket === this.socket) {
            await this.close()
            this.wake(false)
        }
    }

    private async dispatch(): Promise<void> {
        const reader = this.reader
        if (reader.type === PUBLISH) {
            const topic = textAt(reader.body, reader.topicStart, reader.topicLength)
            const payload = textAt(reader.body, reader.payloadStart, reader.payloadLength)
            if (reader.packetId !== 0) {
                const ack = Buffer.alloc(4)
                putPuback(ack, reader.packetId)
                await this.send(ack)
            }
            this.onMessage(topic, payload)
        } else if (
            reader.type === this.waitType &&
            (reader.type === CONNACK || reader.type === PINGRESP || reader.packetId === this.waitId)
        ) {
            this.replyCode = reader.type === PUBACK || reader.type === PINGRESP ? 0 : reader.code
            this.waitType = 0
            this.wake(true)
        }
    }
}
