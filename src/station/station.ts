import * as ds from "@devicescript/core"
import { readSetting } from "@devicescript/settings"
import { CRC16_START, crc16 } from "../core/crc.js"
import { FrameEncoder } from "../core/frame/encoder.js"
import { isGap } from "../core/quality.js"
import { SchemaChannel, schemaText } from "../core/schema.js"
import { SensorDriver } from "../drivers/driver.js"
import { NodeClock } from "../uplink/clock.js"
import { Uplink, randomWord } from "../uplink/uplink.js"
import { Outbox } from "../uplink/wire/outbox.js"
import { statusText } from "./status.js"

/** What an application says about itself. */
export interface StationOptions {
    /** Name of the application: "indoor-climate". */
    app: string
    sensors: SensorDriver[]
    /** Time between two rows of readings, s. */
    intervalSeconds: number
    /** A frame is sent when it covers this time or is full, s. */
    reportSeconds?: number
    /** Longest frame, B. */
    frameBytes?: number
    /** RAM for frames that wait for the network, B. */
    outboxBytes?: number
}

/** Unit of row times in frames, ms. */
const TICK_MS = 1000
const DEFAULT_REPORT_SECONDS = 900
const DEFAULT_FRAME_BYTES = 1000
const DEFAULT_OUTBOX_BYTES = 16000
const KEEP_ALIVE_SECONDS = 300

/** Samples the sensors at a fixed interval and hands the frames to the uplink. */
export class Station {
    rows = 0
    readings = 0
    gaps = 0
    frames = 0

    /** Random number of this boot, 0 … 65,535. */
    readonly boot: number
    readonly schema: string
    readonly schemaId: number
    readonly sensors: SensorDriver[]
    readonly clock = new NodeClock()
    readonly outbox: Outbox
    uplink: Uplink = undefined

    private readonly frame: Buffer
    private readonly encoder: FrameEncoder
    private readonly intervalMs: number
    private readonly reportTicks: number
    private readonly values: number[] = []
    private readonly qualities: number[] = []
    private firstTime = 0
    private lastRow = 0
    private isFrameUnix = false

    constructor(readonly options: StationOptions) {
        // Long-lived buffers first: a heap that is nearly full makes calls cheaper.
        const outboxBytes = options.outboxBytes ?? DEFAULT_OUTBOX_BYTES
        this.outbox = new Outbox(Buffer.alloc(outboxBytes))
        this.frame = Buffer.alloc(options.frameBytes ?? DEFAULT_FRAME_BYTES)
        this.sensors = options.sensors
        this.intervalMs = options.intervalSeconds * 1000
        this.reportTicks = (options.reportSeconds ?? DEFAULT_REPORT_SECONDS) * (1000 / TICK_MS)
        this.schema = schemaText(options.app, TICK_MS, allChannels(options.sensors))
        const bytes = Buffer.from(this.schema)
        this.schemaId = crc16(bytes, 0, bytes.length, CRC16_START)
        for (const sensor of options.sensors)
            for (const value of sensor.values) {
                this.values.push(value)
                this.qualities.push(0)
            }
        this.boot = randomWord()
        this.encoder = new FrameEncoder(this.frame, this.values.length, this.schemaId)
    }

    /** Samples for ever; an error of one round is reported and the next one goes on. */
    async run(): Promise<void> {
        for (const sensor of this.sensors) await sensor.init()
        for (;;) {
            try {
                await this.sleepUntilNextRow()
                await this.sampleRow()
            } catch (e) {
                console.warn("station: " + (e instanceof Error ? e.message : "error"))
                await ds.sleep(1000)
            }
        }
    }

    /** Puts the open frame into the outbox. */
    flush(): void {
        if (this.encoder.rows === 0) return
        this.outbox.push(this.frame, this.encoder.finish())
        this.frames++
        if (this.uplink !== undefined) this.uplink.notify()
    }

    /** Rows fall on multiples of the interval, of Unix time once it is known. */
    private async sleepUntilNextRow(): Promise<void> {
        const now = this.clock.now()
        let next = (Math.floor(now / this.intervalMs) + 1) * this.intervalMs
        // A correction of the clock must not give the same row twice.
        if (next === this.lastRow) next = next + this.intervalMs
        this.lastRow = next
        await ds.sleep(next - now)
    }

    private async sampleRow(): Promise<void> {
        const isUnix = this.clock.isSet()
        const time = Math.floor((this.clock.now() + TICK_MS / 2) / TICK_MS)
        let at = 0
        for (const sensor of this.sensors) {
            await sensor.sample()
            for (let i = 0; i < sensor.values.length; i++) {
                this.values[at] = sensor.values[i]
                this.qualities[at] = sensor.qualities[i]
                if (isGap(sensor.qualities[i])) this.gaps++
                else this.readings++
                at++
            }
        }
        this.addRow(time, isUnix)
    }

    private addRow(time: number, isUnix: boolean): void {
        // Uptime and Unix time do not mix in one frame.
        if (this.isFrameUnix !== isUnix) this.flush()
        if (this.encoder.rows === 0) this.beginFrame(isUnix)
        if (!this.encoder.add(time, this.values, this.qualities)) {
            this.flush()
            this.beginFrame(isUnix)
            if (!this.encoder.add(time, this.values, this.qualities))
                throw new RangeError("a row needs a longer frame than " + this.frame.length + " B")
        }
        if (this.encoder.rows === 1) this.firstTime = time
        this.rows++
        const covered = time - this.firstTime + this.intervalMs / TICK_MS
        if (covered >= this.reportTicks) this.flush()
    }

    private beginFrame(isUnix: boolean): void {
        this.isFrameUnix = isUnix
        this.encoder.begin(this.boot, this.frames & 0xffff, isUnix)
    }
}

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

/** Reads the node's settings, connects and samples. Returns at once; all work goes on in fibers. */
export async function startStation(options: StationOptions): Promise<Station> {
    const station = new Station(options)
    const node = await readSetting<string>("node", ds.deviceIdentifier("self"))
    const site = await readSetting<string>("site", "demo")
    const broker = {
        host: await readSetting<string>("mqtt.host", "mqtt.local"),
        port: await readSetting<number>("mqtt.port", 1883),
        clientId: "suitcase-" + node,
        user: await readSetting<string>("mqtt.user", ""),
        password: await readSetting<string>("mqtt.pass", ""),
        keepAliveSeconds: KEEP_ALIVE_SECONDS,
    }
    station.uplink = new Uplink(
        broker,
        { site, node },
        {
            schema: station.schema,
            status: () => statusText(station),
            flush: () => station.flush(),
        },
        station.outbox,
        station.clock
    )
    station.uplink.run.start()
    station.run.start()
    return station
}
