/** Schemas, clocks, status and state of all nodes, as the server keeps them and as they come. */
import { DeliverPolicy, type ConsumerMessages, type JetStreamClient } from "@nats-io/jetstream"
import { TOPIC_ROOT } from "../../../src/core/protocol/topics.js"
import { topicOfSubject } from "./mapping.js"
import { RECORDS_STREAM } from "./streams.js"

/** @param number of the record in the stream: later ones have greater ones */
export type TakeRecord = (number: number, topic: string, payload: Uint8Array) => void

export class Records {
    private messages: ConsumerMessages | undefined

    constructor(
        private readonly stream: JetStreamClient,
        private readonly take: TakeRecord
    ) {}

    /** Begins again with all that the server keeps, for who came late. */
    async restart(): Promise<void> {
        await this.close()
        const consumer = await this.stream.consumers.get(RECORDS_STREAM, {
            deliver_policy: DeliverPolicy.LastPerSubject,
            filter_subjects: `${TOPIC_ROOT}.>`,
        })
        this.messages = await consumer.consume({
            callback: ({ seq, subject, data }) => this.take(seq, topicOfSubject(subject), data),
        })
    }

    async close(): Promise<void> {
        await this.messages?.close()
    }
}
