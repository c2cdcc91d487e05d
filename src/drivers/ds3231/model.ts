/**
 * Register model of Analog Devices (Maxim) DS3231.
 * Datasheet 19-5170, revision 10 (March 2015): address map, clock and calendar,
 * special-purpose registers, temperature registers; electrical characteristics.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { type RegisterRule, RegisterMapModel } from "../shared/registers/register-map-model.js"

const HOURS = 0x02
const DAY = 0x03
const MONTH = 0x05
/** Toggles after 2099; until then what was written. */
const CENTURY = 0x80
const ALARM_1 = 0x07
const ALARM_2 = 0x0b
const CONTROL = 0x0e
const STATUS = 0x0f
const CONVERT = 0x20
const BUSY = 0x04
const STOPPED = 0x80
/** Bits of the status that a write can only clear: OSF, A2F, A1F. */
const CLEARED_BY_WRITING = 0x83
/** Bits of the hours: 12 h mode, and PM in it. */
const TWELVE = 0x40
const PM = 0x20
/** Of an alarm's register: it does not count. */
const MASKED = 0x80
/** Of an alarm's day or date: it is a day of the week. */
const IS_DAY = 0x40
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
    /** Added to the weekday of the date: which number a day of the week has is up to the user. */
    private weekdayShift = 0
    /** Second up to which alarms were looked for. */
    private alarmsUntil = 0
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

    /** Its supply was too low for a while: the oscillator stop flag is set, all else is as it was. */
    stopOscillator(): void {
        this.registers[STATUS] |= STOPPED
    }

    /** 1 January 2000, the oscillator stop flag set, a first conversion. */
    protected override powerUp(): void {
        super.powerUp()
        this.registers[CONTROL] = 0x1c
        this.registers[STATUS] = 0x88
        this.baseSeconds = Date.UTC(2000, 0, 1) / 1000
        this.baseMs = this.nowMs
        this.alarmsUntil = this.baseSeconds
        // The day is 1 after power-up, and 1 January 2000 was a Saturday.
        this.weekdayShift = -6
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
        const { [STATUS]: before } = this.registers
        const status = super.onWrite(bytes)
        const kept = before | ~CLEARED_BY_WRITING
        this.registers[STATUS] &= kept
        return status
    }

    /** The time is transferred to the user buffers at each start condition. */
    protected override beforeRead(address: number, length: number): void {
        this.advance()
        this.showTime()
        if (address <= 0x11 && address + length > 0x12) this.handOut("temperature", this.truth)
    }

    protected override written(address: number, value: number): void {
        if (address === DAY) this.setWeekday(value)
        else if (address <= 0x06) this.setTime(address)
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
        const weekday = this.weekday(this.baseSeconds + Math.floor(now))
        const [second, minute, hours, , day, month, year] = [...this.registers.subarray(0, 7)]
        const text = [year, month & 0x1f, day, minute, second].map(pair)
        const hour = hourOf(hours)
        if ([...text, hour].some(Number.isNaN)) this.illegal("a time with digits that are none")
        else if (text[1] < 1 || text[1] > 12 || text[2] < 1 || text[2] > 31)
            this.illegal(`a date that does not exist: month ${text[1]}, day ${text[2]}`)
        this.baseSeconds =
            Date.UTC(2000 + text[0], text[1] - 1, text[2], hour, text[3], text[4]) / 1000
        this.alarmsUntil = this.baseSeconds
        // A new date leaves the day of the week alone.
        this.weekdayShift += weekday - this.weekday(this.baseSeconds)
        this.baseMs = address === 0 ? this.nowMs : this.nowMs - (now - Math.floor(now)) * 1000
    }

    private setWeekday(value: number): void {
        if (value < 1 || value > 7) this.illegal(`day ${value}; days go from 1 to 7`)
        this.weekdayShift += value - this.weekday(this.baseSeconds + Math.floor(this.elapsed()))
    }

    /** 1 … 7, counted up at midnight from what the user wrote. */
    private weekday(seconds: number): number {
        const day = new Date(seconds * 1000).getUTCDay() + this.weekdayShift
        return (((day % 7) + 7) % 7) + 1
    }

    /** Seconds since the time was set, by its own oscillator. */
    private elapsed(): number {
        return ((this.nowMs - this.baseMs) / 1000) * (1 + this.ratePpm / 1e6)
    }

    private showTime(): void {
        const now = this.baseSeconds + Math.floor(this.elapsed())
        this.registers.set(this.timeRegisters(now))
        for (const [first, flag] of [
            [ALARM_1, 1],
            [ALARM_2, 2],
        ])
            if (this.rings(first, now)) this.registers[STATUS] |= flag
        this.alarmsUntil = now
    }

    /** The time as its seven registers show it. */
    private timeRegisters(seconds: number): number[] {
        const date = new Date(seconds * 1000)
        const hour = date.getUTCHours()
        const isTwelve = (this.registers[HOURS] & TWELVE) !== 0
        const hours = bcd(isTwelve ? ((hour + 11) % 12) + 1 : hour)
        return [
            bcd(date.getUTCSeconds()),
            bcd(date.getUTCMinutes()),
            isTwelve ? hours | TWELVE | (hour >= 12 ? PM : 0) : hours,
            this.weekday(seconds),
            bcd(date.getUTCDate()),
            bcd(date.getUTCMonth() + 1) | (this.registers[MONTH] & CENTURY),
            bcd(date.getUTCFullYear() % 100),
        ]
    }

    /**
     * Whether the time has met an alarm since the last look (table 2). The flag is set
     * whether or not the alarm's interrupt is on.
     */
    private rings(first: number, now: number): boolean {
        const isFirst = first === ALARM_1
        const fields = [...this.registers.subarray(first, first + (isFirst ? 4 : 3))]
        // Alarm 2 has no seconds: it rings at 00.
        if (!isFirst) fields.unshift(0)
        const counting = fields.findIndex(field => (field & MASKED) !== 0)
        const [second, minute, hour, day] = fields
        const times = [pair(second), 60 * pair(minute), 3600 * hourOf(hour)]
        const [period, known] = [
            [1, 0],
            [60, 1],
            [3600, 2],
            [86_400, 3],
        ][counting < 0 ? 3 : counting]
        const moment = times.slice(0, known).reduce((sum, part) => sum + part, 0)
        // Every date that there is comes back within 62 days.
        let at = Math.max(this.alarmsUntil + 1, now - 62 * 86_400)
        at += (((moment - at) % period) + period) % period
        const isDay = (date: number) => {
            const [, , , weekday, ofMonth] = this.timeRegisters(date)
            return day === ((day & IS_DAY) !== 0 ? weekday | IS_DAY : ofMonth)
        }
        while (counting < 0 && at <= now && !isDay(at)) at += period
        return at <= now
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

/** 0 … 23; NaN when it is none */
function hourOf(byte: number): number {
    if ((byte & TWELVE) === 0) return pair(byte)
    return (pair(byte & 0x1f) % 12) + ((byte & PM) !== 0 ? 12 : 0)
}

function bcd(value: number): number {
    return (Math.floor(value / 10) << 4) | (value % 10)
}

/** The number that a byte's two hex digits spell; NaN when one is a letter. */
function pair(byte: number): number {
    return Number(byte.toString(16).replace(/[a-f]/, "?"))
}
