/**
 * Register model of Analog Devices (Maxim) DS3231.
 * Datasheet 19-5170, revision 10 (March 2015): address map, clock and calendar,
 * special-purpose registers, temperature registers; electrical characteristics.
 */
import { type ModelChannel } from "../register-model.js"
import { type RegisterRule, RegisterMapModel } from "../registers/register-map-model.js"

const CONTROL = 0x0e
const STATUS = 0x0f
const CONVERT = 0x20
const BUSY = 0x04
/** Longest conversion; how long after CONV was set BSY follows. */
const CONVERT_MS = 200
const BUSY_AFTER_MS = 2
const UPDATE_MS = 64_000

const NAMES = [
    ["seconds", 0x7f],
    ["minutes", 0x7f],
    ["hours", 0x7f],
    ["day", 0x07],
    ["date", 0x3f],
    ["month/century", 0x9f],
    ["year", 0xff],
    ["alarm 1 seconds", 0xff],
    ["alarm 1 minutes", 0xff],
    ["alarm 1 hours", 0xff],
    ["alarm 1 day/date", 0xff],
    ["alarm 2 minutes", 0xff],
    ["alarm 2 hours", 0xff],
    ["alarm 2 day/date", 0xff],
    ["control", 0xff],
    ["status", 0x8b],
    ["aging offset", 0xff],
] as const

const writable = NAMES.map(([name, mask], address): [number, RegisterRule] => [
    address,
    { name, writable: true, mask },
])

export class DS3231Model extends RegisterMapModel {
    readonly part = "Analog Devices DS3231"
    readonly channels: readonly ModelChannel[] = [
        { name: "temperature", unit: "Cel", min: -40, max: 85, epsilon: 0.125 },
    ]
    protected readonly rules: ReadonlyMap<number, RegisterRule> = new Map([
        ...writable,
        [0x11, { name: "temperature high" }],
        [0x12, { name: "temperature low" }],
    ])

    /** A coin cell keeps its supply when the node's fails. */
    isBacked = false
    /** Deviation of its oscillator, parts per million. */
    ratePpm = 0

    /** The time registers said this … */
    private baseSeconds = 0
    /** … at this moment, Unix ms. */
    private baseMs = 0
    private convertedAt = 0
    private convertUntil = Infinity
    private truth = 0

    constructor(address = 0x68) {
        super(address)
    }

    override brownOut(unixMs: number): void {
        if (!this.isBacked) super.brownOut(unixMs)
    }

    override powerLost(unixMs: number): void {
        if (!this.isBacked) super.powerLost(unixMs)
    }

    /** 1 January 2000, the oscillator stop flag set, a first conversion. */
    protected override powerUp(): void {
        super.powerUp()
        this.registers[CONTROL] = 0x1c
        this.registers[STATUS] = 0x88
        this.baseSeconds = Date.UTC(2000, 0, 1) / 1000
        this.baseMs = this.nowMs
        this.convertUntil = Infinity
        this.convert(this.nowMs)
    }

    /** Behind the last register it goes on at the first one. */
    protected override next(address: number): number {
        return address >= 0x12 ? 0 : address + 1
    }

    protected override onWrite(bytes: Uint8Array): ReturnType<RegisterMapModel["onWrite"]> {
        this.advance()
        this.showTime()
        return super.onWrite(bytes)
    }

    /** The time is transferred to the user buffers at each start condition. */
    protected override beforeRead(address: number, length: number): void {
        this.advance()
        this.showTime()
        if (address <= 0x11 && address + length > 0x12) this.handOut("temperature", this.truth)
    }

    protected override written(address: number, value: number): void {
        if (address <= 0x06) this.setTime(address)
        if (address !== CONTROL || (value & CONVERT) === 0 || this.convertUntil !== Infinity) return
        if ((this.registers[STATUS] & BUSY) !== 0)
            this.illegal("conversion forced while it is busy")
        this.convertUntil = this.nowMs + CONVERT_MS
    }

    protected override readValue(address: number): number {
        const value = super.readValue(address)
        if (address !== STATUS) return value
        const sinceForced = CONVERT_MS - (this.convertUntil - this.nowMs)
        const isForced = this.convertUntil !== Infinity && sinceForced > BUSY_AFTER_MS
        return isForced || this.faults.stuckBusy ? value | BUSY : value
    }

    /** Writing the seconds begins a new second. */
    private setTime(address: number): void {
        const now = this.elapsed()
        const [second, minute, hour, , day, month, year] = [...this.registers.subarray(0, 7)]
        if ((hour & 0x40) !== 0) this.illegal("12 h mode, which this model does not count in")
        const text = [year, month & 0x1f, day, hour, minute, second].map(pair)
        if (text.some(Number.isNaN)) this.illegal("a time with digits that are none")
        this.baseSeconds =
            Date.UTC(2000 + text[0], text[1] - 1, text[2], text[3], text[4], text[5]) / 1000
        this.baseMs = address === 0 ? this.nowMs : this.nowMs - (now - Math.floor(now)) * 1000
    }

    /** Seconds since the time was set, by its own oscillator. */
    private elapsed(): number {
        return ((this.nowMs - this.baseMs) / 1000) * (1 + this.ratePpm / 1e6)
    }

    private showTime(): void {
        const date = new Date((this.baseSeconds + Math.floor(this.elapsed())) * 1000)
        const numbers = [
            date.getUTCSeconds(),
            date.getUTCMinutes(),
            date.getUTCHours(),
            date.getUTCDay() + 1,
            date.getUTCDate(),
            date.getUTCMonth() + 1,
            date.getUTCFullYear() % 100,
        ]
        numbers.forEach((value, at) => {
            this.registers[at] = (Math.floor(value / 10) << 4) | (value % 10)
        })
    }

    /** Ends the conversions that are due: the forced one, and one every 64 s. */
    private advance(): void {
        if (this.faults.stuckBusy) return
        if (this.nowMs >= this.convertUntil) {
            this.convert(this.convertUntil)
            this.convertUntil = Infinity
            this.registers[CONTROL] &= ~CONVERT
        }
        const updates = Math.floor((this.nowMs - this.convertedAt) / UPDATE_MS)
        if (updates > 0) this.convert(this.convertedAt + updates * UPDATE_MS)
    }

    private convert(unixMs: number): void {
        this.convertedAt = unixMs
        this.truth = this.inputAt("temperature", unixMs)
        this.setWord(0x11, (Math.round(this.truth * 4) << 6) & 0xffff)
    }
}

/** The number that a byte's two hex digits spell; NaN when one is a letter. */
function pair(byte: number): number {
    return Number(byte.toString(16).replace(/[a-f]/, "?"))
}
