/**
 * Register model of Sensirion SHT30/SHT31/SHT35. Datasheet "SHT3x-DIS", version 5
 * (May 2018): timing table 4, commands 4.3 to 4.11, conversion 4.13; serial number from
 * "Electronic Identification Code", version 3 (January 2023). A single shot with clock stretching
 * answers at once: the bus would stand still until then, and a transfer here takes no time. Not
 * modelled, and refused: alert limits.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { CommandModel, type Command, always } from "../shared/sensirion/command-model.js"
import { toTicks } from "../shared/sensirion/word-model.js"

const POWER_UP_MS = 1 // table 4
const RESET_MS = 1.5 // table 4: below 2.4 V; 1 ms above
const BREAK_MS = 1 // 4.8
const STATUS_ALERT = 0x8000 // table 18
const STATUS_HEATER = 0x2000
const STATUS_RESET = 0x0010
/** Flags that "clear status register" sets to 0 (4.11). */
const STATUS_CLEARED = 0x8c10
/** Longest measurement with high, medium and low repeatability (table 4, below 2.4 V). */
const HIGH_MS = 15.5
const MEDIUM_MS = 6.5
const LOW_MS = 4.5
/** Code of a periodic mode → [measurement, interval], ms (tables 10 and 12). */
const PERIODIC: ReadonlyMap<number, readonly [number, number]> = new Map([
    [0x2032, [HIGH_MS, 2000]],
    [0x2024, [MEDIUM_MS, 2000]],
    [0x202f, [LOW_MS, 2000]],
    [0x2130, [HIGH_MS, 1000]],
    [0x2126, [MEDIUM_MS, 1000]],
    [0x212d, [LOW_MS, 1000]],
    [0x2236, [HIGH_MS, 500]],
    [0x2220, [MEDIUM_MS, 500]],
    [0x222b, [LOW_MS, 500]],
    [0x2334, [HIGH_MS, 250]],
    [0x2322, [MEDIUM_MS, 250]],
    [0x2329, [LOW_MS, 250]],
    [0x2737, [HIGH_MS, 100]],
    [0x2721, [MEDIUM_MS, 100]],
    [0x272a, [LOW_MS, 100]],
    [0x2b32, [HIGH_MS, 250]],
])

export class SHT3xModel extends CommandModel {
    readonly part = "Sensirion SHT3x"
    readonly channels: readonly ModelChannel[] = [
        { name: "temperature", unit: "Cel", min: -45, max: 130, epsilon: 0.0014 },
        { name: "humidity", unit: "%RH", min: 0, max: 100, epsilon: 0.0008 },
    ]

    /** Minimal waiting time before the part takes another command (4.3). */
    protected override readonly commandGapMs = 1
    protected readonly commands: ReadonlyMap<number, Command>
    private status = 0
    /** Of the periodic mode; 0 = single shot. */
    private intervalMs = 0
    private firstAt = 0
    private measured = 0
    /** Physical inputs of the newest measurement, in the order of the channels; empty = read. */
    private truth: readonly number[] = []

    constructor(
        address = 0x44,
        readonly serial = 0x0c5d43a1
    ) {
        super(address)
        this.commands = this.commandSet()
    }

    protected powerUp(): void {
        this.reset(POWER_UP_MS)
    }

    protected override isBusy(): boolean {
        return this.faults.stuckBusy || super.isBusy()
    }

    protected override isMeasuring(): boolean {
        return this.intervalMs !== 0
    }

    /** Takes the newest periodic measurement that is due. */
    protected override advance(): void {
        if (this.intervalMs === 0 || this.nowMs < this.firstAt) return
        const due = 1 + Math.floor((this.nowMs - this.firstAt) / this.intervalMs)
        if (due <= this.measured) return
        this.measured = due
        this.measure(this.firstAt + (due - 1) * this.intervalMs)
    }

    private measure(unixMs: number): void {
        this.truth = this.channels.map(({ name }) => this.inputAt(name, unixMs))
    }

    private reset(ms: number): undefined {
        this.restart(ms)
        this.status = STATUS_ALERT | STATUS_RESET
        this.intervalMs = 0
        this.truth = []
    }

    private commandSet(): ReadonlyMap<number, Command> {
        const send = (name: string, executionMs: number, run: Command["run"]): Command => ({
            name,
            executionMs,
            run,
        })
        const setStatus = (kept: number, set: number): undefined => {
            this.status = (this.status & kept) | set
        }
        const serial = send("get serial number", 0, () => [
            this.serial >>> 16,
            this.serial & 0xffff,
        ])
        const stop = send("break", BREAK_MS, () => this.run(0, 0))
        const fetch = this.answering(send("fetch data", 0, () => this.ticks()))
        const commands = new Map([
            [0x2400, this.singleShot("high", HIGH_MS)],
            [0x240b, this.singleShot("medium", MEDIUM_MS)],
            [0x2416, this.singleShot("low", LOW_MS)],
            [0x2c06, this.singleShot("high", 0)],
            [0x2c0d, this.singleShot("medium", 0)],
            [0x2c10, this.singleShot("low", 0)],
            [0xe000, { ...fetch, whileMeasuring: true }],
            [0x3093, { ...stop, whileMeasuring: true }],
            [0x3682, serial],
            [0x3780, serial],
            [0xf32d, always("read status", 0, () => [this.status])],
            [0x3041, always("clear status", 0, () => setStatus(~STATUS_CLEARED, 0))],
            [0x306d, send("heater on", 0, () => setStatus(0xffff, STATUS_HEATER))],
            [0x3066, send("heater off", 0, () => setStatus(~STATUS_HEATER, 0))],
            [0x30a2, send("soft reset", RESET_MS, () => this.reset(RESET_MS))],
        ])
        for (const [code, [firstMs, intervalMs]] of PERIODIC)
            commands.set(
                code,
                send(`periodic, every ${intervalMs} ms`, 0, () => this.run(firstMs, intervalMs))
            )
        return commands
    }

    /** Starts to measure by itself at this interval; 0 stops. */
    private run(firstMs: number, intervalMs: number): undefined {
        this.intervalMs = intervalMs
        this.firstAt = this.nowMs + firstMs
        this.measured = 0
        this.truth = []
    }

    private singleShot(repeatability: string, executionMs: number): Command {
        return this.answering({
            name: `single shot, ${repeatability} repeatability`,
            executionMs,
            run: () => {
                this.measure(this.nowMs)
                return this.ticks()
            },
        })
    }

    /** A command whose answer is the measurement; it is cleared when it was read. */
    private answering(command: Command): Command {
        return {
            ...command,
            answered: () => {
                this.truth.forEach((value, i) => this.handOut(this.channels[i].name, value))
                this.truth = []
            },
        }
    }

    private ticks(): readonly number[] | undefined {
        if (this.truth.length === 0) return undefined
        const [celsius, percent] = this.truth
        return [toTicks(celsius, -45, 175), toTicks(percent, 0, 100)]
    }
}
