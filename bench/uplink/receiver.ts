/**
 * The receiving side, as a data user has it: subscribes to everything, decodes
 * frames with the decoder library and JSON with JSON.parse, answers time
 * requests, and asks our node for what it holds at the end.
 */
import { type MqttClient } from "mqtt"
import { FrameCollector } from "../../tools/decoder/index.js"
import { type Delivered } from "./deliveries.js"
import { type TappedLink } from "./tapped-link.js"

/** One message of the stock program. */
interface StockMessage {
    readonly t: number
    readonly n: string
    readonly v: number
}

const MARK_TOPIC = "bench/mark"

export class Receiver {
    readonly delivered: Delivered[] = []
    /** Data messages that came again, byte for byte. */
    repeated = 0
    /** "report" commands that the node answered. */
    answers = 0

    private readonly seen = new Set<string>()
    private readonly collector: FrameCollector
    private marks = 0
    private atMs = 0

    private constructor(
        private readonly client: MqttClient,
        private readonly link: TappedLink,
        private readonly unixMs: () => number
    ) {
        this.collector = new FrameCollector({
            onReading: ({ channel, time, value }) => {
                if (value !== undefined)
                    this.delivered.push({ channel, time, value, atMs: this.atMs })
            },
        })
        client.on("message", (topic, payload) => this.receive(topic, payload))
    }

    /** @param unixMs the right time, for time requests */
    static async start(
        client: MqttClient,
        link: TappedLink,
        unixMs: () => number
    ): Promise<Receiver> {
        const receiver = new Receiver(client, link, unixMs)
        await client.subscribeAsync(["suitcase/#", MARK_TOPIC], { qos: 1 })
        return receiver
    }

    /** Asks a node of ours to send all it has. */
    async askReport(deviceId: string): Promise<void> {
        const topic = `suitcase/demo/${deviceId}/cmd`
        await this.client.publishAsync(topic, '{"id":"end","do":"report"}', { qos: 1 })
    }

    /** Waits until all that the broker had for this side has come. */
    async catchUp(): Promise<void> {
        const wanted = this.marks + 1
        await this.client.publishAsync(MARK_TOPIC, "", { qos: 1 })
        while (this.marks < wanted) await new Promise(resolve => setImmediate(resolve))
    }

    async close(): Promise<void> {
        await this.client.endAsync(true)
    }

    private receive(topic: string, payload: Buffer): void {
        if (topic === MARK_TOPIC) this.marks++
        else if (topic.endsWith("/time/get")) this.answerTime(topic, payload)
        else if (topic.endsWith("/ack")) this.answers++
        else this.receiveData(topic, payload)
    }

    private answerTime(topic: string, request: Buffer): void {
        const reply = `${request.toString()} ${Math.round(this.unixMs())}`
        this.client.publish(topic.replace(/get$/, "set"), reply)
    }

    private receiveData(topic: string, payload: Buffer): void {
        this.atMs = this.link.passageOf(topic, payload) ?? this.link.nowMs
        const isFrame = topic.endsWith("/frame")
        const isReading = topic.endsWith("/reading")
        if (isFrame || isReading) this.noteRepeated(topic, payload)
        if (!isReading) {
            this.collector.accept(topic, payload)
            return
        }
        const message = JSON.parse(payload.toString()) as StockMessage
        this.delivered.push({
            channel: message.n,
            time: message.t * 1000,
            value: message.v,
            atMs: this.atMs,
        })
    }

    private noteRepeated(topic: string, payload: Buffer): void {
        const key = `${topic} ${payload.toString("latin1")}`
        if (this.seen.has(key)) this.repeated++
        this.seen.add(key)
    }
}
