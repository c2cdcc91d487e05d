import * as ds from "@devicescript/core"
import { MAX_CHANNELS } from "../core/frame/format.js"
import { nextAligned } from "../core/sampling/schedule.js"
import { SensorDriver } from "../drivers/shared/driver.js"
import { NodeClock } from "../uplink/clock.js"
import { refuseAddressClashes } from "./addresses.js"
import { CalibratedStation, NodeAnswers, StationOptions } from "./options.js"
import { FrameRecorder } from "./recorder.js"
import { RowBuilder } from "./row-builder.js"
import { StationSinks } from "./sinks.js"
import { StationSchema, TICK_MS } from "./station-schema.js"
import { sleep, suspend } from "../scheduler/scheduler.js"

const DEFAULT_REPORT_SECONDS = 900

/** A flush that was asked for takes at most one round of sampling, ms. */
const FLUSH_TIMEOUT_MS = 30000
/** Steps in which others wait for the station's fiber, ms. */
const FLUSH_POLL_MS = 20

/** Samples closer than this are the same one, on the clock before and after it was set, ms. */
const SAME_SAMPLE_MS = 1000
/** A station whose last round is this many intervals ago is woken, and then restarted. */
const STANDSTILL_INTERVALS = 3
const HOPELESS_INTERVALS = 4.5
/** Shorter intervals count as this: a round can take as long, ms. */
const SHORT_INTERVAL_MS = 60000

/** Why the station's fiber wakes up. */
const DUE_NOTHING = 0
const DUE_SAMPLE = 1
const DUE_ROW = 2

/** Samples the sensors and records rows of readings. */
export class Station implements CalibratedStation {
    schema: StationSchema
    // Made by {@link open}.
    schemaId = 0
    recorder: FrameRecorder
    readonly clock = new NodeClock()
    /** Is told of each row; undefined: nobody is. */
    watcher: NodeAnswers
    /** Rounds that ended in an error, which is a defect of a driver or of ours, since boot. */
    errors = 0

    private readonly rows: RowBuilder
    private readonly events: SensorDriver[] = []
    private intervalMs: number
    private nextSample = 0
    /** Uptime at which the last one was due, ms. */
    private sampledAt = 0
    private rowMs = 0
    private isRowUnix = false
    private isFlushWanted = false
    /** Uptime when the last round began, ms. */
    private roundAt = ds.millis()
    private sleeper: ds.Fiber

    /** @throws RangeError without sensors, when two channels have one name, two parts one address, or for options out of range */
    constructor(
        readonly options: StationOptions,
        readonly sinks: StationSinks
    ) {
        const sensors = options.sensors
        if (sensors.length === 0)
            throw new RangeError("a station needs at least one sensor (option sensors)")
        refuseAddressClashes(sensors, sinks.store)
        this.intervalMs = options.intervalSeconds * 1000
        this.rows = sinks.rows
        this.rows.open(sensors)
        this.rows.changeInterval(this.intervalMs)
        if (this.rows.columns.length > MAX_CHANNELS)
            throw new RangeError(
                "a station has at most " +
                    MAX_CHANNELS +
                    " columns, got " +
                    this.rows.columns.length
            )
        this.schema = new StationSchema(options.app, this.rows.columns, this.rows.parts)
        if (options.pace !== undefined) options.pace.open(this.rows.columns, this.intervalMs)
        this.listenTo(sensors)
    }

    /**
     * Works out the schema's id and makes the recorder with it. Not in the constructor,
     * because that takes more than the VM runs without a pause.
     */
    async open(): Promise<void> {
        const { options, sinks } = this
        this.schemaId = await this.schema.id()
        this.recorder = new FrameRecorder({
            channels: this.rows.columns.length,
            schemaId: this.schemaId,
            frameBytes: sinks.frameBytes,
            outbox: sinks.outbox,
            store: sinks.store,
            sealer: sinks.sealer,
            reportTicks: ((options.reportSeconds ?? DEFAULT_REPORT_SECONDS) * 1000) / TICK_MS,
            rowTicks: this.intervalMs / TICK_MS,
        })
    }

    /**
     * Samples forever, the first row at once; an error of one round is reported
     * and the next one goes on.
     */
    async run(): Promise<void> {
        try {
            if (this.sinks.store !== undefined) await this.recorder.recover()
        } catch (e) {
            this.reportError(e)
        }
        for (const sensor of this.options.sensors) await sensor.init()
        let due = DUE_ROW
        for (;;) {
            try {
                if (this.events.length > 0) await this.eventRow(this.events.shift())
                else if (due !== DUE_NOTHING) await this.round(due === DUE_ROW)
                if (this.isFlushWanted) await this.recorder.flush()
            } catch (e) {
                this.reportError(e)
            }
            this.isFlushWanted = false
            due = await this.sleepUntilNextSample()
        }
    }

    /** Puts the open frame into the outbox; returns when that is done. */
    async flush(): Promise<void> {
        this.isFlushWanted = true
        this.wake()
        for (
            let waited = 0;
            this.isFlushWanted && waited < FLUSH_TIMEOUT_MS;
            waited += FLUSH_POLL_MS
        )
            await sleep(FLUSH_POLL_MS)
    }

    /** Time between two rows, s. */
    intervalSeconds(): number {
        return Math.floor(this.intervalMs / 1000)
    }

    /**
     * Changes the time between two rows until the next boot.
     * @param seconds 1 … 86,400
     */
    changeInterval(seconds: number): void {
        this.options.intervalSeconds = seconds
        this.intervalMs = seconds * 1000
        const pace = this.options.pace
        if (pace !== undefined) pace.changeInterval(this.intervalMs)
        this.rows.changeInterval(this.intervalMs)
        this.recorder.setRowTicks(this.intervalMs / TICK_MS)
        // What was on time with an interval of an hour does not stand still with one of a minute.
        this.roundAt = ds.millis()
        this.wake()
    }

    /**
     * Looks whether rows stand still for three intervals, and wakes the station then.
     * @returns whether that did not help: none came within another one and a half
     */
    isStandingStill(): boolean {
        const intervals =
            (ds.millis() - this.roundAt) / Math.max(this.intervalMs, SHORT_INTERVAL_MS)
        if (intervals < STANDSTILL_INTERVALS) return false
        this.wake()
        return intervals > HOPELESS_INTERVALS
    }

    private async round(isRowEnd: boolean): Promise<void> {
        this.stamp()
        for (const sensor of this.options.sensors) await sensor.sample()
        this.rows.add(this.options.sensors)
        if (!isRowEnd) return
        this.rows.close()
        this.show()
        const pace = this.options.pace
        if (pace !== undefined) {
            const isTaken = pace.accepts(ds.millis(), this.rows.values, this.rows.qualities)
            this.intervalMs = pace.intervalMs
            if (!isTaken) return
        }
        await this.record()
    }

    private async eventRow(sensor: SensorDriver): Promise<void> {
        this.stamp()
        // What is derived saw this sample already, and would take it for another one.
        if (!sensor.isDerived) await sensor.sample()
        this.rows.only(this.options.sensors, sensor)
        this.show()
        await this.record()
    }

    /** The time of a row is that of the beginning of its last sample. */
    private stamp(): void {
        this.roundAt = ds.millis()
        this.isRowUnix = this.clock.isSet()
        this.rowMs = this.clock.now()
    }

    private show(): void {
        if (this.watcher === undefined) return
        this.watcher.take(this.rows.values, this.rows.qualities, this.roundAt)
    }

    private async record(): Promise<void> {
        const calibration = this.options.calibration
        if (calibration !== undefined) await calibration.settle(this)
        const time = Math.floor((this.rowMs + TICK_MS / 2) / TICK_MS)
        const { values, qualities } = this.rows
        await this.recorder.add(time, this.isRowUnix, values, qualities)
    }

    private reportError(e: unknown): void {
        this.errors++
        console.warn("station: " + (e instanceof Error ? e.message : "error"))
    }

    /**
     * Rows fall on multiples of the interval, of Unix time once it is known;
     * further samples are spread evenly before. Ends early when there is something
     * else to do.
     * @returns DUE_…
     */
    private async sleepUntilNextSample(): Promise<number> {
        if (this.events.length > 0) return DUE_NOTHING
        const sampleMs = Math.floor(this.intervalMs / this.rows.samples)
        const now = this.clock.now()
        const row = nextAligned(now, this.intervalMs)
        let next = row - Math.floor((row - now - 1) / sampleMs) * sampleMs
        // A correction of the clock must not give the same sample twice.
        const soon = Math.min(sampleMs / 2, SAME_SAMPLE_MS)
        if (next === this.nextSample || (next - now < soon && ds.millis() - this.sampledAt < soon))
            next = next + sampleMs
        this.sleeper = ds.Fiber.self()
        const woken = await suspend<boolean>(next - now)
        this.sleeper = undefined
        if (woken !== undefined) return DUE_NOTHING
        this.nextSample = next
        this.sampledAt = ds.millis()
        return next >= row ? DUE_ROW : DUE_SAMPLE
    }

    private wake(): void {
        const fiber = this.sleeper
        this.sleeper = undefined
        if (fiber !== undefined && fiber.suspended) fiber.resume(true)
    }

    /** An event of a sensor gives a row of its own at once, with that sensor's channels only. */
    private listenTo(sensors: SensorDriver[]): void {
        const self = this
        const take = (sensor: SensorDriver) => {
            if (self.events.length < MAX_WAITING_EVENTS) self.events.push(sensor)
            self.wake()
        }
        for (const sensor of sensors) sensor.onEvent = take
    }
}

/** Events that wait for their row; further ones are merged into these. */
const MAX_WAITING_EVENTS = 8
