/**
 * `suitcase listen --republish`: each row as plain JSON on PREFIX/SITE/NODE, with QoS 1. Its place in
 * the journal moves on when the broker has acknowledged, so that each row is published at least once.
 *
 * The broker keeps the newest row of a node (retained); one that is older than what was
 * published already, as a backlog is, only passes through.
 */
import { type MqttClient } from "mqtt"
import { TOPIC_ROOT } from "../../../../src/core/protocol/topics.js"
import { type DeliveredFrame, type Sink } from "../../../receiver/index.js"
import { UsageError } from "../../errors.js"
import { STATE_ROOT } from "../../home-assistant/topics.js"
import { type Broker } from "../../mqtt/broker.js"
import { connectClient } from "../../mqtt/link.js"
import { rowTexts } from "./row-text.js"

/** Messages that the broker has not acknowledged yet, at most. */
const IN_FLIGHT = 200
/** Nodes of which is remembered what was retained. */
const MAX_NODES = 20_000

interface Committed {
    /** Of each topic: Unix ms of the row that the broker keeps. */
    readonly newest: readonly (readonly [string, number])[]
}

/** @throws UsageError when what is published there would come back as messages of nodes, or disturb others */
export function checkPrefix(prefix: string): void {
    const [root] = prefix.split("/")
    if (root === TOPIC_ROOT || root === STATE_ROOT)
        throw new UsageError(
            `--republish ${prefix}: topics under ${root}/ are those of nodes and of this listener ` +
                "itself; choose another beginning, such as readings"
        )
}

export class RowSink implements Sink {
    readonly id: string
    readonly description: string
    private client: MqttClient | undefined
    /** Rejects when the connection is gone. */
    private lost: Promise<never> = new Promise(() => undefined)
    private readonly inFlight = new Set<Promise<unknown>>()
    private newest = new Map<string, number>()

    constructor(
        private readonly broker: Broker,
        private readonly prefix: string
    ) {
        this.id = `republish:${broker.host}:${broker.port}:${prefix}`
        this.description = `${prefix}/…`
    }

    async open(committed: unknown): Promise<void> {
        const { newest } = (committed ?? { newest: [] }) as Committed
        this.newest = new Map(newest)
        this.inFlight.clear()
        const client = await connectClient(this.broker, { reconnectPeriod: 0 })
        this.client = client
        this.lost = new Promise((_resolve, reject) => {
            client.once("close", () => reject(new Error("the connection to the broker is gone")))
        })
        // Who waits for it is told; nobody need.
        this.lost.catch(() => undefined)
    }

    async write(frames: readonly DeliveredFrame[]): Promise<void> {
        for (const frame of frames) {
            const topic = `${this.prefix}/${frame.site}/${frame.node}`
            for (const [row, text] of rowTexts(frame).entries()) {
                this.publish(topic, text, this.isNewest(topic, frame.moments[row].unixMs))
                while (this.inFlight.size >= IN_FLIGHT)
                    await Promise.race([this.lost, ...this.inFlight])
            }
        }
    }

    async commit(): Promise<Committed> {
        await Promise.race([this.lost, Promise.all(this.inFlight)])
        return { newest: [...this.newest] }
    }

    async close(): Promise<void> {
        const { client } = this
        this.client = undefined
        await client?.endAsync(true).catch(() => undefined)
    }

    private publish(topic: string, text: string, retain: boolean): void {
        const sent: Promise<unknown> | undefined = this.client?.publishAsync(topic, text, {
            qos: 1,
            retain,
        })
        if (sent === undefined) return
        this.inFlight.add(sent)
        // What fails stays in flight, so that it is never committed.
        sent.then(
            () => this.inFlight.delete(sent),
            () => undefined
        )
    }

    private isNewest(topic: string, unixMs: number): boolean {
        if (unixMs < (this.newest.get(topic) ?? -Infinity)) return false
        this.newest.delete(topic)
        this.newest.set(topic, unixMs)
        if (this.newest.size > MAX_NODES)
            this.newest.delete(this.newest.keys().next().value as string)
        return true
    }
}
