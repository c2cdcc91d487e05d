/**
 * Register model of NXP PCF8593 as an event counter; the clock modes and its timer do not
 * count here, which is logged. Data sheet, revision 5 (24 January 2020): registers and
 * counter function modes, event-counter mode; power-on and reset 6.11.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { type RegisterRule, RegisterMapModel } from "../shared/registers/register-map-model.js"

const CONTROL = 0x00
const STOP = 0x80
const MODE_MASK = 0x30
const EVENT_COUNTER = 0x20
const ALARM_ENABLE = 0x04
const MODULUS = 1_000_000
const TIMER = 0x07

const NAMES = [
    "control/status",
    "D1 D0",
    "D3 D2",
    "D5 D4",
    "free 04",
    "free 05",
    "free 06",
    "timer",
    "alarm control",
    "alarm D1 D0",
    "alarm D3 D2",
    "alarm D5 D4",
    "free 0C",
    "free 0D",
    "free 0E",
    "alarm timer",
]

export class PCF8593Model extends RegisterMapModel {
    readonly part = "NXP PCF8593"
    /** Pulses at its input since the beginning of time. */
    readonly channels: readonly ModelChannel[] = [
        { name: "count", unit: "count", min: 0, max: 1e12, epsilon: 0 },
    ]
    protected readonly rules: ReadonlyMap<number, RegisterRule> = new Map(
        NAMES.map((name, address): [number, RegisterRule] => [address, { name, writable: true }])
    )

    /** A coin cell keeps its supply when the node's fails. */
    isBacked = false

    private powerUps = 0
    private digits = 0
    /** Pulses at the input as of the last look. */
    private seen = 0

    constructor(address = 0x51) {
        super(address)
    }

    override brownOut(unixMs: number): void {
        if (!this.isBacked) super.brownOut(unixMs)
    }

    override powerLost(unixMs: number): void {
        if (!this.isBacked) super.powerLost(unixMs)
    }

    /**
     * "All internal registers are undefined", and "the device may be initially in event-counter
     * mode" (6.11): each power-up leaves something else, the same in each run.
     */
    protected override powerUp(): void {
        super.powerUp()
        this.powerUps++
        let state = this.powerUps * 0x9e3779b1
        for (let i = 0; i < 0x10; i++) {
            state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
            this.registers[i] = state >>> 24
        }
        // Of the undefined the worst: it counts already.
        if (this.powerUps % 2 === 1) this.registers[CONTROL] = EVENT_COUNTER
        this.digits = this.shownDigits()
        this.seen = Math.floor(this.input("count"))
    }

    protected override next(address: number): number {
        return (address + 1) & 0x0f
    }

    /** All counters are captured at the beginning of a read cycle. */
    protected override beforeRead(address: number, length: number): void {
        this.advance()
        const isCounting = (this.registers[CONTROL] & MODE_MASK) === EVENT_COUNTER
        if (isCounting && address <= 1 && address + length >= 4) this.handOut("count", this.digits)
    }

    protected override onWrite(bytes: Uint8Array): ReturnType<RegisterMapModel["onWrite"]> {
        if (bytes[0] > 0x0f) this.illegal(`register address 0x${bytes[0].toString(16)}`)
        this.advance()
        return super.onWrite(bytes)
    }

    protected override written(address: number, value: number): void {
        if (address === CONTROL && (value & ALARM_ENABLE) !== 0)
            this.illegal("alarm enabled, while its registers serve as memory")
        if (address === CONTROL && (value & (MODE_MASK | STOP)) !== EVENT_COUNTER)
            if ((value & STOP) === 0) this.illegal("a clock mode, which this model does not have")
        if (address === TIMER && value !== 0)
            this.illegal("a timer, which this model does not have")
        if (address < 1 || address > 3) return
        if ((this.registers[CONTROL] & STOP) === 0)
            this.illegal("counter written while it is not stopped")
        if (Number.isNaN(pair(value))) this.illegal(`0x${value.toString(16)} is no pair of digits`)
        this.digits = this.shownDigits()
    }

    private shownDigits(): number {
        return [3, 2, 1].reduce((count, at) => 100 * count + (pair(this.registers[at]) || 0), 0)
    }

    /** Counts what came since, as far as it was counting. */
    private advance(): void {
        const now = Math.floor(this.input("count"))
        const came = Math.max(0, now - this.seen)
        this.seen = now
        if ((this.registers[CONTROL] & (MODE_MASK | STOP)) !== EVENT_COUNTER) return
        this.digits = (this.digits + came) % MODULUS
        let rest = this.digits
        for (const at of [1, 2, 3]) {
            this.registers[at] = (Math.floor((rest % 100) / 10) << 4) | (rest % 10)
            rest = Math.floor(rest / 100)
        }
    }
}

/** The number that a byte's two hex digits spell; NaN when one is a letter. */
function pair(byte: number): number {
    return Number(byte.toString(16).replace(/[a-f]/, "?"))
}
