/** One connection to the broker. */
import mqtt, {
    type IConnectPacket,
    type IPublishPacket,
    type ISubscribePacket,
    type Packet,
} from "mqtt-packet"
import { type VirtualClock } from "../../time/clock.js"
import { type ScheduledEvent } from "../../time/event.js"
import { type Delivered, type Line, type LineHandler } from "../endpoint.js"
import { PacketDecoder } from "./decode.js"
import { type BrokerFaults } from "./faults.js"
import { type Finding, type PublishLedger } from "./ledger.js"
import { type Outgoing, type Session } from "./session.js"
import { ProtocolError } from "./violation.js"

/** A connection on which no CONNECT comes is closed after this, ms. */
const CONNECT_LIMIT_MS = 30_000
/** A client that came back must have sent again what was not acknowledged after this, ms. */
const RESEND_LIMIT_MS = 60_000
/** A client closes the connection this long after DISCONNECT at most, ms. */
const GOODBYE_LIMIT_MS = 10_000

export interface Message {
    readonly topic: string
    readonly payload: Buffer
    readonly qos: 0 | 1
    readonly retain: boolean
}

/** What a connection asks of the broker that it belongs to. */
export interface ClientBroker {
    readonly clock: VirtualClock
    readonly faults: BrokerFaults
    readonly maxPacketBytes: number
    readonly counts: { acknowledged: number }
    /** @returns the code of the CONNACK, 0 = welcome */
    authorise(user: string | undefined, password: Buffer | undefined): number
    /** The session of a client id; another connection of that id is closed [MQTT-3.1.4-2]. */
    openSession(
        clientId: string,
        isClean: boolean,
        client: BrokerClient
    ): { session: Session; isPresent: boolean }
    /** Connections accepted so far in one life of a remote. */
    attemptsOf(life: string): number
    /** What is known of a client for the sake of the checks. */
    ledgerOf(clientId: string): PublishLedger
    /** The client was welcomed. */
    connected(clientId: string): void
    noteReceived(isRepeated: boolean): void
    /** Hands a message to all who want it, and keeps it if it is to be retained. */
    route(message: Message, dup?: boolean): void
    /** Sends a PUBACK, or does with it what a fault wants. */
    acknowledge(client: BrokerClient, clientId: string, packetId: number): void
    retainedOf(filter: string): Message[]
    /** The connection has ended. */
    forget(client: BrokerClient): void
    /** A client did something against the standard. */
    note(client: string, clause: string, what: string): void
}

export class BrokerClient implements LineHandler {
    session: Session | undefined
    private ledger: PublishLedger | undefined
    /** Whether DISCONNECT came: then the last will is not published. */
    private isDisconnected = false
    private isClosed = false
    private will: Message | undefined
    private keepAliveMs = 0
    private lastPacketMs = 0
    private watch: ScheduledEvent | undefined
    private resendWatch: ScheduledEvent | undefined
    private readonly decoder: PacketDecoder

    constructor(
        private readonly broker: ClientBroker,
        private readonly line: Line
    ) {
        this.decoder = new PacketDecoder(broker.maxPacketBytes)
        this.watch = broker.clock.after(CONNECT_LIMIT_MS * 1000, () => this.drop())
    }

    data(bytes: Uint8Array): void {
        if (this.isDisconnected) {
            this.violation("MQTT-3.14.4-2", `${bytes.length} B after DISCONNECT`)
            return
        }
        this.decoder.push(bytes)
        try {
            while (!this.isClosed) {
                const packet = this.decoder.next()
                if (packet === undefined) return
                if (this.isDisconnected)
                    throw new ProtocolError("MQTT-3.14.4-2", `${packet.cmd} after DISCONNECT`)
                this.lastPacketMs = this.broker.clock.wallMs
                this.handle(packet)
            }
        } catch (e) {
            if (!(e instanceof ProtocolError)) throw e
            this.violation(e.clause, e.message)
            if (e.connackCode !== 0) this.sendConnack(e.connackCode, false)
            this.drop()
        }
    }

    closed(): void {
        if (this.isClosed) return
        this.finish()
        this.publishWill()
    }

    /** Closes the connection from this side. The last will is published [MQTT-3.1.2-8]. */
    drop(): void {
        if (this.isClosed) return
        this.finish()
        this.line.close()
        this.publishWill()
    }

    /** The broker stops: it says nothing more, not even a last will. */
    kill(): void {
        this.will = undefined
        this.drop()
    }

    sendPuback(packetId: number): void {
        if (this.isClosed) return
        this.broker.counts.acknowledged++
        this.send({ cmd: "puback", messageId: packetId }, how =>
            this.ledger?.acknowledged(packetId, how === "taken")
        )
    }

    /** Sends a message with QoS 0, or queues it in the session with QoS 1. */
    forward(message: Message): void {
        const { topic, payload, retain, qos } = message
        if (qos === 0) this.send({ cmd: "publish", topic, payload, retain, qos: 0, dup: false })
        else {
            this.session?.queue({ topic, payload, retain })
            this.sendReady()
        }
    }

    private handle(packet: Packet): void {
        if (packet.cmd === "connect") {
            this.connect(packet)
            return
        }
        const { session } = this
        if (session === undefined)
            throw new ProtocolError("MQTT-3.1.0-1", `the first packet is ${packet.cmd}`)
        switch (packet.cmd) {
            case "publish":
                this.publish(session, packet)
                break
            case "puback":
                this.acknowledge(session, packet.messageId as number)
                break
            case "subscribe":
                this.subscribe(session, packet)
                break
            case "unsubscribe":
                for (const filter of packet.unsubscriptions) session.subscriptions.delete(filter)
                if (!this.broker.faults.silent.has("unsuback"))
                    this.send({
                        cmd: "unsuback",
                        messageId: packet.messageId as number,
                        granted: [],
                    })
                break
            case "pingreq":
                if (!this.broker.faults.silent.has("pingresp")) this.send({ cmd: "pingresp" })
                break
            case "disconnect":
                this.report(this.ledger?.settle() ?? [])
                this.isDisconnected = true
                this.will = undefined
                this.watchGoodbye()
                break
            default:
                throw new ProtocolError("MQTT-4.8.0-1", `${packet.cmd} belongs to QoS 2`)
        }
    }

    private connect(packet: IConnectPacket): void {
        if (this.session !== undefined)
            throw new ProtocolError("MQTT-3.1.0-2", "a second CONNECT on one connection")
        const { broker } = this
        const { faults } = broker
        broker.clock.cancel(this.watch)
        const code =
            faults.refuseCode === 0
                ? broker.authorise(packet.username, packet.password)
                : faults.refuseCode
        if (code !== 0) {
            this.sendConnack(code, false)
            this.drop()
            return
        }
        const isClean = packet.clean !== false
        const { session, isPresent } = broker.openSession(packet.clientId, isClean, this)
        this.session = session
        const ledger = broker.ledgerOf(session.clientId)
        this.ledger = ledger
        const life = `${this.line.remote}/${this.line.life}`
        ledger.resume(isClean, life, broker.attemptsOf(life) === 1)
        const { will } = packet
        if (will !== undefined)
            this.will = {
                topic: will.topic,
                payload: Buffer.from(will.payload),
                qos: (will.qos ?? 0) === 0 ? 0 : 1,
                retain: will.retain === true,
            }
        this.keepAliveMs = (packet.keepalive ?? 0) * 1500
        if (this.keepAliveMs > 0) this.watchKeepAlive(this.keepAliveMs)
        if (faults.silent.has("connack")) return
        this.sendConnack(0, isPresent)
        broker.connected(session.clientId)
        for (const message of session.inFlight) this.sendMessage(message, true)
        this.sendReady()
        this.watchResending(ledger)
    }

    private watchResending(ledger: PublishLedger): void {
        this.resendWatch = this.broker.clock.after(RESEND_LIMIT_MS * 1000, () => {
            // It may well have been sent: what is stuck on the way is not the client's fault.
            if (this.line.isUnderWay()) this.watchResending(ledger)
            else this.report(ledger.settle())
        })
    }

    /** [MQTT-3.1.2-24]: one and a half times the keep-alive time without a packet. */
    private watchKeepAlive(inMs: number): void {
        const { clock } = this.broker
        this.watch = clock.after(inMs * 1000, () => {
            const left = this.lastPacketMs + this.keepAliveMs - clock.wallMs
            if (left > 0) this.watchKeepAlive(left)
            else this.drop()
        })
    }

    /** [MQTT-3.14.4-1]: after DISCONNECT the client closes the connection. */
    private watchGoodbye(): void {
        const { clock } = this.broker
        clock.cancel(this.watch)
        this.watch = clock.after(GOODBYE_LIMIT_MS * 1000, () => {
            this.violation("MQTT-3.14.4-1", "the connection stays open after DISCONNECT")
            this.drop()
        })
    }

    private publish(session: Session, packet: IPublishPacket): void {
        if (packet.qos === 2) throw new ProtocolError("unsupported", "this broker has no QoS 2")
        if (packet.qos === 0) {
            if (packet.dup) throw new ProtocolError("MQTT-3.3.1-2", "DUP with QoS 0")
        } else this.report(this.ledger?.publish(packet) ?? [])
        this.broker.noteReceived(packet.dup)
        const { topic, qos, retain } = packet
        this.broker.route({ topic, payload: Buffer.from(packet.payload), qos, retain }, packet.dup)
        if (packet.qos === 1)
            this.broker.acknowledge(this, session.clientId, packet.messageId as number)
    }

    private acknowledge(session: Session, id: number): void {
        const { outgoing } = session
        const at = outgoing.findIndex(message => message.id === id)
        if (at < 0) {
            this.violation("MQTT-2.3.1-6", `PUBACK for id ${id}, which is not in flight`)
            return
        }
        if (at > 0)
            this.violation("MQTT-4.6.0-2", `PUBACK for id ${id} before that of ${outgoing[0].id}`)
        outgoing.splice(at, 1)
        this.sendReady()
    }

    private subscribe(session: Session, packet: ISubscribePacket): void {
        const { faults } = this.broker
        const granted = packet.subscriptions.map(({ topic, qos }) => {
            if (faults.isRefusingSubscriptions) return 0x80
            const most = qos === 0 ? 0 : 1
            session.subscriptions.set(topic, most)
            return most
        })
        if (!faults.silent.has("suback"))
            this.send({ cmd: "suback", messageId: packet.messageId as number, granted })
        if (faults.isRefusingSubscriptions) return
        for (const { topic } of packet.subscriptions)
            for (const message of this.broker.retainedOf(topic)) {
                const qos = Math.min(message.qos, session.subscriptions.get(topic) ?? 0)
                this.forward({ ...message, qos: qos === 0 ? 0 : 1, retain: true })
            }
    }

    private sendReady(): void {
        for (const message of this.session?.takeReady() ?? []) this.sendMessage(message, false)
    }

    private sendMessage({ topic, payload, retain, id }: Outgoing, dup: boolean): void {
        this.send({ cmd: "publish", topic, payload, retain, qos: 1, dup, messageId: id })
    }

    private sendConnack(code: number, sessionPresent: boolean): void {
        this.send({ cmd: "connack", returnCode: code, sessionPresent })
    }

    private send(packet: Packet, delivered?: Delivered): void {
        if (!this.isClosed) this.line.send(mqtt.generate(packet), delivered)
    }

    private finish(): void {
        this.isClosed = true
        this.broker.clock.cancel(this.watch)
        this.broker.clock.cancel(this.resendWatch)
        this.broker.forget(this)
    }

    private publishWill(): void {
        const { will } = this
        this.will = undefined
        if (will !== undefined) this.broker.route(will)
    }

    private report(findings: readonly Finding[]): void {
        for (const [clause, what] of findings) this.violation(clause, what)
    }

    private violation(clause: string, what: string): void {
        this.broker.note(this.session?.clientId ?? this.line.remote, clause, what)
    }
}
