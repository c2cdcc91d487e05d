/**
 * The command's own MQTT connection: subscribes to what nodes publish, answers
 * their time requests and sends commands.
 */
import { type Duplex } from "node:stream"
import { setTimeout as sleep } from "node:timers/promises"
import mqtt, { MqttClient } from "mqtt"
import {
    LEAF_COMMAND,
    LEAF_TIME_GET,
    LEAF_TIME_SET,
    TOPIC_ROOT,
    topicOf,
} from "../../src/core/protocol/topics.js"
import { timeReply } from "../../src/core/protocol/time-reply.js"
import { type BrokerUrl } from "./broker-url.js"
import { parseTopic, type FrameOrigin } from "../decoder/index.js"
import { UsageError } from "./errors.js"

/** Longest wait for the connection, ms. */
const CONNECT_TIMEOUT_MS = 10_000
/** Longest wait for the broker to take a command, ms. */
const COMMAND_TIMEOUT_MS = 5000
/** Pause before connecting again after the link broke, ms. */
const RECONNECT_MS = 2000

export interface LinkOptions {
    /** Only nodes of this site; default all. */
    readonly site?: string
    /** Only this node; default all. */
    readonly nodes?: readonly string[]
    /** Gives Unix time in ms for time requests, undefined while it is in doubt; without it they are not answered. */
    readonly unixMs?: () => number | undefined
    /** Further topic filters to subscribe to. */
    readonly topics?: readonly string[]
    /** @param isRetained whether the broker had it in store: it may be old */
    readonly onMessage: (topic: string, payload: Uint8Array, isRetained: boolean) => void
    /** Called when the link breaks and when it is back. */
    readonly onLink?: (isUp: boolean) => void
}

export class MqttLink {
    private isClosing = false
    /** When the bytes came of which the latest message is made; see {@link watchArrivals}. */
    private arrivedMs: number | undefined
    private reports = 0
    private readonly publishing = new Set<Promise<unknown>>()

    private constructor(
        private readonly client: MqttClient,
        private readonly options: LinkOptions
    ) {
        client.on("message", (topic, payload, packet) =>
            this.receive(topic, payload, packet.retain)
        )
        client.on("connect", () => this.watchArrivals())
        this.watchArrivals()
    }

    /**
     * Connects over the network and subscribes.
     * @throws UsageError when the broker cannot be reached or refuses
     */
    static async dial(url: BrokerUrl, options: LinkOptions): Promise<MqttLink> {
        const client = mqtt.connect(url.href, {
            protocolVersion: 4,
            connectTimeout: CONNECT_TIMEOUT_MS,
            reconnectPeriod: RECONNECT_MS,
        })
        const problem = await firstOutcome(client)
        if (problem !== undefined) {
            await client.endAsync(true)
            throw new UsageError(
                `cannot connect to the broker ${url.shown}: ${problem}; check that it runs, ` +
                    "and host, port and credentials"
            )
        }
        client.on("error", () => undefined)
        const link = await MqttLink.subscribed(client, options)
        client.on("close", () => {
            if (!link.isClosing) options.onLink?.(false)
        })
        client.on("connect", () => options.onLink?.(true))
        return link
    }

    /** Connects through a stream inside this process and subscribes. */
    static async attach(connect: () => Duplex, options: LinkOptions): Promise<MqttLink> {
        // Virtual time must not depend on real timers: no pings, no reconnecting.
        const client = new MqttClient(connect, {
            protocolVersion: 4,
            keepalive: 0,
            reconnectPeriod: 0,
        })
        const problem = await firstOutcome(client)
        if (problem !== undefined) throw new Error(`embedded broker: ${problem}`)
        return await MqttLink.subscribed(client, options)
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
        command: { readonly id: string; readonly do: string; readonly seconds?: number }
    ): Promise<boolean> {
        if (!this.client.connected) return false
        const sent = this.client.publishAsync(
            topicOf(origin.site, origin.node, LEAF_COMMAND),
            JSON.stringify(command),
            { qos: 1 }
        )
        return await Promise.race([
            sent.then(
                () => true,
                () => false
            ),
            sleep(COMMAND_TIMEOUT_MS, false, { ref: false }),
        ])
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

    async close(): Promise<void> {
        this.isClosing = true
        await this.client.endAsync(true)
    }

    private static async subscribed(client: MqttClient, options: LinkOptions): Promise<MqttLink> {
        const link = new MqttLink(client, options)
        const site = options.site ?? "+"
        const nodes = options.nodes ?? ["+"]
        await client.subscribeAsync(
            [...nodes.map(node => `${TOPIC_ROOT}/${site}/${node}/#`), ...(options.topics ?? [])],
            { qos: 1 }
        )
        return link
    }

    /**
     * Notes when bytes come in, before they are taken apart: the messages before
     * a time request in the same bunch must not make the answer late.
     */
    private watchArrivals(): void {
        const note = () => (this.arrivedMs = this.options.unixMs?.())
        note()
        this.client.stream.prependListener("data", note)
    }

    private receive(topic: string, payload: Buffer, isRetained: boolean): void {
        const origin = parseTopic(topic)
        if (origin?.leaf === LEAF_TIME_GET && !isRetained)
            this.answerTime(origin, payload.toString("latin1"))
        this.options.onMessage(topic, payload, isRetained)
    }

    private answerTime(origin: FrameOrigin, request: string): void {
        if (this.arrivedMs === undefined) return
        const reply = timeReply(request, this.arrivedMs)
        if (reply !== undefined)
            this.client.publish(topicOf(origin.site, origin.node, LEAF_TIME_SET), reply)
    }
}

/** @returns what went wrong, in words, or undefined when the connection is up */
function firstOutcome(client: MqttClient): Promise<string | undefined> {
    return new Promise(resolve => {
        client.once("connect", () => resolve(undefined))
        client.once("error", error => resolve(inWords(error)))
        client.once("close", () => resolve("it closed the connection"))
    })
}

function inWords(error: Error): string {
    // Node wraps the attempts for several addresses of one name.
    const first = error instanceof AggregateError ? (error.errors[0] as Error) : error
    switch ((first as NodeJS.ErrnoException).code) {
        case "ECONNREFUSED":
            return "connection refused"
        case "ENOTFOUND":
        case "EAI_AGAIN":
            return "there is no host of that name"
        case "ETIMEDOUT":
        case "EHOSTUNREACH":
        case "ENETUNREACH":
            return "the host does not answer"
        default:
            return first.message
    }
}
