/**
 * Register model of Sensirion SPS30 on I2C. Datasheet "SPS30", version 2.0 (June 2023): operation
 * 4, commands 6.3, checksum 6.2. That most answers are there at once, without the execution
 * time, is what Sensirion's own drivers (embedded-sps, arduino-sps) take for granted.
 */
import {
    TRANSFER_NACK_ADDRESS,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"
import { CommandModel, type Command } from "../shared/sensirion/command-model.js"
import { floatWords, textWords, wordsOf32 } from "../shared/sensirion/word-model.js"

const POWER_UP_MS = 100 // not stated; that of a reset (6.3.12)
const START_STOP_MS = 20 // table 18
const COMMAND_MS = 5 // table 18
const AT_ONCE_MS = 0
const INTERVAL_MS = 1000 // table 1
const CLEANING_MS = 10_000 // 4.2
/** Time in which a sleeping part that saw a start condition takes the wake-up (6.3.6). */
const INTERFACE_MS = 100
const WAKE_UP = 0x1103
const FLOATS = 0x0300
const INTEGERS = 0x0500
/** Firmware that has the unsigned integers, sleep and wake-up; the status register. */
const WITH_INTEGERS = 2.0
const WITH_STATUS = 2.2
const DEFAULT_CLEANING_INTERVAL_S = 604_800 // 4.2: one week

const MASS = { unit: "ug/m3", min: 0, max: 65_535, epsilon: 0 }
const NUMBER = { unit: "1/cm3", min: 0, max: 65_535, epsilon: 0 }

export class SPS30Model extends CommandModel {
    readonly part = "Sensirion SPS30"
    readonly channels: readonly ModelChannel[] = [
        { name: "pm1", ...MASS },
        { name: "pm25", ...MASS },
        { name: "pm4", ...MASS },
        { name: "pm10", ...MASS },
        { name: "number_pm05", ...NUMBER },
        { name: "number_pm1", ...NUMBER },
        { name: "number_pm25", ...NUMBER },
        { name: "number_pm4", ...NUMBER },
        { name: "number_pm10", ...NUMBER },
        { name: "typical_size", unit: "m", min: 0, max: 10e-6, epsilon: 0 },
    ]
    /** Device status register: bit 21 fan speed, 5 laser, 4 fan. It is what is wrong now. */
    status = 0
    /** 8 characters (6.3.9). */
    productType = "00080000"
    /** Start of the last fan cleaning, Unix ms. */
    cleanedAt = -Infinity

    protected readonly commands: ReadonlyMap<number, Command>
    private format = 0
    private startedAt = 0
    private measured = 0
    private isAsleep = false
    private interfaceUntil = -Infinity
    private cleaningIntervalS = DEFAULT_CLEANING_INTERVAL_S
    /** Physical inputs of the newest measurement, in the order of the channels. */
    private truth: readonly number[] = []
    private isUnread = false

    /** @param firmware 1.0, 2.0, 2.2 … */
    constructor(
        address = 0x69,
        readonly firmware = 2.3,
        readonly serial = "3F2C1A9B00D4E7A1"
    ) {
        super(address)
        this.commands = this.commandSet()
    }

    protected powerUp(): void {
        this.restart(POWER_UP_MS)
        this.isAsleep = false
        this.run(0)
        this.cleanedAt = -Infinity
    }

    protected override isMeasuring(): boolean {
        return this.format !== 0
    }

    /** Takes the newest measurement that is due. */
    protected override advance(): void {
        if (this.format === 0 || this.faults.stuckBusy) return
        const cleaning = 1000 * this.cleaningIntervalS
        const since = Math.max(this.startedAt, this.cleanedAt)
        // By itself after so long a time of measuring; the interval 0 switches that off.
        if (cleaning > 0 && this.nowMs - since >= cleaning)
            this.cleanedAt = since + Math.floor((this.nowMs - since) / cleaning) * cleaning
        const due = Math.floor((this.nowMs - this.startedAt) / INTERVAL_MS)
        const at = this.startedAt + due * INTERVAL_MS
        if (due <= this.measured || at < this.cleanedAt + CLEANING_MS) return
        this.measured = due
        this.truth = this.channels.map(({ name }) => this.inputAt(name, at))
        this.isUnread = true
    }

    /** Asleep, its interface is off until a start condition, and then for 100 ms on. */
    protected override onWrite(bytes: Uint8Array): TransferStatus {
        if (!this.isAsleep) return super.onWrite(bytes)
        const isOn = this.nowMs < this.interfaceUntil
        this.interfaceUntil = this.nowMs + INTERFACE_MS
        if (((bytes[0] << 8) | bytes[1]) !== WAKE_UP) this.illegal("command while it sleeps")
        else if (isOn) return super.onWrite(bytes)
        return TRANSFER_NACK_ADDRESS
    }

    protected override onRead(length: number): Uint8Array | undefined {
        return this.isAsleep ? undefined : super.onRead(length)
    }

    private run(format: number): undefined {
        this.format = format
        this.startedAt = this.nowMs
        this.measured = 0
        this.truth = []
        this.isUnread = false
    }

    /** Without a new measurement it gives the one before. */
    private words(): readonly number[] | undefined {
        if (this.truth.length === 0) return undefined
        const values = this.truth.map((value, i) => (i === 9 ? value * 1e6 : value))
        if (this.format === INTEGERS)
            return values.map((value, i) => Math.round(i === 9 ? value * 1000 : value))
        return values.flatMap(floatWords)
    }

    private handOutNew(): void {
        if (this.isUnread) this.truth.forEach((v, i) => this.handOut(this.channels[i].name, v))
        this.isUnread = false
    }

    private cleanFan(): undefined {
        if (this.format === 0) this.illegal("fan cleaning while it does not measure")
        this.cleanedAt = this.nowMs
        this.isUnread = false
    }

    private commandSet(): ReadonlyMap<number, Command> {
        const idle = (name: string, executionMs: number, run: Command["run"]): Command => ({
            name,
            executionMs,
            run,
        })
        const always = (...command: Parameters<typeof idle>): Command => ({
            ...idle(...command),
            whileMeasuring: true,
        })
        const start = idle("start measurement", START_STOP_MS, format => {
            const isKnown =
                format === FLOATS || (format === INTEGERS && this.firmware >= WITH_INTEGERS)
            if (!isKnown) this.illegal(`output format 0x${format.toString(16)}`)
            this.run(format)
            return undefined
        })
        const read = always("read measured values", AT_ONCE_MS, () => this.words())
        const interval = always("auto cleaning interval", START_STOP_MS, (high, low) => {
            this.cleaningIntervalS = high * 65536 + low
            return undefined
        })
        const commands = new Map<number, Command>([
            [0x0010, { ...start, argument: [FLOATS, INTEGERS] }],
            [0x0104, always("stop measurement", START_STOP_MS, () => this.run(0))],
            [0x0202, always("read data-ready flag", AT_ONCE_MS, () => [this.isUnread ? 1 : 0])],
            [0x0300, { ...read, answered: () => this.handOutNew() }],
            [0x5607, always("start fan cleaning", COMMAND_MS, () => this.cleanFan())],
            [
                0x8004,
                {
                    ...interval,
                    argument: [0, 0xffff],
                    secondArgument: [0, 0xffff],
                    readBack: () => wordsOf32(this.cleaningIntervalS),
                    readBackMs: COMMAND_MS,
                },
            ],
            [0xd002, always("read product type", AT_ONCE_MS, () => textWords(this.productType, 4))],
            [0xd033, always("read serial number", AT_ONCE_MS, () => textWords(this.serial, 16))],
            [0xd100, always("read version", AT_ONCE_MS, () => [this.versionWord()])],
            [0xd304, always("reset", POWER_UP_MS, () => this.reset())],
        ])
        if (this.firmware >= WITH_INTEGERS) {
            const sleeps = (isAsleep: boolean) => (): undefined => {
                this.isAsleep = isAsleep
            }
            commands.set(0x1001, idle("sleep", COMMAND_MS, sleeps(true)))
            commands.set(WAKE_UP, always("wake-up", COMMAND_MS, sleeps(false)))
        }
        if (this.firmware >= WITH_STATUS) {
            const clear = always("clear device status", COMMAND_MS, () => undefined)
            commands.set(
                0xd206,
                always("read device status", AT_ONCE_MS, () => wordsOf32(this.status))
            )
            commands.set(0xd210, clear)
        }
        return commands
    }

    /** The interval of the cleaning is kept (4.2). */
    private reset(): undefined {
        this.run(0)
        this.cleanedAt = -Infinity
    }

    private versionWord(): number {
        const tenths = Math.round(this.firmware * 10)
        return (Math.floor(tenths / 10) << 8) | (tenths % 10)
    }
}
