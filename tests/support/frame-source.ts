/** Made-up nodes that publish frames with QoS 1 as fast as they are asked to, and no slower. */
import mqtt, { type MqttClient } from "mqtt"
import { CRC16_START, crc16 } from "../../src/core/crc.js"
import { FrameEncoder } from "../../src/core/frame/encoder.js"
import { SEQUENCE_MODULUS } from "../../src/core/frame/format.js"
import { QUALITY_OK } from "../../src/core/quality.js"
import { schemaText } from "../../src/core/schema.js"
import {
    co2Channel,
    humidityChannel,
    illuminanceChannel,
    temperatureChannel,
} from "../../src/drivers/shared/channels.js"

import { statusText } from "./decoder-bench.js"

/** Its rows are a minute apart, from here on, Unix s. */
const START = Date.parse("2026-01-01T00:00:00Z") / 1000
const schema = Buffer.from(
    schemaText("indoor-climate", 1000, [
        { channel: temperatureChannel("", -4500, 13000), part: "Sensirion SHT4x" },
        { channel: humidityChannel(""), part: "Sensirion SHT4x" },
        { channel: co2Channel("", 0, 40000), part: "Sensirion SCD4x" },
        { channel: illuminanceChannel("", 100000), part: "ROHM BH1750" },
    ])
)
/** Readings of a row. */
export const CHANNELS = 4
const QUALITIES = new Array<number>(CHANNELS).fill(QUALITY_OK)
const schemaId = crc16(schema, 0, schema.length, CRC16_START)

export interface SourceOptions {
    readonly nodes: number
    /** Rows of each frame. */
    readonly rows: number
    readonly user?: string
    readonly password?: string
}

export class FrameSource {
    /** Frames that the broker acknowledged, by node. */
    readonly acknowledged = new Map<string, number>()
    private count = 0
    private readonly buffer = Buffer.alloc(4000)

    private constructor(
        private readonly client: MqttClient,
        private readonly options: SourceOptions
    ) {}

    static async start(url: string, options: SourceOptions): Promise<FrameSource> {
        const { user, password } = options
        const client = await mqtt.connectAsync(url, {
            clientId: `source${process.pid}${Math.random().toString(36).slice(2, 8)}`,
            clean: false,
            reconnectPeriod: 200,
            ...(user === undefined ? {} : { username: user }),
            ...(password === undefined ? {} : { password }),
        })
        client.on("error", () => undefined)
        const source = new FrameSource(client, options)
        for (let i = 0; i < options.nodes; i++)
            await client.publishAsync(`suitcase/town/n${i}/schema`, schema, {
                qos: 1,
                retain: true,
            })
        return source
    }

    get frames(): number {
        return this.count
    }

    get readings(): number {
        return this.count * this.options.rows * CHANNELS
    }

    /** Publishes N frames at a rate a second. Resolves when the broker has them. */
    async publish(count: number, ratePerSecond = Infinity): Promise<void> {
        const started = performance.now()
        const sent: Promise<unknown>[] = []
        for (let i = 0; i < count; i++) {
            const dueMs = (i / ratePerSecond) * 1000
            const waitMs = started + dueMs - performance.now()
            if (waitMs > 1) await new Promise(resolve => setTimeout(resolve, waitMs))
            sent.push(this.publishOne())
            // As many as a broker takes at a time.
            if (sent.length >= 500) await sent.shift()
        }
        await Promise.all(sent)
    }

    /** Each node says that its broker has all that it sent. */
    async publishStatus(): Promise<void> {
        for (let node = 0; node < this.options.nodes; node++) {
            const frames = Math.ceil((this.count - node) / this.options.nodes)
            const counts = { frames, acked: frames, schema: schemaId, epoch: START * 1000 }
            await this.client.publishAsync(`suitcase/town/n${node}/status`, statusText(counts), {
                qos: 1,
                retain: true,
            })
        }
    }

    async close(): Promise<void> {
        await this.client.endAsync(true)
    }

    private async publishOne(): Promise<void> {
        const { nodes, rows } = this.options
        const node = this.count % nodes
        const sequence = Math.floor(this.count / nodes)
        this.count++
        const encoder = new FrameEncoder(this.buffer, CHANNELS, schemaId)
        encoder.begin(7, sequence % SEQUENCE_MODULUS, true)
        for (let row = 0; row < rows; row++) {
            const { unixSeconds, values } = rowOf(node, sequence * rows + row)
            encoder.add(unixSeconds, values, QUALITIES)
        }
        const payload = Buffer.from(this.buffer.subarray(0, encoder.finish()))
        await this.client.publishAsync(`suitcase/town/n${node}/frame`, payload, { qos: 1 })
    }
}

/** What a node measures at a minute, in the scales of its channels. */
export function rowOf(node: number, minute: number): { unixSeconds: number; values: number[] } {
    const slow = Math.round(300 * Math.sin(minute / 200))
    const noise = (minute * 7919 + node * 104_729) % 7
    return {
        unixSeconds: START + 60 * minute,
        values: [
            2100 + slow + noise,
            4500 - slow + 3 * noise,
            650 + (slow >> 1) + 5 * noise,
            2000 + 4 * slow,
        ],
    }
}

/** What is wrong with the lines of files that should hold all readings of a source once; "" = nothing. */
export function problemsOf(lines: readonly string[], source: FrameSource): string {
    const cells = new Map<string, number>()
    for (const line of lines) {
        const { node, boot, sequence, time, channel } = JSON.parse(line) as Record<string, unknown>
        const key = [node, boot, sequence, time, channel].join(" ")
        cells.set(key, (cells.get(key) ?? 0) + 1)
    }
    const doubled = lines.length - cells.size
    const lost = source.readings - cells.size
    return lost === 0 && doubled === 0 ? "" : `${lost} readings lost, ${doubled} doubled`
}
