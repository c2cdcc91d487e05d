/**
 * A broker that does what a test tells it, at the end of a node's socket and in
 * virtual time. It is strict about what the node sends: bytes that are no MQTT
 * packet, two packets in one write, or a packet before CONNECT are failures.
 */
import mqtt, { type IPublishPacket, type Packet } from "mqtt-packet"
import { type WireCount } from "../../sim/net/connection.js"
import {
    SOCKET_CLOSE,
    SOCKET_DATA,
    SOCKET_ERROR,
    SOCKET_OPEN,
    type SocketEvent,
} from "../../sim/vm/vm.js"
import { type World } from "../../sim/world/world.js"

/** A packet from the node. */
export interface Seen {
    /** Virtual ms since the start when the broker has it. */
    readonly at: number
    /** Number of the connection, from 1 on. */
    readonly connection: number
    readonly packet: Packet
}

type Deliver = (event: SocketEvent, data?: Uint8Array) => void

export class ScriptedBroker {
    /** One way, ms. */
    latencyMs = 10
    /** Return code of CONNACK. */
    refusal = 0
    sessionPresent = false
    /** Return codes of SUBACK; default 1 for each filter. */
    granted: number[] | undefined
    /** Which packets are answered. */
    answers = { connect: true, subscribe: true, publish: true, ping: true, time: true }
    /** Whether TCP connections come about; "silent" = nobody ever answers. */
    reachable: boolean | "silent" = true
    /** Neither direction gets through, and nobody is told. */
    isHalfOpen = false
    /** What the socket's write gives, as long as it is not 0. */
    writeResult = 0
    /** Longest chunk in which bytes reach the node. */
    chunkBytes = 1024
    /** Called for each packet before it is answered. */
    onPacket: ((packet: Packet) => void) | undefined

    readonly seen: Seen[] = []
    readonly failures: string[] = []
    connections = 0
    writes = 0

    private line: Line | undefined

    constructor(private readonly world: World) {
        // The node's socket comes here instead of into the virtual network.
        Object.assign(world, {
            network: {
                needsSettling: false,
                connect: (_host: string, _port: number, _wire: WireCount, deliver: Deliver) =>
                    this.open(deliver),
                newLink: () => ({
                    life: 0,
                    wire: { sent: 0, received: 0 },
                    open: (_host: string, _port: number, _isTls: boolean, deliver: Deliver) =>
                        this.open(deliver),
                }),
            },
        })
    }

    get isConnected(): boolean {
        return this.line?.isOpen === true
    }

    /** Publications of the node with this leaf, in the order of arrival. */
    published(leaf: string): (IPublishPacket & { at: number; connection: number })[] {
        return this.seen.flatMap(({ at, connection, packet }) =>
            packet.cmd === "publish" && packet.topic.endsWith(`/${leaf}`)
                ? [{ ...packet, at, connection }]
                : []
        )
    }

    count(cmd: string): number {
        return this.seen.filter(s => s.packet.cmd === cmd).length
    }

    /** Sends a packet, or raw bytes, to the node. */
    send(packet: Packet | Uint8Array): void {
        const bytes = packet instanceof Uint8Array ? packet : mqtt.generate(packet)
        for (let at = 0; at < bytes.length; at += this.chunkBytes)
            this.line?.toNode(
                SOCKET_DATA,
                Uint8Array.from(bytes.subarray(at, at + this.chunkBytes))
            )
    }

    puback(messageId: number): void {
        this.send({ cmd: "puback", messageId })
    }

    publish(topic: string, payload: string | Buffer, messageId = 0, dup = false): void {
        const qos = messageId === 0 ? 0 : 1
        this.send({ cmd: "publish", topic, payload, qos, messageId, dup, retain: false })
    }

    /** Closes the connection from the broker's side. */
    close(): void {
        this.line?.toNode(SOCKET_CLOSE)
        this.line?.end()
    }

    private open(deliver: Deliver): Line {
        this.connections++
        const line = new Line(this, this.world, this.connections, deliver)
        this.line = line
        if (this.reachable === true) line.toNode(SOCKET_OPEN)
        else if (this.reachable === false)
            line.toNode(SOCKET_ERROR, Buffer.from("connection refused"))
        return line
    }

    /** @internal A write of the node arrived. */
    receive(line: Line, bytes: Uint8Array): void {
        const packets: Packet[] = []
        const parser = mqtt.parser({ protocolVersion: 4 })
        parser.on("packet", packet => packets.push(packet))
        parser.on("error", (error: Error) => this.failures.push(`not MQTT: ${error.message}`))
        if (parser.parse(Buffer.from(bytes)) !== 0 || packets.length !== 1)
            this.failures.push(`one write has ${packets.length} whole packets`)
        for (const packet of packets) {
            if (line.isFirst !== (packet.cmd === "connect"))
                this.failures.push(`${packet.cmd} where CONNECT belongs, or a second CONNECT`)
            line.isFirst = false
            const at = this.world.clock.now / 1000
            this.seen.push({ at, connection: line.number, packet })
            this.onPacket?.(packet)
            if (line.isOpen) this.answer(packet)
        }
    }

    private answer(packet: Packet): void {
        const { answers } = this
        if (packet.cmd === "connect" && answers.connect) {
            const { refusal: returnCode } = this
            const sessionPresent = returnCode === 0 && this.sessionPresent
            this.send({ cmd: "connack", returnCode, sessionPresent })
            if (returnCode !== 0) this.close()
        }
        if (packet.cmd === "subscribe" && answers.subscribe)
            this.send({
                cmd: "suback",
                messageId: packet.messageId as number,
                granted: this.granted ?? packet.subscriptions.map(() => 1),
            })
        if (packet.cmd === "pingreq" && answers.ping) this.send({ cmd: "pingresp" })
        if (packet.cmd === "disconnect") this.close()
        if (packet.cmd !== "publish") return
        if (packet.qos === 1 && answers.publish) this.puback(packet.messageId as number)
        if (packet.topic.endsWith("/time/get") && answers.time)
            this.publish(
                packet.topic.replace(/get$/, "set"),
                `${packet.payload.toString()} ${Math.round(this.world.clock.wallMs)}`
            )
    }
}

/** One TCP connection. */
class Line {
    isOpen = true
    isFirst = true

    constructor(
        private readonly broker: ScriptedBroker,
        private readonly world: World,
        readonly number: number,
        private readonly deliver: Deliver
    ) {}

    /** The node's socket call. @returns its result */
    write(bytes: Uint8Array): number {
        if (!this.isOpen) return -10
        this.broker.writes++
        if (this.broker.writeResult !== 0) return this.broker.writeResult
        const copy = Uint8Array.from(bytes)
        this.later(() => this.broker.receive(this, copy))
        return 0
    }

    toNode(event: SocketEvent, data?: Uint8Array): void {
        this.later(() => this.deliver(event, data))
    }

    /** The broker is done with it; what is in progress still arrives. */
    end(): void {
        this.isOpen = false
    }

    /** The node's socket call. */
    close(): void {
        this.isOpen = false
    }

    /** The link breaks; neither side is told. */
    cut(): void {
        this.isOpen = false
    }

    private later(action: () => void): void {
        const { broker } = this
        this.world.clock.after(broker.latencyMs * 1000, () => {
            if (!broker.isHalfOpen) action()
        })
    }
}
