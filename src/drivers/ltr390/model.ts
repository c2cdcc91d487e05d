/**
 * Register model of LITEON LTR-390UV-01: datasheet DS86-2015-0004, version 1.1.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { RegisterMapModel, type RegisterRule } from "../shared/registers/register-map-model.js"

const CONTROL = 0x00
const RATE = 0x04
const GAIN = 0x05
const STATUS = 0x07
const LIGHT = 0x0d
const UV = 0x10

const ENABLE = 0x02
const UV_MODE = 0x08
const RESET = 0x10
const DATA_READY = 0x08
const POWER_ON = 0x20

const GAINS = [1, 3, 6, 9, 18]
/** Bits and ms by the code of the resolution. */
const RESOLUTIONS = [
    [20, 400],
    [19, 200],
    [18, 100],
    [17, 50],
    [16, 25],
    [13, 12.5],
]
/** ms between measurements by the code of the rate. */
const RATES = [25, 50, 100, 200, 500, 1000, 2000, 2000]
const WAKE_UP_MS = 10
/** The datasheet gives typical conversion times only; the longest are taken for a tenth more. */
const LONGEST = 1.1
/** Counts at a UV index of 1, with gain 18 and 20 bits. */
const UV_SENSITIVITY = 2300

const data: RegisterRule = { name: "data" }
const threshold: RegisterRule = { name: "threshold", writable: true }

export class LTR390Model extends RegisterMapModel {
    readonly part = "LITEON LTR-390UV"
    readonly channels: readonly ModelChannel[] = [
        { name: "illuminance", unit: "lx", min: 0, max: 200_000, epsilon: 0.075 },
        { name: "uv_index", unit: "1", min: 0, max: 50, epsilon: 0.5 / UV_SENSITIVITY },
    ]
    protected readonly rules: ReadonlyMap<number, RegisterRule> = new Map([
        [CONTROL, { name: "MAIN_CTRL", writable: true, mask: 0x1a }],
        [RATE, { name: "MEAS_RATE", writable: true, initial: 0x22, mask: 0x77 }],
        [GAIN, { name: "GAIN", writable: true, initial: 0x01, mask: 0x07 }],
        [0x06, { name: "PART_ID", initial: 0xb2 }],
        [STATUS, { name: "MAIN_STATUS", initial: POWER_ON }],
        ...[0, 1, 2, 3, 4, 5].map(i => [LIGHT + i, data] as const),
        [0x19, { name: "INT_CFG", writable: true, initial: 0x10, mask: 0x34 }],
        [0x1a, { name: "INT_PST", writable: true, mask: 0xf0 }],
        [0x21, { ...threshold, initial: 0xff }],
        [0x22, { ...threshold, initial: 0xff }],
        [0x23, { ...threshold, initial: 0x0f, mask: 0x0f }],
        [0x24, threshold],
        [0x25, threshold],
        [0x26, { ...threshold, mask: 0x0f }],
    ])

    /** End of the measurement in progress; undefined in standby. */
    private readyAt: number | undefined
    /** What is in the data registers and was not read yet. */
    private readonly fresh = new Map<number, number>()

    constructor(address = 0x53) {
        super(address)
    }

    protected override powerUp(): void {
        super.powerUp()
        this.readyAt = undefined
        this.fresh.clear()
    }

    /** A change of mode, resolution or gain starts a new measurement. */
    protected override written(address: number, value: number): void {
        if (address === CONTROL && (value & RESET) !== 0) {
            this.powerUp()
            this.registers[STATUS] = 0
        } else if (address === CONTROL || address === RATE || address === GAIN) {
            if (address === RATE && RESOLUTIONS[value >> 4] === undefined)
                this.illegal(`reserved resolution ${value >> 4}`)
            if (address === GAIN && GAINS[value] === undefined)
                this.illegal(`reserved gain ${value}`)
            const isOn = (this.registers[CONTROL] & ENABLE) !== 0
            this.readyAt = isOn ? this.nowMs + WAKE_UP_MS + this.conversionMs() : undefined
        }
    }

    protected override beforeRead(address: number, length: number): void {
        this.advance()
        for (const [register, name] of [
            [LIGHT, "illuminance"],
            [UV, "uv_index"],
        ] as const) {
            const value = this.fresh.get(register)
            if (address > register || address + length < register + 3 || value === undefined)
                continue
            this.handOut(name, value)
            this.fresh.delete(register)
            // The flag stands until the data were read.
            this.registers[STATUS] &= ~DATA_READY
        }
    }

    protected override readValue(address: number): number {
        const value = this.registers[address]
        if (address === STATUS) this.registers[STATUS] &= ~POWER_ON
        return value
    }

    private advance(): void {
        while (this.readyAt !== undefined && this.readyAt <= this.nowMs && !this.faults.stuckBusy) {
            this.measure(this.readyAt)
            this.readyAt += Math.max(this.conversionMs(), RATES[this.registers[RATE] & 7])
        }
    }

    private measure(at: number): void {
        const isUv = (this.registers[CONTROL] & UV_MODE) !== 0
        const [bits, ms] = this.resolution()
        const gain = GAINS[this.registers[GAIN]] ?? 1
        const truth = this.inputAt(isUv ? "uv_index" : "illuminance", at)
        const perUnit = isUv ? (UV_SENSITIVITY * gain * ms) / (18 * 400) : (gain * ms) / (0.6 * 100)
        const counts = Math.min(2 ** bits - 1, Math.round(truth * perUnit))
        const register = isUv ? UV : LIGHT
        for (let i = 0; i < 3; i++) this.registers[register + i] = (counts >> (8 * i)) & 0xff
        this.fresh.set(register, truth)
        this.registers[STATUS] |= DATA_READY
    }

    private resolution(): readonly number[] {
        return RESOLUTIONS[this.registers[RATE] >> 4] ?? RESOLUTIONS[0]
    }

    private conversionMs(): number {
        return LONGEST * this.resolution()[1]
    }
}
