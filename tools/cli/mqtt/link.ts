/**
 * The command's own MQTT connection: subscribes to what nodes publish, answers
 * their time requests and sends commands.
 */
import { type Duplex } from "node:stream"
import { setTimeout as sleep } from "node:timers/promises"
import {
    MqttClient,
    type IClientOptions,
    type IConnackPacket,
    type IPublishPacket,
    type ISubscriptionMap,
} from "mqtt"
import {
    LEAF_CLOCK,
    LEAF_COMMAND,
    LEAF_SCHEMA,
    LEAF_STATE,
    LEAF_STATUS,
    LEAF_TIME_GET,
    LEAF_TIME_SET,
    TOPIC_ROOT,
    topicOf,
} from "../../../src/core/protocol/topics.js"
import { timeReply } from "../../../src/core/protocol/time-reply.js"
import { parseTopic, type FrameOrigin } from "../../decoder/index.js"
import { UsageError } from "../errors.js"
import { AckGate, type Intake } from "./ack-gate.js"
import { type Broker } from "./broker.js"
import { MalformedError } from "./packet-guard.js"
import { closedInWords, problemInWords } from "./problems.js"
import { SilenceGuard } from "./silence-guard.js"
import { GuardedStream, openStream, type GuardOptions } from "./stream.js"

/** Longest wait for the connection, ms. */
const CONNECT_TIMEOUT_MS = 10_000
/** Longest wait for the broker to take a command or a subscription, ms. */
const COMMAND_TIMEOUT_MS = 5000
/** Pause before connecting again after the link broke, ms. */
const RECONNECT_MS = 2000
/** What brokers keep of a node. */
const RECORDS = [LEAF_SCHEMA, LEAF_CLOCK, LEAF_STATE, LEAF_STATUS]
/** In SUBACK: refused. */
const REFUSED = 0x80

/** A session that the broker keeps while the client is away. */
export interface LinkSession {
    readonly clientId: string
    /** Filters that the session has already; what is not among them is subscribed to. */
    readonly filters: readonly string[]
    /** The session has all filters now. */
    readonly onSubscribed: (filters: readonly string[]) => void
    /** The broker has no session any more, though it had one. */
    readonly onLost: () => void
}

export interface LinkOptions {
    /** Only nodes of this site; default all. */
    readonly site?: string
    /** Only this node; default all. */
    readonly nodes?: readonly string[]
    /** Only what nodes publish on these; default all, answers and commands too. */
    readonly leaves?: readonly string[]
    /** Gives Unix time in ms for time requests, undefined while it is in doubt; without it they are not answered. */
    readonly unixMs?: () => number | undefined
    /** Further topic filters to subscribe to. */
    readonly topics?: readonly string[]
    /** Default: one that ends with the connection. */
    readonly session?: LinkSession
    /** Messages are acknowledged when it has them; default: when they arrive. */
    readonly intake?: Intake
    /** @param isRetained whether the broker had it in store: it may be old */
    readonly onMessage?: (topic: string, payload: Buffer, isRetained: boolean) => void
    /** Called when the link breaks and when it is back, which may be told of a link that was not said to be broken. */
    readonly onLink?: (isUp: boolean) => void
    /** What else there is to tell. */
    readonly note?: (text: string) => void
}

export class MqttLink {
    private isClosing = false
    /** Filters of this connection's or the session's subscription. */
    private readonly filters: readonly string[]
    /** Those that a session has already. */
    private subscribed: readonly string[]
    /** When the bytes came of which the latest message is made: what is before it in the same bunch must not make an answer late. */
    private arrivedMs: number | undefined
    private reports = 0
    /** Only sessions outlive a connection. */
    private silence: SilenceGuard | undefined
    /** The connection is being broken to make another one: nobody need hear of its end. */
    private isRenewing = false
    private readonly publishing = new Set<Promise<unknown>>()

    private constructor(
        private readonly client: MqttClient,
        private readonly options: LinkOptions,
        private readonly gate?: AckGate
    ) {
        const { site = "+", nodes = ["+"], leaves = ["#"], topics = [] } = options
        const own = nodes.flatMap(node => leaves.map(leaf => topicOf(site, node, leaf)))
        this.filters = [...own, ...topics]
        this.subscribed = options.session?.filters ?? []
        // Before anything arrives: a broker sends what it kept right after CONNACK.
        client.handleMessage = (packet, done) => this.receive(packet, done)
    }

    /**
     * Connects over the network and subscribes.
     * @throws UsageError when the broker cannot be reached or refuses
     */
    static async dial(broker: Broker, options: LinkOptions): Promise<MqttLink> {
        const { session, intake } = options
        const gate = intake === undefined ? undefined : new AckGate(intake)
        const client = newClient(
            broker,
            {
                clean: session === undefined,
                resubscribe: session === undefined,
                ...(session === undefined ? {} : { clientId: session.clientId }),
            },
            {
                // With the stream: messages can come before mqtt.js says that it is connected.
                onOpen: stream => gate?.begin(stream),
                onArrival: () => link.noteArrival(),
                onTooLong: (topic, bytes) =>
                    options.note?.(
                        `left out a message of ${bytes} B on ${printable(topic)}: no node sends such`
                    ),
            }
        )
        const link: MqttLink = new MqttLink(client, options, gate)
        const outcome = await firstOutcome(client, () => closedInWords(broker))
        if (typeof outcome === "string") return await refuse(client, broker, outcome)
        client.on("error", error => link.noteProblem(error))
        try {
            await link.settle(outcome.sessionPresent)
        } catch (e) {
            await link.close()
            throw e
        }
        if (session !== undefined) link.watchSilence()
        client.on("close", () => {
            link.silence?.stop()
            const isOwn = link.isClosing || link.isRenewing
            // Another end, before there is a connection again, is the broker's.
            link.isRenewing = false
            if (!isOwn) options.onLink?.(false)
        })
        client.on("connect", connack => {
            options.onLink?.(true)
            if (options.session === undefined) return
            link.silence?.connected()
            link.settle(connack.sessionPresent).catch((e: unknown) => {
                if (!link.isClosing) options.note?.((e as Error).message)
            })
        })
        return link
    }

    /** Ends the session that the broker keeps for a client id. @throws UsageError as {@link dial} */
    static async endSession(broker: Broker, clientId: string): Promise<void> {
        const client = await connectClient(broker, { clientId, clean: true, reconnectPeriod: 0 })
        await client.endAsync()
    }

    /** Connects through a stream inside this process and subscribes. */
    static async attach(connect: () => Duplex, options: LinkOptions): Promise<MqttLink> {
        // Virtual time must not depend on real timers: no pings, no reconnecting.
        const client = new MqttClient(
            () => {
                const stream = connect()
                stream.prependListener("data", () => link.noteArrival())
                return stream
            },
            { protocolVersion: 4, keepalive: 0, reconnectPeriod: 0 }
        )
        const link: MqttLink = new MqttLink(client, options)
        const outcome = await firstOutcome(client, () => "it closed the connection")
        if (typeof outcome === "string") throw new Error(`embedded broker: ${outcome}`)
        await link.settle(false)
        return link
    }

    /**
     * Asks a node to send all it has and to report.
     * @param id tells the request from earlier ones; default a new one
     * @returns whether the broker has the command
     */
    async requestReport(origin: FrameOrigin, id?: string): Promise<boolean> {
        return await this.command(origin, { id: id ?? `report-${++this.reports}`, do: "report" })
    }

    /**
     * Sends a command to a node.
     * @param command `id` must differ from those of the node's last commands: it
     * does not carry out the same one twice
     * @returns whether the broker has it
     */
    async command(
        origin: FrameOrigin,
        command: {
            readonly id: string
            readonly do: string
            readonly seconds?: number
            readonly seal?: string
        }
    ): Promise<boolean> {
        if (!this.client.connected) return false
        const sent = this.client.publishAsync(
            topicOf(origin.site, origin.node, LEAF_COMMAND),
            JSON.stringify(command),
            { qos: 1 }
        )
        return await inTime(sent)
    }

    /**
     * Has the broker send again what it keeps of a node: to a session it sends that once, and some
     * brokers (NATS) forget that it was never acknowledged.
     *
     * @returns whether the broker did as it was asked
     */
    async fetchRecords({ site, node }: FrameOrigin): Promise<boolean> {
        if (!this.client.connected) return false
        const topics = RECORDS.map(leaf => topicOf(site, node, leaf))
        // A listener to one node alone has them among its own filters, and keeps these.
        const passing = topics.filter(topic => !this.filters.includes(topic))
        const asked = Object.fromEntries(topics.map(topic => [topic, { qos: 1 as const }]))
        // mqtt.js leaves out what it has subscribed to before, unless it is told.
        const all = { ...asked, resubscribe: true } as ISubscriptionMap
        return await inTime(
            this.client
                .subscribeAsync(all)
                .then(() =>
                    passing.length > 0 ? this.client.unsubscribeAsync(passing) : undefined
                )
        )
    }

    /** Publishes a message that the broker keeps; an empty one makes it forget. Sent again after a broken link. */
    retain(topic: string, payload: string): void {
        const sent = this.client
            .publishAsync(topic, payload, { qos: 1, retain: true })
            .catch(() => undefined)
            .finally(() => this.publishing.delete(sent))
        this.publishing.add(sent)
    }

    /** Resolves once the broker has all that was retained, or after {@link COMMAND_TIMEOUT_MS}. */
    async drain(): Promise<void> {
        await Promise.race([
            Promise.all(this.publishing),
            sleep(COMMAND_TIMEOUT_MS, undefined, { ref: false }),
        ])
    }

    /** @param isForced without a goodbye */
    async close(isForced = true): Promise<void> {
        this.isClosing = true
        this.silence?.stop()
        this.gate?.close()
        await this.client.endAsync(isForced)
    }

    /** Sees to it that the broker sends what is wanted. @throws UsageError when it refuses */
    private async settle(isSessionPresent: boolean): Promise<void> {
        const { session } = this.options
        const known = isSessionPresent ? this.subscribed : []
        if (session !== undefined && this.subscribed.length > 0 && !isSessionPresent)
            session.onLost()
        const missing = this.filters.filter(filter => !known.includes(filter))
        if (missing.length > 0) await this.subscribe(missing)
        this.subscribed = this.filters
        session?.onSubscribed(this.filters)
    }

    private async subscribe(filters: readonly string[]): Promise<void> {
        let refused: readonly string[] = filters
        try {
            const granted = await this.client.subscribeAsync([...filters], { qos: 1 })
            refused = granted
                .filter(({ qos }) => (qos as number) >= REFUSED)
                .map(({ topic }) => topic)
        } catch (e) {
            if (!this.client.connected) throw e
        }
        if (refused.length > 0)
            throw new UsageError(
                `the broker refuses the subscription to ${refused.join(", ")}; let this user read ` +
                    `${TOPIC_ROOT}/# there (its access list; docs/brokers.md)`
            )
    }

    private watchSilence(): void {
        this.silence = new SilenceGuard(() => {
            this.isRenewing = true
            this.client.stream.destroy()
        })
        this.silence.connected()
    }

    private noteArrival(): void {
        this.arrivedMs = this.options.unixMs?.()
    }

    private noteProblem(error: Error): void {
        const { code } = error as { readonly code?: unknown }
        // mqtt.js would wait forever for the rest of what it could not read.
        if (error instanceof MalformedError || code === undefined) {
            this.options.note?.(
                `the broker sent what is no MQTT (${error.message}); connecting again`
            )
            this.client.stream.destroy()
        } else if (typeof code === "number")
            this.options.note?.(`the broker: ${problemInWords(error)}`)
    }

    /**
     * mqtt.js acknowledges a message when `done` is called without an error. With one it goes on to the
     * next message without (handlers/publish.js of 5.16.0), and the gate acknowledges later.
     */
    private receive(packet: IPublishPacket, done: (error?: Error) => void): void {
        const { topic, qos, messageId, retain } = packet
        if (!retain) this.silence?.heard()
        const payload = packet.payload as Buffer
        const origin = parseTopic(topic)
        if (origin?.leaf === LEAF_TIME_GET && !retain)
            this.answerTime(origin, payload.toString("latin1"))
        const number = this.options.intake?.take(topic, payload, retain) ?? 0
        this.options.onMessage?.(topic, payload, retain)
        if (this.gate === undefined || qos === 0 || messageId === undefined) done()
        else this.gate.hold(messageId, number, () => done(LATER))
    }

    private answerTime(origin: FrameOrigin, request: string): void {
        if (this.arrivedMs === undefined) return
        const reply = timeReply(request, this.arrivedMs)
        if (reply !== undefined)
            this.client.publish(topicOf(origin.site, origin.node, LEAF_TIME_SET), reply)
    }
}

/** Whether the broker did what it was asked, soon. */
async function inTime(done: Promise<unknown>): Promise<boolean> {
    return await Promise.race([
        done.then(
            () => true,
            () => false
        ),
        sleep(COMMAND_TIMEOUT_MS, false, { ref: false }),
    ])
}

const LATER = new Error("acknowledged later")

/**
 * A client without any of what a link does.
 * @param prepare called before it is connected
 * @throws UsageError when the broker cannot be reached or refuses
 */
export async function connectClient(
    broker: Broker,
    options: IClientOptions,
    prepare?: (client: MqttClient) => void
): Promise<MqttClient> {
    const client = newClient(broker, options)
    prepare?.(client)
    const outcome = await firstOutcome(client, () => closedInWords(broker))
    if (typeof outcome === "string") return await refuse(client, broker, outcome)
    client.on("error", () => undefined)
    return client
}

interface ConnectionEvents extends GuardOptions {
    /** A connection is being made. */
    readonly onOpen: (stream: GuardedStream) => void
}

const NO_EVENTS: ConnectionEvents = {
    onOpen: () => undefined,
    onArrival: () => undefined,
    onTooLong: () => undefined,
}

function newClient(broker: Broker, options: IClientOptions, events = NO_EVENTS): MqttClient {
    const connect = () => {
        const stream = new GuardedStream(openStream(broker), events)
        events.onOpen(stream)
        return stream
    }
    return new MqttClient(connect, {
        protocolVersion: 4,
        connectTimeout: CONNECT_TIMEOUT_MS,
        reconnectPeriod: RECONNECT_MS,
        ...(broker.user === undefined ? {} : { username: broker.user }),
        ...(broker.password === undefined ? {} : { password: broker.password }),
        ...options,
    })
}

/** @throws UsageError that says why there is no connection */
async function refuse(client: MqttClient, broker: Broker, problem: string): Promise<never> {
    await client.endAsync(true)
    throw new UsageError(
        `cannot connect to the broker ${broker.shown}: ${problem}; check that it runs, ` +
            "and host, port and credentials"
    )
}

/** @returns what went wrong, in words, or CONNACK when the connection is up */
function firstOutcome(client: MqttClient, closed: () => string): Promise<IConnackPacket | string> {
    return new Promise(resolve => {
        client.once("connect", resolve)
        client.once("error", error => {
            const { code } = error as NodeJS.ErrnoException
            resolve(code === "ECONNRESET" ? closed() : problemInWords(error))
        })
        client.once("close", () => resolve(closed()))
    })
}

/** What strangers call their topics, for a terminal. */
function printable(text: string): string {
    return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100)
}
