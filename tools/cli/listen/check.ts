/**
 * `suitcase listen --check`: tries at a broker what nodes and listeners need of it, under
 * suitcase/check/…, and says in words what is missing. Leaves nothing behind.
 */
import { randomBytes } from "node:crypto"
import { type MqttClient } from "mqtt"
import { LEAF_FRAME, LEAF_SCHEMA, TOPIC_ROOT, topicOf } from "../../../src/core/protocol/topics.js"
import { EXIT_FAILED, EXIT_OK } from "../errors.js"
import { type Broker } from "../mqtt/broker.js"
import { tellFinding, type Finding } from "../finding.js"
import { connectClient } from "../mqtt/link.js"
import { type Terminal } from "../terminal.js"
import { count } from "../view/format.js"

const SITE = "check"
/** A backlog that a broker should hold: that of 50 nodes that were away for a day, or a listener for half an hour. */
const BACKLOG = 5000
/** Nothing more comes when nothing came for so long, ms. */
const QUIET_MS = 1500

/** @returns the exit code: 1 when something is missing @throws UsageError when the broker is not reached */
export async function checkBroker(broker: Broker, terminal: Terminal): Promise<number> {
    const check = new BrokerCheck(broker)
    const findings = await check.run()
    for (const finding of findings) tellFinding(finding, terminal)
    return findings.every(({ state }) => state === "ok") ? EXIT_OK : EXIT_FAILED
}

class BrokerCheck {
    private readonly node = `check${randomBytes(6).toString("hex")}`
    private readonly findings: Finding[] = []

    constructor(private readonly broker: Broker) {}

    async run(): Promise<readonly Finding[]> {
        const publisher = await this.connect()
        this.note(true, `connected to ${this.broker.shown}`)
        try {
            if (await this.canRead(publisher)) {
                if (await this.canPublish(publisher)) {
                    await this.checkRetained(publisher)
                    await this.checkBacklog(publisher)
                } else
                    this.note(
                        false,
                        `this user may not publish under suitcase/${SITE}/: what else the broker ` +
                            "can could not be tried; try it as a user that may (--login)"
                    )
            }
        } finally {
            await publisher.endAsync(true)
        }
        return this.findings
    }

    private async canRead(client: MqttClient): Promise<boolean> {
        const isGranted = await subscribe(client, topicOf("+", "+", LEAF_FRAME))
        this.note(
            isGranted,
            isGranted
                ? "subscriptions with wildcards are granted, with QoS 1"
                : "the subscription to suitcase/+/+/frame with QoS 1 is refused: let this user read suitcase/#"
        )
        return isGranted
    }

    /** A broker need not say that it drops what a user may not publish. */
    private async canPublish(client: MqttClient): Promise<boolean> {
        const received = collect(client)
        await client
            .publishAsync(this.topic(LEAF_FRAME), "probe", { qos: 1 })
            .catch(() => undefined)
        return (await received(1)) > 0
    }

    private async checkRetained(publisher: MqttClient): Promise<void> {
        const topic = this.topic(LEAF_SCHEMA)
        await publisher.publishAsync(topic, "{}", { qos: 1, retain: true })
        const reader = await this.connect()
        try {
            const received = collect(reader)
            await subscribe(reader, topic)
            const byName = await received(1)
            await subscribe(reader, topicOf(SITE, "+", LEAF_SCHEMA))
            const byWildcard = (await received(byName + 1)) - byName
            this.note(
                byName > 0 && byWildcard > 0,
                byName === 0
                    ? "retained messages are not kept: nodes are asked for their records, and send them every six hours"
                    : byWildcard === 0
                      ? "retained messages do not reach subscriptions with wildcards (RabbitMQ): nodes are asked for their records"
                      : "retained messages are kept, and reach subscriptions with wildcards"
            )
        } finally {
            await publisher.publishAsync(topic, "", { qos: 1, retain: true })
            await reader.endAsync(true)
        }
    }

    private async checkBacklog(publisher: MqttClient): Promise<void> {
        const session = { clientId: this.node, clean: false }
        const before = await this.connect(session)
        await subscribe(before, this.topic(LEAF_FRAME))
        await before.endAsync()
        const sent = Array.from({ length: BACKLOG }, (_, i) =>
            publisher.publishAsync(this.topic(LEAF_FRAME), String(i), { qos: 1 })
        )
        await Promise.all(sent)
        let isPresent = false
        let received: (wanted: number) => Promise<number> = () => Promise.resolve(0)
        const after = await this.connect(session, client => {
            client.once("connect", connack => (isPresent = connack.sessionPresent))
            received = collect(client)
        })
        const kept = await received(BACKLOG)
        await after.endAsync()
        const end = await this.connect({ ...session, clean: true })
        await end.endAsync()
        this.note(
            isPresent,
            isPresent
                ? "a session is kept while its client is away"
                : "sessions are not kept while their client is away: what nodes send meanwhile is lost"
        )
        this.note(
            kept >= BACKLOG,
            kept >= BACKLOG
                ? `a backlog of ${count(BACKLOG)} messages is kept`
                : `of ${count(BACKLOG)} messages for a client that was away, ${count(kept)} were kept: make its queue ` +
                      "longer (Mosquitto: max_queued_messages; docs/brokers.md)"
        )
    }

    private async connect(
        options: Parameters<typeof connectClient>[1] = {},
        prepare?: (client: MqttClient) => void
    ): Promise<MqttClient> {
        return await connectClient(this.broker, { reconnectPeriod: 0, ...options }, prepare)
    }

    private topic(leaf: string): string {
        return topicOf(SITE, this.node, leaf)
    }

    private note(isFine: boolean, words: string): void {
        this.findings.push({ state: isFine ? "ok" : "missing", words })
    }
}

/** @returns whether it was granted with QoS 1 */
async function subscribe(client: MqttClient, filter: string): Promise<boolean> {
    try {
        const granted = await client.subscribeAsync(filter, { qos: 1 })
        return granted.every(({ qos }) => (qos as number) === 1)
    } catch {
        return false
    }
}

/** @returns waits until N messages came, or none any more; gives how many came */
function collect(client: MqttClient): (wanted: number) => Promise<number> {
    let came = 0
    let tell: () => void = () => undefined
    client.on("message", topic => {
        if (!topic.startsWith(`${TOPIC_ROOT}/${SITE}/`)) return
        came++
        tell()
    })
    return wanted =>
        new Promise(resolve => {
            let timer: NodeJS.Timeout | undefined
            tell = () => {
                clearTimeout(timer)
                if (came >= wanted) resolve(came)
                else timer = setTimeout(() => resolve(came), QUIET_MS)
            }
            tell()
        })
}
