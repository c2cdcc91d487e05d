import * as ds from "@devicescript/core"
import { Socket, connect } from "@devicescript/net"
import { Message } from "./message.js"
import {
    CONNACK,
    ConnectFields,
    PINGRESP,
    PUBACK,
    PUBLISH,
    PUBLISH_RETAIN,
    SUBACK,
    SUBACK_REFUSED,
    connackText,
    connectLength,
    publishLength,
    putConnect,
    putDisconnect,
    putPingreq,
    putPuback,
    putPublishHead,
    putSubscribe,
    subscribeLength,
} from "../core/mqtt/packets.js"
import { MqttProtocolError, PacketReader, makeAscii } from "../core/mqtt/reader.js"
import { InFlightWindow } from "../core/mqtt/window.js"
import { breathe, pause, readBeforePausing, sleep } from "../scheduler/scheduler.js"

/** Longest packet that is taken whole from the broker, B. */
const MAX_INCOMING_BYTES = 512
/**
 * Time for the TCP connection, ms. Longer than an ESP32 itself needs to give one up (20 s for the
 * name, 19 s for the connection): its late answer would be taken for that of the next attempt.
 */
const CONNECT_TIMEOUT_MS = 60000
/**
 * Bytes of messages in flight, but for a single one that is longer. An ESP32 has room for 5,744 B that
 * the broker's TCP did not acknowledge; then its writes block, and over TLS the next one is lost.
 */
const MOST_UNACKNOWLEDGED_BYTES = 5000
/** Pause after each piece of a long message, so that it stays below that too, ms. */
const PIECE_MS = 50
/** Longest time for the broker to answer a packet, ms; less with a short keep-alive. */
const REPLY_TIMEOUT_MS = 30000
/** The longest wait in one go, ms. */
const IDLE_MS = 60000
/** A full send queue is tried again so often, with this pause, ms. */
const SEND_ATTEMPTS = 40
const SEND_PAUSE_MS = 50
/** Time for the last packets to leave before the socket closes, ms. */
const GOODBYE_MS = 1000
/** Chunks that are still looked at when a connection closed. */
const MOST_REST_CHUNKS = 32
/** Packets that are dealt with without a pause: far from the VM's limit of opcodes. */
const PACKETS_PER_TURN = 16

/** Where and as whom to connect. */
export interface BrokerOptions extends ConnectFields {
    readonly host: string
    readonly port: number
    /** Whether to speak TLS; only boards with an ESP32 do. */
    readonly isTls: boolean
    /** Topics are this and a leaf. */
    readonly base: string
    /** QoS 1 messages in flight at the same time, ≥ 1; 1 with TLS (devicescript's TLS writes). */
    readonly window: number
}

/** Takes a message from the broker; runs in the client's fiber and must not send. */
export type MessageHandler = (topic: string, payload: string, isRetained: boolean) => Promise<void>

/** The connection is not usable any more; the caller connects again. */
export class LinkError extends Error {
    constructor(message: string) {
        super(message)
        this.name = "LinkError"
    }
}

/**
 * MQTT 3.1.1 over the platform's one socket, for one fiber: nothing is read and
 * nothing sent but in calls from that fiber, so that no reader can be left
 * behind on an old socket and no two packets can mix. Call {@link pump} whenever
 * there is nothing to send: it receives, answers, pings, and notices a dead link
 * within 1.5 × keep-alive.
 *
 * QoS 1 is QoS 1: a bounded window of messages is in flight, each with a packet
 * id of its own. What is in it survives the connection and is sent again, first
 * and in order, with the same id and DUP, after the next {@link connect}.
 */
export class MqttClient {
    /** Since boot: accepted connections, messages sent again, messages from the broker that were too long. */
    connects = 0
    resent = 0
    oversize = 0
    /** Whether the broker kept subscriptions and messages since the last connection. */
    isSessionPresent = false
    /** Uptime when the broker accepted the present connection, ms; −1 = it did not. */
    acceptedAt = -1

    private readonly window: InFlightWindow<Message>
    private readonly reader = new PacketReader(Buffer.alloc(MAX_INCOMING_BYTES))
    private readonly keepAliveMs: number
    private readonly replyMs: number
    private socket: Socket = undefined
    /** The fiber while it waits for the broker. */
    private receiver: ds.Fiber = undefined
    /** Packet type that is waited for, and its id; 0 = none. */
    private expectedType = 0
    private expectedId = 0
    private replyCode = 0
    private replyCodes = 0
    private lastSent = 0
    private lastReceived = 0
    /** When a ping that is not answered yet was sent; −1 = none. */
    private pingedAt = -1
    /** When the window last moved. */
    private movedAt = 0
    /** Bytes of messages that were sent on this connection and are not acknowledged. */
    private unacknowledged = 0

    constructor(
        private readonly options: BrokerOptions,
        private readonly onMessage: MessageHandler
    ) {
        this.window = new InFlightWindow<Message>(options.window)
        this.keepAliveMs = options.keepAliveSeconds * 1000
        // A ping after half of the keep-alive and this much for its answer: 1.25 × keep-alive.
        const share = (this.keepAliveMs * 3) / 4
        this.replyMs = share === 0 || share > REPLY_TIMEOUT_MS ? REPLY_TIMEOUT_MS : share
    }

    /**
     * Connects, and sends again what was not acknowledged.
     * @throws LinkError, MqttProtocolError or the platform's socket error
     */
    async connect(): Promise<void> {
        this.reader.reset()
        this.acceptedAt = -1
        this.pingedAt = -1
        this.unacknowledged = 0
        this.socket = await connect({
            host: this.options.host,
            port: this.options.port,
            proto: this.options.isTls ? "tls" : "tcp",
            timeout: CONNECT_TIMEOUT_MS,
        })
        if (this.socket !== null)
            readBeforePausing((this.socket as unknown as PlatformSocket).buffers)
        this.movedAt = ds.millis()
        this.lastReceived = this.movedAt
        const packet = Buffer.alloc(connectLength(this.options))
        putConnect(packet, this.options)
        await this.send(packet)
        await this.expect(CONNACK, 0)
        if (this.replyCode !== 0)
            throw new LinkError("connection refused: " + connackText(this.replyCode))
        this.connects++
        for (let n = 0; n < this.window.count; n++) {
            if (this.window.openId(n) === 0) continue
            this.resent++
            const count = this.window.count
            await this.transmit(n, true)
            // What is not there any more has left the window, and those behind it moved up.
            n = Math.max(n - (count - this.window.count), -1)
        }
    }

    /** Hangs up. Safe to call at any time. */
    async close(): Promise<void> {
        await this.takeRest()
        this.receiver = undefined
        const socket = this.socket
        this.socket = undefined
        readBeforePausing(undefined)
        // The platform gives null for a connection that closed while it opened.
        if (socket !== undefined && socket !== null) await socket.close()
    }

    /** Says goodbye and hangs up: the broker does not publish the last will. @throws LinkError */
    async disconnect(): Promise<void> {
        const packet = Buffer.alloc(2)
        putDisconnect(packet)
        await this.send(packet)
        // What was sent is only queued; the broker closes when it has all of it.
        await this.socket.recv(GOODBYE_MS)
        await this.close()
    }

    /** Whether it was the broker, or the network, that ended the present connection. */
    isClosed(): boolean {
        const socket = this.socket
        return (
            socket !== undefined &&
            socket !== null &&
            (socket as unknown as PlatformSocket).closed === true
        )
    }

    /** Whether {@link publish} would not have to wait. */
    hasRoom(): boolean {
        return this.window.hasRoom()
    }

    /** QoS 1 messages that the broker has not acknowledged. */
    inFlight(): number {
        return this.window.open
    }

    /** Waits until the window has room. @throws LinkError when it does not move in time */
    async makeRoom(): Promise<void> {
        while (!this.window.hasRoom()) await this.pump(IDLE_MS)
    }

    /**
     * Sends a QoS 1 message, as soon as the window has room, and keeps it until
     * it is acknowledged, connection or not.
     * @throws LinkError when the window does not move in time
     */
    async publish(message: Message): Promise<void> {
        await this.makeRoom()
        if (this.window.open === 0) this.movedAt = ds.millis()
        this.window.add(message)
        await this.transmit(this.window.count - 1, false)
    }

    /** Sends a text as QoS 0. @throws LinkError */
    async publishOnce(leaf: string, text: string): Promise<void> {
        const topic = this.options.base + leaf
        const packet = Buffer.alloc(publishLength(topic, 0, text.byteLength))
        const at = putPublishHead(packet, topic, 0, text.byteLength, false, false)
        packet.blitAt(at, text, 0, text.byteLength)
        await this.send(packet)
    }

    /** Subscribes to leaves with QoS 1. @throws LinkError when the broker refuses one of them */
    async subscribe(leaves: string[]): Promise<void> {
        const filters: string[] = []
        for (const leaf of leaves) filters.push(this.options.base + leaf)
        const packetId = this.window.takeId()
        const packet = Buffer.alloc(subscribeLength(filters))
        putSubscribe(packet, packetId, filters)
        await this.send(packet)
        await this.expect(SUBACK, packetId)
        if (this.replyCodes !== filters.length)
            throw new MqttProtocolError("MQTT-3.8.4-5", "SUBACK with too few or many return codes")
        if (this.replyCode === SUBACK_REFUSED)
            throw new LinkError("the broker refused to subscribe to " + filters.join(", "))
    }

    /**
     * Waits for the broker, takes what comes, and pings when it is time.
     * @param ms longest wait; {@link wake} ends it early
     * @throws LinkError when the connection closed or the broker owes an answer for too long,
     * MqttProtocolError, or the platform's socket error
     */
    async pump(ms: number): Promise<void> {
        const chunk = await this.receive(Math.min(ms, await this.checkLink()))
        if (chunk === undefined) return
        this.lastReceived = ds.millis()
        this.reader.begin(chunk)
        let packets = 0
        while (this.reader.next()) {
            await this.dispatch()
            packets++
            if (packets === PACKETS_PER_TURN) {
                packets = 0
                await breathe()
            }
        }
        // Chunks that wait in the socket come without a pause.
        await breathe()
    }

    /** Ends a {@link pump} that waits. For other fibers. */
    wake(): void {
        const fiber = this.receiver
        this.receiver = undefined
        if (fiber !== undefined && fiber.suspended) fiber.resume(undefined)
    }

    /** Pings when it is time. @returns time until the next check, ms @throws LinkError */
    private async checkLink(): Promise<number> {
        const now = ds.millis()
        let left = IDLE_MS
        if (this.window.open > 0) {
            left = this.movedAt + this.replyMs - now
            if (left <= 0) throw new LinkError("the broker does not acknowledge")
        }
        if (this.keepAliveMs === 0 || this.acceptedAt < 0) return left
        if (this.pingedAt < 0) {
            const quietSince = Math.min(this.lastSent, this.lastReceived)
            const untilPing = quietSince + this.keepAliveMs / 2 - now
            if (untilPing > 0) return Math.min(left, untilPing)
            const packet = Buffer.alloc(2)
            putPingreq(packet)
            await this.send(packet)
            this.pingedAt = now
        }
        const untilLost = this.pingedAt + this.replyMs - now
        if (untilLost <= 0) throw new LinkError("the broker does not answer pings")
        return Math.min(left, untilLost)
    }

    /** @returns the next bytes, or undefined when none came in time */
    private async receive(ms: number): Promise<Buffer> {
        this.receiver = ds.Fiber.self()
        const chunk = await this.socket.recv(ms)
        this.receiver = undefined
        if (chunk === null) throw new LinkError("the broker closed the connection")
        // The platform may just be about to resume this fiber for data that came
        // at the same moment; that must not hit a later wait.
        if (chunk === undefined) await pause()
        return chunk
    }

    /** Acknowledgements that came before the connection closed count: those messages need no repetition. */
    private async takeRest(): Promise<void> {
        if (this.acceptedAt < 0) return
        try {
            for (let n = 0; n < MOST_REST_CHUNKS; n++) {
                const chunk = await this.socket.recv(1)
                if (chunk === undefined) await pause()
                if (chunk === undefined || chunk === null) return
                this.reader.begin(chunk)
                while (this.reader.next()) if (this.reader.type === PUBACK) await this.takePuback()
            }
        } catch {
            // The socket's own error comes last; it was reported where it mattered.
        }
    }

    /** Waits for the reply to a packet. @throws LinkError when it does not come in time */
    private async expect(type: number, packetId: number): Promise<void> {
        this.expectedType = type
        this.expectedId = packetId
        const deadline = ds.millis() + this.replyMs
        while (this.expectedType !== 0) {
            const left = deadline - ds.millis()
            if (left <= 0) throw new LinkError("the broker does not answer")
            await this.pump(left)
        }
    }

    /** Sends the n-th message in the window, or forgets it when its content is gone. */
    private async transmit(n: number, isDuplicate: boolean): Promise<void> {
        const message = this.window.item(n)
        const id = this.window.openId(n)
        const size = await message.size()
        if (size >= 0) {
            const topic = this.options.base + message.leaf
            const length = publishLength(topic, id, size)
            while (
                this.unacknowledged > 0 &&
                this.unacknowledged + length > MOST_UNACKNOWLEDGED_BYTES
            )
                await this.pump(IDLE_MS)
            if (!this.window.isAwaited(id)) return
            const later = size - message.firstBytes(size)
            const packet = Buffer.alloc(length - later)
            const at = putPublishHead(packet, topic, id, size, message.isRetained, isDuplicate)
            if (await message.put(packet, at)) {
                message.sentBytes = length
                this.unacknowledged += length
                await this.send(packet)
                if (later > 0) await this.sendPieces(message)
                // Long packets take the VM's opcodes; so would the next one.
                await pause()
                return
            }
        }
        this.window.forget(id)
        await this.moveWindow()
    }

    private async sendPieces(message: Message): Promise<void> {
        for (let n = 1; ; n++) {
            const piece = message.piece(n)
            if (piece === "") return
            await this.send(Buffer.from(piece))
            await sleep(PIECE_MS)
        }
    }

    private async moveWindow(): Promise<void> {
        this.movedAt = ds.millis()
        while (this.window.isOldestDone()) {
            const message = this.window.takeDone()
            if (message !== undefined) {
                this.unacknowledged -= message.sentBytes
                await message.acknowledged()
            }
        }
    }

    /** Sends a packet, or a piece of one, with one write. @throws LinkError or the platform's socket error */
    private async send(packet: Buffer): Promise<void> {
        for (let attempt = 1; attempt < SEND_ATTEMPTS; attempt++) {
            if (this.socket === undefined || this.socket === null)
                throw new LinkError("not connected")
            try {
                await this.socket.send(packet)
                this.lastSent = ds.millis()
                return
            } catch (e) {
                if (!isQueueFull(e)) throw e
            }
            await sleep(SEND_PAUSE_MS)
        }
        throw new LinkError("the network does not take packets")
    }

    private async dispatch(): Promise<void> {
        const reader = this.reader
        const type = reader.type
        if (this.acceptedAt < 0 && (type !== CONNACK || this.expectedType !== CONNACK))
            throw new MqttProtocolError("MQTT-3.2.0-1", "the first packet is not CONNACK")
        if (type === PUBLISH) await this.takePublish()
        else if (type === PUBACK) await this.takePuback()
        else if (type === PINGRESP) this.pingedAt = -1
        else if (
            type === this.expectedType &&
            (type === CONNACK || reader.packetId === this.expectedId)
        ) {
            this.expectedType = 0
            this.replyCode = reader.code
            this.replyCodes = reader.codes
            if (type === CONNACK) {
                this.isSessionPresent = reader.isSessionPresent
                // At once: messages that the broker kept may come in the same segment.
                if (reader.code === 0) this.acceptedAt = ds.millis()
            }
        } else if (type === CONNACK)
            throw new MqttProtocolError("MQTT 3.2", "a second CONNACK on one connection")
    }

    private async takePuback(): Promise<void> {
        // An id that is not awaited is none of ours any more.
        if (this.window.acknowledge(this.reader.packetId)) await this.moveWindow()
    }

    private async takePublish(): Promise<void> {
        const reader = this.reader
        // First: a message that should stop the program must not come again after each restart.
        if (reader.packetId !== 0) {
            const packet = Buffer.alloc(4)
            putPuback(packet, reader.packetId)
            await this.send(packet)
        }
        if (reader.isOversize) this.oversize++
        else {
            const topic = this.text(reader.topicStart, reader.topicLength)
            const payload = this.text(reader.payloadStart, reader.payloadLength)
            await this.onMessage(topic, payload, (reader.header & PUBLISH_RETAIN) !== 0)
        }
    }

    private text(from: number, length: number): string {
        const body = this.reader.body as Buffer
        makeAscii(body, from, length)
        return body.slice(from, from + length).toString()
    }
}

/** What the platform's socket has and does not show. */
interface PlatformSocket {
    /** What was not read yet. */
    buffers: Buffer[]
    /** Whether it ended, but not by {@link Socket.close}. */
    closed: boolean
}

/** The platform's answer −1: nothing was queued, so the packet may be sent again. */
function isQueueFull(error: unknown): boolean {
    if (!(error instanceof Error)) return false
    const message = error.message
    return message.indexOf("send error -1") >= 0 && message.indexOf("send error -10") < 0
}
