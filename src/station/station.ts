import * as ds from "@devicescript/core"
import { CRC16_START, crc16 } from "../core/crc.js"
import { Aggregate, Sampler } from "../core/sampling/sampler.js"
import { SchemaChannel, schemaText } from "../core/schema.js"
import { SensorDriver } from "../drivers/driver.js"
import { NodeClock } from "../uplink/clock.js"
import { FrameRecorder } from "./recorder.js"

/** What an application says about itself. */
export interface StationOptions {
    /** Name of the application: "indoor-climate". */
    app: string
    sensors: SensorDriver[]
    /** Time between two rows of readings, s. */
    intervalSeconds: number
    /** Samples that make one reading, 1 … 256; default 1. */
    samples?: number
    /** How they make it; default "mean". */
    aggregate?: Aggregate
    /** A frame is sent when it covers this time or is full, s; default 900. */
    reportSeconds?: number
    /** Longest frame, B; default 1,000. */
    frameBytes?: number
    /** RAM for frames that wait for the network, B; default 16,000. */
    outboxBytes?: number
}

/** Unit of row times in frames, ms. */
const TICK_MS = 1000
const DEFAULT_REPORT_SECONDS = 900
const DEFAULT_FRAME_BYTES = 1000
const DEFAULT_OUTBOX_BYTES = 16000

/** Samples the sensors at a fixed interval and records rows of readings. */
export class Station {
    readonly schema: string
    readonly schemaId: number
    readonly clock = new NodeClock()
    readonly recorder: FrameRecorder

    private readonly samplers: Sampler[] = []
    private readonly values: number[] = []
    private readonly qualities: number[] = []
    private readonly intervalMs: number
    private readonly sampleMs: number
    private nextSample = 0

    constructor(readonly options: StationOptions) {
        const channels = allChannels(options.sensors)
        const samples = options.samples ?? 1
        this.intervalMs = options.intervalSeconds * 1000
        this.sampleMs = Math.floor(this.intervalMs / samples)
        this.schema = schemaText(options.app, TICK_MS, channels)
        const bytes = Buffer.from(this.schema)
        this.schemaId = crc16(bytes, 0, bytes.length, CRC16_START)
        this.recorder = new FrameRecorder({
            channels: channels.length,
            schemaId: this.schemaId,
            frameBytes: options.frameBytes ?? DEFAULT_FRAME_BYTES,
            outboxBytes: options.outboxBytes ?? DEFAULT_OUTBOX_BYTES,
            reportTicks: ((options.reportSeconds ?? DEFAULT_REPORT_SECONDS) * 1000) / TICK_MS,
            rowTicks: this.intervalMs / TICK_MS,
        })
        for (const channel of channels) {
            this.samplers.push(new Sampler(options.aggregate ?? "mean", samples))
            this.values.push(channel.channel.min)
            this.qualities.push(0)
        }
    }

    /**
     * Samples for ever, the first row at once; an error of one round is reported
     * and the next one goes on.
     */
    async run(): Promise<void> {
        for (const sensor of this.options.sensors) await sensor.init()
        let isRowEnd = true
        for (;;) {
            try {
                const isUnix = this.clock.isSet()
                const time = Math.floor((this.clock.now() + TICK_MS / 2) / TICK_MS)
                await this.sample()
                if (isRowEnd) this.recordRow(time, isUnix)
            } catch (e) {
                console.warn("station: " + (e instanceof Error ? e.message : "error"))
            }
            isRowEnd = await this.sleepUntilNextSample()
        }
    }

    /**
     * Rows fall on multiples of the interval, of Unix time once it is known;
     * further samples are spread evenly before.
     * @returns whether the coming sample ends a row
     */
    private async sleepUntilNextSample(): Promise<boolean> {
        const now = this.clock.now()
        const row = (Math.floor(now / this.intervalMs) + 1) * this.intervalMs
        let next = row - Math.floor((row - now - 1) / this.sampleMs) * this.sampleMs
        // A correction of the clock must not give the same sample twice.
        if (next === this.nextSample) next = next + this.sampleMs
        this.nextSample = next
        await ds.sleep(next - now)
        return next >= row
    }

    private async sample(): Promise<void> {
        let at = 0
        for (const sensor of this.options.sensors) {
            await sensor.sample()
            for (let i = 0; i < sensor.values.length; i++) {
                this.samplers[at].add(sensor.values[i], sensor.qualities[i])
                at++
            }
        }
    }

    private recordRow(time: number, isUnix: boolean): void {
        for (let i = 0; i < this.samplers.length; i++) {
            const sampler = this.samplers[i]
            sampler.close()
            this.values[i] = sampler.value
            this.qualities[i] = sampler.quality
        }
        this.recorder.add(time, isUnix, this.values, this.qualities)
    }
}

/** @throws RangeError when two channels have one name */
function allChannels(sensors: SensorDriver[]): SchemaChannel[] {
    const list: SchemaChannel[] = []
    for (const sensor of sensors)
        for (const channel of sensor.channels) {
            for (const other of list)
                if (other.channel.name === channel.name)
                    throw new RangeError(
                        "two channels are called " + channel.name + ": give one sensor a prefix"
                    )
            list.push({ channel, part: sensor.part })
        }
    return list
}
