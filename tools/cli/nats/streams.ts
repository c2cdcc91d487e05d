/**
 * What has to be at the server. Frames are in the stream in which its MQTT listener keeps messages of QoS 1: a
 * node is told that its frame arrived when it is there, so nothing is between the two. Each part has a durable
 * consumer of it, which keeps what is not acknowledged. Records are in a stream of our own, the
 * newest of each.
 */
import {
    AckPolicy,
    DeliverPolicy,
    DiscardPolicy,
    JetStreamApiError,
    RetentionPolicy,
    StorageType,
    type JetStreamManager,
    type StreamConfig,
} from "@nats-io/jetstream"
import { nanos, type NatsConnection } from "@nats-io/transport-node"
import {
    LEAF_CLOCK,
    LEAF_SCHEMA,
    LEAF_STATE,
    LEAF_STATUS,
    TOPIC_ROOT,
} from "../../../src/core/protocol/topics.js"
import { UsageError } from "../errors.js"

/** Names that are fixed in nats-server (server/mqtt.go). */
export const MQTT_STREAM = "$MQTT_msgs"
export const MQTT_PREFIX = "$MQTT.msgs."
export const RECORDS_STREAM = "suitcase-records"

const RECORDS = [LEAF_SCHEMA, LEAF_CLOCK, LEAF_STATE, LEAF_STATUS]
/** What was delivered and is not acknowledged by then is delivered again, to whoever has the part then, ms. */
const ACK_WAIT_MS = 5000
/** Messages of a part that a process asks for at a time. */
export const PULLED = 500
/**
 * Those that may be on their way to its disk. Well above what is asked for: a request beyond it is refused, and
 * the client then waits for two heartbeats.
 */
const MAX_ACK_PENDING = 4 * PULLED
/**
 * Messages stay for so long, whoever has them: a server that is being ended takes its consumers away first, and
 * one that keeps by interest then drops what it still acknowledges (2.9.10: 17 of 2,000 frames).
 */
const MAX_AGE_MS = 30 * 86_400_000
const CONSUMER = /^suitcase-\d+-of-(\d+)$/
const NOT_FOUND = 404

export function consumerOf(part: number, parts: number): string {
    return `suitcase-${part}-of-${parts}`
}

/**
 * Makes what is missing: consumers for all parts, also those of others.
 *
 * @param note told when the server made its stream itself
 * @throws UsageError when frames are spread over another number of parts than before
 */
export async function prepareStreams(
    connection: NatsConnection,
    manager: JetStreamManager,
    parts: number,
    note: (text: string) => void
): Promise<void> {
    await ensureStream(manager, {
        name: RECORDS_STREAM,
        subjects: RECORDS.map(leaf => `${TOPIC_ROOT}.*.*.${leaf}`),
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        max_msgs_per_subject: 1,
        discard: DiscardPolicy.Old,
    })
    // The server itself makes it when the first MQTT client comes, with retention "interest".
    const { retention } = await ensureStream(manager, {
        name: MQTT_STREAM,
        subjects: [`${MQTT_PREFIX}>`],
        retention: RetentionPolicy.Limits,
        storage: StorageType.File,
        max_age: nanos(MAX_AGE_MS),
    })
    if (retention !== RetentionPolicy.Limits)
        note(
            `the stream ${MQTT_STREAM} was made before the first listener came: when the server is ` +
                "ended, it can lose frames that it acknowledged; docs/scale.md says what to do"
        )
    await refuseOtherParts(manager, parts)
    for (let part = 0; part < parts; part++)
        await manager.consumers.add(MQTT_STREAM, {
            durable_name: consumerOf(part, parts),
            filter_subject: `${MQTT_PREFIX}${TOPIC_ROOT}.*.*.*.${part}`,
            deliver_policy: DeliverPolicy.All,
            ack_policy: AckPolicy.Explicit,
            ack_wait: nanos(ACK_WAIT_MS),
            max_ack_pending: MAX_ACK_PENDING,
            max_deliver: -1,
        })
    await connection.flush()
}

async function ensureStream(
    manager: JetStreamManager,
    config: Partial<StreamConfig> & { name: string }
): Promise<StreamConfig> {
    try {
        return (await manager.streams.info(config.name)).config
    } catch (e) {
        if (!(e instanceof JetStreamApiError) || e.status !== NOT_FOUND) throw e
        return (await manager.streams.add(config)).config
    }
}

async function refuseOtherParts(manager: JetStreamManager, parts: number): Promise<void> {
    for await (const { name } of manager.consumers.list(MQTT_STREAM)) {
        const before = CONSUMER.exec(name)?.[1]
        if (before !== undefined && Number(before) !== parts)
            throw new UsageError(
                `the server spreads frames over ${parts} parts, and the consumer ${name} is of ` +
                    `when they were ${before}: docs/scale.md says how to change their number`
            )
    }
}
