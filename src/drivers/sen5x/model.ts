/**
 * Register model of Sensirion SEN50, SEN54 and SEN55. Datasheet "SEN5x", version 2 (March
 * 2022): commands 6.1; what they do in which state, raw values and numbers of particles from
 * Sensirion's own driver embedded-i2c-sen5x. Tuning of the gas algorithms and acceleration are
 * kept and have no effect: the indices and temperatures are inputs.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { CommandModel, type Command, always } from "../shared/sensirion/command-model.js"
import { textWords, wordsOf32 } from "../shared/sensirion/word-model.js"

const POWER_UP_MS = 50 // table 8
const RESET_MS = 100 // table 12
const START_MS = 50
const STOP_MS = 200
const COMMAND_MS = 20
const NAME_MS = 20 // table 12; Sensirion's driver waits 50 ms
const INTERVAL_MS = 1000
const CLEANING_MS = 10_000
/** Time after power-up in which there is no NOx index. */
const NOX_MS = 10_500
const NO_MASS = 0xffff
const NO_VALUE = 0x7fff
const DEFAULT_CLEANING_INTERVAL_S = 604_800
const ANY: readonly [number, number] = [0, 0xffff]
const WARM = 0xffff
/** How much too cold a part shows itself at first that is warm and was started as a cold one, °C. */
const COLD_START_ERROR = -1
/** After that time the error is gone, ms: three response times (table 4). */
const SETTLING_MS = 180_000
/** Offset, learning times of offset and gain, gating, first standard deviation, gain factor. */
const TUNING_RANGES: readonly (readonly [number, number])[] = [
    [1, 250],
    [1, 1000],
    [1, 1000],
    [0, 3000],
    [10, 5000],
    [1, 1000],
]
const VOC_TUNING = [100, 12, 12, 180, 50, 230]
const NOX_TUNING = [1, 12, 12, 720, 50, 230]

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

    /**
     * Words of the VOC algorithm's state; it begins anew with each start. Nobody tells what they
     * mean: here the first two count the seconds that it has seen.
     */
    vocState: readonly number[] = [0, 0, 0, 0]
    /** What the next start begins with. */
    restoredState: readonly number[] | undefined

    /** Start of the last fan cleaning, Unix ms. */
    cleanedAt = -Infinity

    protected readonly commands: ReadonlyMap<number, Command>
    private learnedBefore = 0
    private vocTuning: readonly number[] = VOC_TUNING
    private noxTuning: readonly number[] = NOX_TUNING
    private acceleration = 0
    /** When it last measured, Unix ms; and whether it was warm then and started as a cold part. */
    private stoppedAt = -Infinity
    private isStartedCold = false
    private mode: "idle" | "all" | "without particles" = "idle"
    private poweredAt = 0
    private startedAt = 0
    private measured = 0
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
        public serial = "5C1D3B20A4F60712"
    ) {
        super(address)
        this.commands = this.commandSet()
    }

    protected powerUp(): void {
        this.restart(POWER_UP_MS)
        this.poweredAt = this.nowMs
        this.offset = [0, 0, 0]
        this.warmStart = 0
        this.cleaningIntervalS = DEFAULT_CLEANING_INTERVAL_S
        this.vocTuning = VOC_TUNING
        this.noxTuning = NOX_TUNING
        this.acceleration = 0
        this.restoredState = undefined
        // It does not cool down in the moment of a power loss.
        this.run("idle")
    }

    protected override isMeasuring(): boolean {
        return this.mode !== "idle"
    }

    /** Takes the newest measurement that is due. */
    protected override advance(): void {
        if (this.mode === "idle" || this.faults.stuckBusy) return
        // The state moves on with each second that the algorithm sees.
        const seconds = Math.floor((this.nowMs - this.startedAt) / INTERVAL_MS)
        this.vocState = [...wordsOf32(this.learnedBefore + seconds), ...this.vocState.slice(2)]
        const cleaning = 1000 * this.cleaningIntervalS
        const since = Math.max(this.startedAt, this.cleanedAt)
        if (this.mode === "all" && cleaning > 0 && this.nowMs - since >= cleaning)
            this.cleanedAt = since + Math.floor((this.nowMs - since) / cleaning) * cleaning
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
        const isWrong = this.isStartedCold && this.nowMs < this.startedAt + SETTLING_MS
        const offset = ((this.offset[0] << 16) >> 16) / 200 + (isWrong ? COLD_START_ERROR : 0)
        return Math.round(200 * (value + offset)) & 0xffff
    }

    private run(mode: SEN5xModel["mode"]): undefined {
        if (this.mode !== "idle") this.stoppedAt = this.nowMs
        if (mode !== "idle") {
            const isWarm = this.nowMs - this.stoppedAt < SETTLING_MS
            this.isStartedCold = isWarm && this.warmStart !== WARM
            this.vocState = this.restoredState ?? [0, 0, 0, 0]
            this.restoredState = undefined
            this.learnedBefore = this.vocState[0] * 65536 + this.vocState[1]
        }
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
        const start = (name: string, mode: SEN5xModel["mode"]): Command =>
            // From one mode to the other it changes directly, with firmware from 2 on (5.1).
            always(name, START_MS, () => {
                if (mode === this.mode) this.illegal(`${name} while it does that already`)
                else if (mode !== "all" && this.variant === "SEN50")
                    this.illegal(`${name} of a SEN50`)
                else this.run(mode)
                return undefined
            })
        const tuning = (name: string, take: (words: readonly number[]) => void): Command => ({
            ...always(name, COMMAND_MS, (...words) => {
                if (this.mode !== "idle") this.illegal(`${name} while it measures: no effect`)
                else if (!words.some((word, i) => !isIn(word, TUNING_RANGES[i]))) take(words)
                return undefined
            }),
            argument: TUNING_RANGES[0],
            secondArgument: TUNING_RANGES[1],
            thirdArgument: TUNING_RANGES[2],
            moreArguments: TUNING_RANGES.slice(3),
        })
        const vocTuning = tuning("VOC tuning", words => (this.vocTuning = words))
        const noxTuning = tuning("NOx tuning", words => (this.noxTuning = words))
        const acceleration = always("acceleration mode", COMMAND_MS, mode => {
            this.acceleration = mode
            return undefined
        })
        const state = always("VOC algorithm state", COMMAND_MS, (...words) => {
            if (this.mode !== "idle") this.illegal("VOC state written while it measures")
            else this.restoredState = words
            return undefined
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
            [0x60d0, { ...vocTuning, readBack: () => this.vocTuning }],
            [0x60e1, { ...noxTuning, readBack: () => this.noxTuning }],
            [0x60f7, { ...acceleration, argument: [0, 2], readBack: () => [this.acceleration] }],
            [
                0x6181,
                {
                    ...state,
                    argument: ANY,
                    secondArgument: ANY,
                    thirdArgument: ANY,
                    moreArguments: [ANY],
                    readBack: () => this.vocState,
                },
            ],
            [0x03d2, always("read raw values", COMMAND_MS, () => this.rawValues())],
            [0x0413, always("read particle numbers", COMMAND_MS, () => this.numbers())],
            [0xd014, always("read product name", NAME_MS, () => textWords(this.variant, 16))],
            [0xd033, always("read serial number", NAME_MS, () => textWords(this.serial, 16))],
            [0xd100, always("read version", COMMAND_MS, () => [0x0200, 0x0004, 0x0001, 0x0000])],
            [0xd206, always("read device status", COMMAND_MS, () => wordsOf32(this.status))],
            [0xd210, always("clear device status", COMMAND_MS, () => wordsOf32(this.status))],
            [0xd304, always("device reset", RESET_MS, () => this.reset())],
        ])
    }

    private reset(): undefined {
        this.powerUp()
    }

    /** Humidity, temperature, VOC and NOx; the last two are no inputs. */
    private rawValues(): readonly number[] {
        return [...this.answer8.slice(4, 6), NO_MASS, NO_MASS]
    }

    /** Mass, numbers and size of particles; numbers and size are no inputs. */
    private numbers(): readonly number[] {
        return [...this.answer8.slice(0, 4), ...Array.from({ length: 6 }, () => NO_MASS)]
    }
}

function isIn(word: number, [low, high]: readonly [number, number]): boolean {
    return word >= low && word <= high
}
