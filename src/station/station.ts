import * as ds from "@devicescript/core"
import { CRC16_START, crc16 } from "../core/crc.js"
import { ChangeGate } from "../core/sampling/change-gate.js"
import { AdaptiveInterval, nextAligned } from "../core/sampling/schedule.js"
import { MAX_CHANNELS } from "../core/frame/format.js"
import { SchemaChannel, schemaPart } from "../core/schema.js"
import { SensorDriver } from "../drivers/driver.js"
import { NodeClock } from "../uplink/clock.js"
import { StationOptions } from "./options.js"
import { FrameRecorder } from "./recorder.js"
import { ReadingRows, RowBuilder, StatisticsRows } from "./row-builder.js"

/** Unit of row times in frames, ms. */
const TICK_MS = 1000
const DEFAULT_REPORT_SECONDS = 900
const DEFAULT_FRAME_BYTES = 1000
const DEFAULT_OUTBOX_BYTES = 16000
/** Room for the head of a packet, B. */
const TOPIC_BYTES = 150
/** Rows without change before the adaptive interval doubles. */
const QUIET_ROWS = 3

/** Samples the sensors and records rows of readings. */
export class Station {
    /** These are made by {@link open}. */
    schema = ""
    schemaId = 0
    recorder: FrameRecorder = undefined
    readonly clock = new NodeClock()

    private readonly outbox: Buffer
    private readonly rows: RowBuilder
    private readonly gate: ChangeGate = undefined
    private readonly adaptive: AdaptiveInterval = undefined
    private readonly samples: number
    private readonly events: SensorDriver[] = []
    private intervalMs: number
    private nextSample = 0
    private sleeper: ds.Fiber = undefined

    /** @throws RangeError when two channels have one name, or for options out of range */
    constructor(readonly options: StationOptions) {
        const sensors = options.sensors
        this.samples = options.samples ?? 1
        this.intervalMs = options.intervalSeconds * 1000
        // Long-lived buffers before all else: they stay where they are.
        this.outbox = Buffer.alloc(options.outboxBytes ?? DEFAULT_OUTBOX_BYTES)
        if (options.statistics === true) this.rows = new StatisticsRows(sensors)
        else this.rows = new ReadingRows(sensors, options.aggregate ?? "mean", this.samples)
        if (this.rows.columns.length > MAX_CHANNELS)
            throw new RangeError(
                "a station has at most " +
                    MAX_CHANNELS +
                    " columns, got " +
                    this.rows.columns.length
            )
        if (options.slowSeconds !== undefined)
            this.adaptive = new AdaptiveInterval(
                this.intervalMs,
                options.slowSeconds * 1000,
                QUIET_ROWS
            )
        if (options.heartbeatSeconds !== undefined || this.adaptive !== undefined)
            this.gate = new ChangeGate({
                deadbands: deadbandsOf(this.rows.columns, options),
                heartbeatMs: this.heartbeatMs(),
                minimumMs: (options.minimumSeconds ?? 0) * 1000,
            })
        for (const sensor of sensors) this.listenTo(sensor)
    }

    /**
     * Makes the schema record and, with its id, the recorder. Not in the constructor,
     * because that takes more than the VM runs without a pause.
     */
    async open(): Promise<void> {
        const options = this.options
        const columns = this.rows.columns
        let length = 0
        for (let i = 0; i <= columns.length; i++) {
            length = length + schemaPart(options.app, TICK_MS, columns, i).length
            await ds.sleep(0)
        }
        // A little longer, so that the packet it is sent in fits into its place later.
        const bytes = Buffer.alloc(length + TOPIC_BYTES)
        let crc = CRC16_START
        let at = 0
        for (let i = 0; i <= columns.length; i++) {
            const part = schemaPart(options.app, TICK_MS, columns, i)
            bytes.blitAt(at, part, 0, part.length)
            crc = crc16(bytes, at, at + part.length, crc)
            at = at + part.length
            await ds.sleep(0)
        }
        this.schema = bytes.slice(0, at).toString("utf8")
        this.schemaId = crc
        this.recorder = new FrameRecorder({
            channels: this.rows.columns.length,
            schemaId: crc,
            frameBytes: options.frameBytes ?? DEFAULT_FRAME_BYTES,
            outbox: this.outbox,
            reportTicks: ((options.reportSeconds ?? DEFAULT_REPORT_SECONDS) * 1000) / TICK_MS,
            rowTicks: this.intervalMs / TICK_MS,
        })
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
                await this.round(isRowEnd)
            } catch (e) {
                console.warn("station: " + (e instanceof Error ? e.message : "error"))
            }
            isRowEnd = await this.sleepUntilNextSample()
        }
    }

    private async round(isRowEnd: boolean): Promise<void> {
        const isUnix = this.clock.isSet()
        const now = this.clock.now()
        if (this.events.length > 0) {
            const sensor = this.events.shift()
            await sensor.sample()
            this.rows.only(this.options.sensors, sensor)
            await this.record(now, isUnix)
            return
        }
        for (const sensor of this.options.sensors) await sensor.sample()
        this.rows.add(this.options.sensors)
        if (!isRowEnd) return
        this.rows.close()
        if (this.adaptive !== undefined)
            this.intervalMs = this.adaptive.update(
                this.gate.hasChanged(this.rows.values, this.rows.qualities)
            )
        if (
            this.gate === undefined ||
            this.gate.accepts(ds.millis(), this.rows.values, this.rows.qualities)
        )
            await this.record(now, isUnix)
    }

    /** Half an interval early: a row that is due must not wait for the next one. */
    private heartbeatMs(): number {
        // Without report on change every row passes.
        if (this.options.heartbeatSeconds === undefined) return 0
        return this.options.heartbeatSeconds * 1000 - Math.floor(this.intervalMs / 2)
    }

    private async record(nowMs: number, isUnix: boolean): Promise<void> {
        const time = Math.floor((nowMs + TICK_MS / 2) / TICK_MS)
        await this.recorder.add(time, isUnix, this.rows.values, this.rows.qualities)
    }

    /**
     * Rows fall on multiples of the interval, of Unix time once it is known;
     * further samples are spread evenly before. An event ends the sleep early.
     * @returns whether the coming sample ends a row
     */
    private async sleepUntilNextSample(): Promise<boolean> {
        if (this.events.length > 0) return false
        const sampleMs = Math.floor(this.intervalMs / this.samples)
        const now = this.clock.now()
        const row = nextAligned(now, this.intervalMs)
        let next = row - Math.floor((row - now - 1) / sampleMs) * sampleMs
        // A correction of the clock must not give the same sample twice.
        if (next === this.nextSample) next = next + sampleMs
        this.sleeper = ds.Fiber.self()
        const woken = await ds.suspend<boolean>(next - now)
        this.sleeper = undefined
        if (woken !== undefined) return false
        this.nextSample = next
        return next >= row
    }

    /** An event of a sensor gives a row of its own at once, with that sensor's channels only. */
    private listenTo(sensor: SensorDriver): void {
        const self = this
        sensor.onEvent = () => {
            if (self.events.length < MAX_WAITING_EVENTS) self.events.push(sensor)
            const fiber = self.sleeper
            self.sleeper = undefined
            if (fiber !== undefined && fiber.suspended) fiber.resume(true)
        }
    }
}

/** Events that wait for their row; further ones are merged into these. */
const MAX_WAITING_EVENTS = 8

/** −1 where no deadband is given: that channel never counts as changed. */
function deadbandsOf(columns: SchemaChannel[], options: StationOptions): number[] {
    const list: number[] = []
    for (const column of columns) {
        const deadband =
            options.deadbands === undefined ? undefined : options.deadbands[column.channel.name]
        list.push(deadband ?? -1)
    }
    return list
}
