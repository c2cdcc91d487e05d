/**
 * An MQTT 3.1.1 broker on the virtual clock. It reacts at once, in the same
 * virtual moment, so that weeks run in seconds and the same seed gives equal bytes.
 * It is strict: what a client does against the standard is kept, with its clause,
 * in {@link VirtualBroker.violations}. And it can be told to fail in every way
 * that a client has to survive.
 *
 *     const broker = new VirtualBroker(world.clock)
 *     world.network.defaultEndpoint = broker
 *     broker.subscribe("suitcase/#", (topic, payload) => …)
 */
import { type VirtualClock } from "../time/clock.js"
import { type ScheduledEvent } from "../time/event.js"
import { type SeededRandom } from "../time/random.js"
import { BrokerClient, type ClientBroker, type Message } from "./broker/client.js"
import { BrokerFaults } from "./broker/faults.js"
import { PublishLedger } from "./broker/ledger.js"
import { Session } from "./broker/session.js"
import { checkFilter, checkTopic, matches } from "./broker/topics.js"
import { type Violation } from "./broker/violation.js"
import { type Line, type LineHandler, type VirtualEndpoint } from "./endpoint.js"

export type { Violation } from "./broker/violation.js"
export { randomAcks, type Ack, type AckFate } from "./broker/faults.js"

export interface VirtualBrokerOptions {
    /** Password by user name; default: everyone may connect. */
    readonly users?: Readonly<Record<string, string>>
    /** Longest packet from a client, B; default 65,536. */
    readonly maxPacketBytes?: number
}

/** What comes with a message to a local subscriber. */
export interface Delivery {
    /** Whether it was kept by the broker and is not new. */
    readonly retain: boolean
    readonly qos: 0 | 1
    /** Whether its sender marked it as sent before. */
    readonly dup: boolean
}

export type Listener = (topic: string, payload: Buffer, delivery: Delivery) => void

interface HeldAck {
    readonly client: BrokerClient
    readonly packetId: number
}

export class VirtualBroker implements VirtualEndpoint, ClientBroker {
    readonly description = "virtual broker"
    readonly faults = new BrokerFaults()
    /** Everything clients did against the standard. */
    readonly violations: Violation[] = []
    /** CONNACKs with code 0, PUBLISH packets that came, those with DUP, and PUBACKs sent. */
    readonly counts = { connects: 0, published: 0, repeated: 0, acknowledged: 0 }
    readonly maxPacketBytes: number
    /** Called when a client was accepted. */
    onConnect: ((clientId: string) => void) | undefined
    /** Called when the connection of an accepted client ended. */
    onDisconnect: ((clientId: string) => void) | undefined

    private readonly users: Readonly<Record<string, string>> | undefined
    private readonly clients = new Set<BrokerClient>()
    private readonly byId = new Map<string, BrokerClient>()
    private readonly sessions = new Map<string, Session>()
    private readonly retained = new Map<string, Message>()
    private readonly listeners = new Set<{ filter: string; listener: Listener }>()
    /** What is known about clients for the sake of the checks; the broker forgets, these do not. */
    private readonly ledgers = new Map<string, PublishLedger>()
    private readonly attempts = new Map<string, number>()
    private held: HeldAck[] = []
    private namesGiven = 0
    private isRunning = true
    private comingUp: ScheduledEvent | undefined

    constructor(
        readonly clock: VirtualClock,
        options: VirtualBrokerOptions = {}
    ) {
        this.users = options.users
        this.maxPacketBytes = options.maxPacketBytes ?? 65_536
    }

    get isUp(): boolean {
        return this.isRunning
    }

    /** Ids of the clients that are connected. */
    get online(): readonly string[] {
        return [...this.byId.keys()]
    }

    accept(line: Line): LineHandler | undefined {
        if (!this.isRunning) return undefined
        const life = `${line.remote}/${line.life}`
        this.attempts.set(life, this.attemptsOf(life) + 1)
        const client = new BrokerClient(this, line)
        this.clients.add(client)
        return client
    }

    /**
     * Subscribes in this process: no connection, no loss, QoS as published.
     * Retained messages come at once. It outlives restarts of the broker.
     *
     * @returns ends the subscription
     */
    subscribe(filter: string, listener: Listener): () => void {
        checkFilter(filter)
        const entry = { filter, listener }
        this.listeners.add(entry)
        for (const { topic, payload, qos } of this.retainedOf(filter))
            listener(topic, payload, { retain: true, qos, dup: false })
        return () => this.listeners.delete(entry)
    }

    /** Publishes from this process. @returns false while the broker is down */
    publish(
        topic: string,
        payload: string | Uint8Array,
        { qos = 1, retain = false }: { qos?: 0 | 1; retain?: boolean } = {}
    ): boolean {
        checkTopic(topic)
        if (!this.isRunning) return false
        this.route({ topic, payload: Buffer.from(payload), qos, retain })
        return true
    }

    /** Messages kept under topics that the filter covers. */
    retainedOf(filter: string): Message[] {
        return [...this.retained.values()].filter(({ topic }) => matches(filter, topic))
    }

    /** Closes a client's connection. @returns whether there was one */
    disconnect(clientId: string): boolean {
        const client = this.byId.get(clientId)
        client?.drop()
        return client !== undefined
    }

    /**
     * Stops as if its process was killed: connections break, no last will is published.
     * @param forget whether sessions and retained messages are lost
     */
    stop(forget = false): void {
        this.clock.cancel(this.comingUp)
        this.isRunning = false
        this.held = []
        for (const client of [...this.clients]) client.kill()
        for (const [id, session] of this.sessions)
            if (forget || session.isClean) this.sessions.delete(id)
        if (forget) this.retained.clear()
    }

    start(): void {
        this.isRunning = true
    }

    /** Restarts after N ms. */
    restart(downMs: number, forget = false): void {
        this.stop(forget)
        this.comingUp = this.clock.after(downMs * 1000, () => this.start())
    }

    /** Sends the PUBACKs that were held; those of ended connections are gone. @param order default "kept" */
    releaseAcks(order: "kept" | "reversed" | SeededRandom = "kept"): void {
        const acks = this.held
        this.held = []
        if (order === "reversed") acks.reverse()
        else if (order !== "kept") shuffle(acks, order)
        for (const { client, packetId } of acks) client.sendPuback(packetId)
    }

    /** Forgets the PUBACKs that were held. */
    dropAcks(): void {
        this.held = []
    }

    /** Sends a PUBACK that nobody asked for. @returns whether the client is connected */
    injectAck(clientId: string, packetId: number): boolean {
        const client = this.byId.get(clientId)
        client?.sendPuback(packetId)
        return client !== undefined
    }

    route(message: Message, dup = false): void {
        const { topic, payload, qos, retain } = message
        if (retain) {
            if (payload.length === 0) this.retained.delete(topic)
            else this.retained.set(topic, message)
        }
        for (const session of this.sessions.values()) {
            const granted = session.qosOf(topic)
            if (granted === undefined) continue
            const client = this.byId.get(session.clientId)
            const forwarded = { topic, payload, retain: false }
            if (client !== undefined)
                client.forward({ ...forwarded, qos: qos === 1 && granted === 1 ? 1 : 0 })
            else if (qos === 1 && granted === 1) session.queue(forwarded)
        }
        for (const { filter, listener } of [...this.listeners])
            if (matches(filter, topic)) listener(topic, payload, { retain: false, qos, dup })
    }

    acknowledge(client: BrokerClient, clientId: string, packetId: number): void {
        const fate = this.faults.onAck?.({ clientId, packetId }) ?? "send"
        if (fate === "drop") return
        if (fate === "hold") this.held.push({ client, packetId })
        else if (typeof fate === "number")
            this.clock.after(fate * 1000, () => client.sendPuback(packetId))
        else {
            client.sendPuback(packetId)
            if (fate === "duplicate") client.sendPuback(packetId)
        }
    }

    authorise(user: string | undefined, password: Buffer | undefined): number {
        if (this.users === undefined) return 0
        if (user === undefined) return 5
        return this.users[user] === password?.toString() ? 0 : 4
    }

    openSession(
        clientId: string,
        isClean: boolean,
        client: BrokerClient
    ): { session: Session; isPresent: boolean } {
        const id = clientId === "" ? `anonymous-${++this.namesGiven}` : clientId
        this.byId.get(id)?.drop()
        const kept = this.sessions.get(id)
        const isPresent = !isClean && kept !== undefined && !kept.isClean
        const session = isPresent ? kept : new Session(id, isClean)
        this.sessions.set(id, session)
        this.byId.set(id, client)
        return { session, isPresent }
    }

    attemptsOf(life: string): number {
        return this.attempts.get(life) ?? 0
    }

    ledgerOf(clientId: string): PublishLedger {
        const ledger = this.ledgers.get(clientId) ?? new PublishLedger()
        this.ledgers.set(clientId, ledger)
        return ledger
    }

    connected(clientId: string): void {
        this.counts.connects++
        this.onConnect?.(clientId)
    }

    noteReceived(isRepeated: boolean): void {
        this.counts.published++
        if (isRepeated) this.counts.repeated++
    }

    forget(client: BrokerClient): void {
        this.clients.delete(client)
        const { session } = client
        if (session === undefined || this.byId.get(session.clientId) !== client) return
        this.byId.delete(session.clientId)
        if (session.isClean) this.sessions.delete(session.clientId)
        this.onDisconnect?.(session.clientId)
    }

    note(client: string, clause: string, what: string): void {
        this.violations.push({ unixMs: this.clock.wallMs, client, clause, what })
    }
}

function shuffle(list: HeldAck[], random: SeededRandom): void {
    for (let i = list.length - 1; i > 0; i--) {
        const j = Math.floor(random.float() * (i + 1))
        ;[list[i], list[j]] = [list[j], list[i]]
    }
}
