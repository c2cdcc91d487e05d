/**
 * One part of the nodes in the hands of one process: a consumer at the server, a journal, files. Who has it
 * holds the lock of its folder, and goes on where the one before ended, however it ended.
 */
import { mkdir } from "node:fs/promises"
import path from "node:path"
import { type ConsumerMessages, type JetStreamClient, type JsMsg } from "@nats-io/jetstream"
import { Receiver, type ReceiverOptions } from "../../receiver/index.js"
import { Occupancy } from "../../receiver/occupancy.js"
import { countsNow, type Before } from "../listen/summary.js"
import { topicOfSubject } from "./mapping.js"
import { MQTT_PREFIX, MQTT_STREAM, PULLED, consumerOf } from "./streams.js"

/** How long a request for messages stands; half of it is between two heartbeats, ms. */
const PULL_MS = 5000

export interface PartOptions extends Omit<ReceiverOptions, "folder"> {
    readonly stream: JetStreamClient
    readonly number: number
    /** How many parts there are. */
    readonly of: number
    /** State folder of all parts. */
    readonly folder: string
    /** The journal takes no more, or somebody took the lock. */
    readonly onFailure: (words: string) => void
}

/** "part-3-of-8", for folders. */
export function nameOfPart(number: number, of: number): string {
    return `part-${number}-of-${of}`
}

export class Part {
    readonly before: Before
    private held: { readonly message: JsMsg; readonly number: number }[] = []
    private messages: ConsumerMessages | undefined
    /** The newest record that it has, by its number in the stream. */
    private recordNumber = 0

    private constructor(
        readonly options: PartOptions,
        readonly receiver: Receiver,
        private readonly occupancy: Occupancy
    ) {
        this.before = countsNow(receiver.collector)
        receiver.onDurable(() => this.acknowledge())
        occupancy.onLost(() =>
            options.onFailure(`another listener took part ${options.number}; stopped`)
        )
    }

    /** @returns undefined while another process has it @throws Error of the file system or the server */
    static async take(options: PartOptions): Promise<Part | undefined> {
        const { number, of, stream } = options
        const folder = path.join(options.folder, nameOfPart(number, of))
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const occupancy = await Occupancy.take(folder)
        if (occupancy === undefined) return undefined
        try {
            const part = new Part(options, await Receiver.open({ ...options, folder }), occupancy)
            const consumer = await stream.consumers.get(MQTT_STREAM, consumerOf(number, of))
            part.messages = await consumer.consume({
                max_messages: PULLED,
                expires: PULL_MS,
                callback: message => part.accept(message),
            })
            void part.messages.closed().then(error => {
                if (error instanceof Error)
                    options.onFailure(`part ${number} at the server: ${error.message}; stopped`)
            })
            return part
        } catch (e) {
            await occupancy.release()
            throw e
        }
    }

    /** A record of one of its nodes; it takes each once, however often it comes. */
    record(number: number, topic: string, payload: Uint8Array): void {
        if (number <= this.recordNumber) return
        this.recordNumber = number
        this.receiver.accept(topic, payload, Date.now())
    }

    /** Writes down what it has, and lets others have the part. */
    async release(): Promise<void> {
        await this.messages?.close()
        // What is on disk is still acknowledged.
        await this.receiver.synced().catch(() => undefined)
        this.acknowledge()
        await this.receiver.close().catch(() => undefined)
        await this.occupancy.release()
    }

    private accept(message: JsMsg): void {
        const topic = topicOfSubject(message.subject.slice(MQTT_PREFIX.length))
        const number = this.receiver.accept(topic, message.data, Date.now())
        this.held.push({ message, number })
        if (number <= this.receiver.durable) this.acknowledge()
    }

    /** The server forgets what is on this computer's disk. */
    private acknowledge(): void {
        const { durable, error } = this.receiver
        let count = 0
        while (count < this.held.length && this.held[count].number <= durable) count++
        for (const { message } of this.held.splice(0, count)) message.ack()
        if (error !== undefined) this.options.onFailure(error.message)
    }
}
