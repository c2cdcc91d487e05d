/**
 * Register model of Sensirion SEN50, SEN54 and SEN55. Datasheet "SEN5x", version 2 (March
 * 2022): commands 6.1; what they do in which state from Sensirion's own driver. Not
 * modelled, and logged as unknown: tuning and state of the gas algorithms, raw values.
 */
import { type ModelChannel } from "../register-model.js"
import { CommandModel, type Command, always } from "../sensirion/command-model.js"
import { textWords, wordsOf32 } from "../sensirion/word-model.js"

const POWER_UP_MS = 100 // not stated; that of a reset
const START_MS = 50
const STOP_MS = 200
const COMMAND_MS = 20
const NAME_MS = 50
const INTERVAL_MS = 1000
const CLEANING_MS = 10_000
/** Time after power-up in which there is no NOx index. */
const NOX_MS = 10_500
const NO_MASS = 0xffff
const NO_VALUE = 0x7fff
const DEFAULT_CLEANING_INTERVAL_S = 604_800
const ANY: readonly [number, number] = [0, 0xffff]

const MASS = { unit: "ug/m3", min: 0, max: 6553.4, epsilon: 0 }

export class SEN5xModel extends CommandModel {
    readonly part = "Sensirion SEN5x"
    readonly channels: readonly ModelChannel[] = [
        { name: "pm1", ...MASS },
        { name: "pm25", ...MASS },
        { name: "pm4", ...MASS },
        { name: "pm10", ...MASS },
        { name: "humidity", unit: "%RH", min: 0, max: 100, epsilon: 0 },
        { name: "temperature", unit: "Cel", min: -40, max: 70, epsilon: 0.0025 },
        { name: "voc_index", unit: "1", min: 0, max: 500, epsilon: 0.05 },
        { name: "nox_index", unit: "1", min: 0, max: 500, epsilon: 0.05 },
    ]
    /** Device status: bit 21 fan speed, 19 cleaning, 7 gas, 6 RHT, 5 laser, 4 fan. It is what is wrong now. */
    status = 0
    /** Offset in 1/200 °C, slope in 1/10000, time constant in s, as words. */
    offset: readonly number[] = [0, 0, 0]

    protected readonly commands: ReadonlyMap<number, Command>
    private mode: "idle" | "all" | "without particles" = "idle"
    private poweredAt = 0
    private startedAt = 0
    private measured = 0
    private cleanedAt = -Infinity
    private warmStart = 0
    private cleaningIntervalS = DEFAULT_CLEANING_INTERVAL_S
    /** Words of the newest measurement. */
    private answer8: readonly number[] = []
    /** Physical inputs behind the words, by channel; undefined = not measured. */
    private truth: readonly (number | undefined)[] = []
    private isUnread = false

    constructor(
        address = 0x69,
        readonly variant: "SEN50" | "SEN54" | "SEN55" = "SEN55",
        readonly serial = "5C1D3B20A4F60712"
    ) {
        super(address)
        this.commands = this.commandSet()
    }

    protected powerUp(): void {
        this.restart(POWER_UP_MS)
        this.poweredAt = this.nowMs
        this.offset = [0, 0, 0]
        this.warmStart = 0
        this.run("idle")
    }

    protected override isMeasuring(): boolean {
        return this.mode !== "idle"
    }

    /** Takes the newest measurement that is due. */
    protected override advance(): void {
        if (this.mode === "idle" || this.faults.stuckBusy) return
        const due = Math.floor((this.nowMs - this.startedAt) / INTERVAL_MS)
        const at = this.startedAt + due * INTERVAL_MS
        if (due <= this.measured || at < this.cleanedAt + CLEANING_MS) return
        this.measured = due
        this.truth = this.channels.map(({ name }, i) =>
            this.measures(i, at) ? this.inputAt(name, at) : undefined
        )
        this.answer8 = this.truth.map((value, i) => this.wordOf(value, i))
        this.isUnread = true
    }

    private measures(channel: number, unixMs: number): boolean {
        if (channel < 4) return this.mode === "all"
        if (this.variant === "SEN50") return false
        if (channel < 7) return true
        return this.variant === "SEN55" && unixMs >= this.poweredAt + NOX_MS
    }

    private wordOf(value: number | undefined, channel: number): number {
        if (value === undefined) return channel < 4 ? NO_MASS : NO_VALUE
        if (channel === 4) return Math.round(100 * value)
        if (channel !== 5) return Math.round(10 * value)
        const offset = ((this.offset[0] << 16) >> 16) / 200
        return Math.round(200 * (value + offset)) & 0xffff
    }

    private run(mode: SEN5xModel["mode"]): undefined {
        this.mode = mode
        this.startedAt = this.nowMs
        this.measured = 0
        this.cleanedAt = -Infinity
        this.truth = this.channels.map(() => undefined)
        this.answer8 = this.truth.map((value, i) => this.wordOf(value, i))
        this.isUnread = false
    }

    /** Without a new measurement the one before is given again. */
    private handOutNew(): void {
        if (!this.isUnread) return
        this.truth.forEach((value, i) => {
            if (value !== undefined) this.handOut(this.channels[i].name, value)
        })
        this.isUnread = false
    }

    private cleanFan(): undefined {
        if (this.mode !== "all") this.illegal("fan cleaning while the fan does not run")
        else this.cleanedAt = this.nowMs
        this.isUnread = false
    }

    private commandSet(): ReadonlyMap<number, Command> {
        const start = (name: string, mode: SEN5xModel["mode"]): Command => ({
            name,
            executionMs: START_MS,
            run: () => this.run(mode),
        })
        const read = always("read measured values", COMMAND_MS, () => this.answer8)
        const offset = always("temperature offset", COMMAND_MS, (...words) => {
            this.offset = words
            return undefined
        })
        const warmStart = always("warm start", COMMAND_MS, word => {
            this.warmStart = word
            return undefined
        })
        const interval = always("auto cleaning interval", COMMAND_MS, (high, low) => {
            this.cleaningIntervalS = high * 65536 + low
            return undefined
        })
        return new Map<number, Command>([
            [0x0021, start("start measurement", "all")],
            [0x0037, start("start without particles", "without particles")],
            [0x0104, always("stop measurement", STOP_MS, () => this.run("idle"))],
            [0x0202, always("read data ready", COMMAND_MS, () => [this.isUnread ? 1 : 0])],
            [0x03c4, { ...read, answered: () => this.handOutNew() }],
            [0x5607, always("start fan cleaning", COMMAND_MS, () => this.cleanFan())],
            [
                0x60b2,
                {
                    ...offset,
                    argument: ANY,
                    secondArgument: ANY,
                    thirdArgument: ANY,
                    readBack: () => this.offset,
                },
            ],
            [0x60c6, { ...warmStart, argument: ANY, readBack: () => [this.warmStart] }],
            [
                0x8004,
                {
                    ...interval,
                    argument: ANY,
                    secondArgument: ANY,
                    readBack: () => wordsOf32(this.cleaningIntervalS),
                },
            ],
            [0xd014, always("read product name", NAME_MS, () => textWords(this.variant, 16))],
            [0xd033, always("read serial number", NAME_MS, () => textWords(this.serial, 16))],
            [0xd100, always("read version", COMMAND_MS, () => [0x0200, 0x0004, 0x0001, 0x0000])],
            [0xd206, always("read device status", COMMAND_MS, () => wordsOf32(this.status))],
            [0xd210, always("clear device status", COMMAND_MS, () => wordsOf32(this.status))],
            [0xd304, always("device reset", POWER_UP_MS, () => this.reset())],
        ])
    }

    private reset(): undefined {
        this.powerUp()
    }
}
