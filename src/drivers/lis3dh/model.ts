/**
 * Register model of STMicroelectronics LIS3DH.
 * Datasheet "LIS3DH", DocID17530 revision 2 (December 2016): sensitivity table 4, bus 6.1, rates,
 * modes and turn-on times 3.2 with tables 10 and 11, registers 8. FIFO, clicks, the second interrupt, self
 * test and the auxiliary converter are not modelled: switching them on is logged.
 */
import { type ModelChannel, type TransferStatus } from "../shared/register-model.js"
import { RegisterMapModel, type RegisterRule } from "../shared/registers/register-map-model.js"

const G = 9.80665
const CTRL1 = 0x20
const CTRL2 = 0x21
const CTRL4 = 0x23
const CTRL5 = 0x24
const STATUS = 0x27
const OUT = 0x28
const LAST_OUT = 0x2d
const INT1_CFG = 0x30
const INT1_SRC = 0x31
const INT1_THS = 0x32
const NEW_DATA = 0x0f
const ACTIVE = 0x40
/** Slowest clock: the datasheet gives no tolerance for it; that of the family. */
const SLOWEST = 0.9
const RATES = [0, 1, 10, 25, 50, 100, 200, 400]
/** Low power: 8 bits; normal: 10; high resolution: 12 (table 10). */
const LOW_POWER = 0x08
const HIGH_RESOLUTION = 0x08
const BIG_ENDIAN = 0x40
const MG_PER_DIGIT = [1, 2, 4, 12]
const MG_PER_THRESHOLD = [16, 32, 62, 186]
/** Cut-off of the high-pass: rate / 50 in its first setting. */
const HIGH_PASS = 1 / (1 + (2 * Math.PI) / 50)
/** The filter is worked out over this time at most, ms. */
const FILTER_MS = 10_000

/** Bits that switch on what is not modelled, by register. */
const NOT_MODELLED: ReadonlyMap<number, readonly [number, string]> = new Map([
    [0x1f, [0xc0, "auxiliary converter"]],
    [CTRL4, [0x06, "self test"]],
    [CTRL5, [0x40, "FIFO"]],
    [0x2e, [0xc0, "FIFO"]],
    [0x34, [0x3f, "second interrupt"]],
    [0x38, [0x3f, "clicks"]],
    [0x3e, [0x7f, "sleep to wake"]],
])

function plain(name: string, initial = 0): RegisterRule {
    return { name, initial, writable: true }
}

export class LIS3DHModel extends RegisterMapModel {
    readonly part = "STMicroelectronics LIS3DH"
    readonly channels: readonly ModelChannel[] = ["x", "y", "z"].map(axis => ({
        name: `acceleration_${axis}`,
        unit: "m/s2",
        min: -16 * G,
        max: 16 * G,
        epsilon: 0.0005 * G,
    }))
    protected readonly rules: ReadonlyMap<number, RegisterRule> = new Map<number, RegisterRule>([
        [0x07, { name: "STATUS_REG_AUX" }],
        ...Array.from({ length: 6 }, (_, i) => [0x08 + i, { name: "OUT_ADC" }] as const),
        [0x0f, { name: "WHO_AM_I", initial: 0x33 }],
        [0x1e, plain("CTRL_REG0", 0x10)],
        [0x1f, plain("TEMP_CFG_REG")],
        [CTRL1, plain("CTRL_REG1", 0x07)],
        [CTRL2, plain("CTRL_REG2")],
        [0x22, plain("CTRL_REG3")],
        [CTRL4, plain("CTRL_REG4")],
        [CTRL5, plain("CTRL_REG5")],
        [0x25, plain("CTRL_REG6")],
        [0x26, plain("REFERENCE")],
        [STATUS, { name: "STATUS_REG" }],
        ...Array.from({ length: 6 }, (_, i) => [OUT + i, { name: "OUT" }] as const),
        [0x2e, plain("FIFO_CTRL_REG")],
        [0x2f, { name: "FIFO_SRC_REG", initial: 0x20 }],
        [INT1_CFG, plain("INT1_CFG")],
        [INT1_SRC, { name: "INT1_SRC" }],
        [INT1_THS, { ...plain("INT1_THS"), mask: 0x7f }],
        [0x33, { ...plain("INT1_DURATION"), mask: 0x7f }],
        [0x34, plain("INT2_CFG")],
        [0x35, { name: "INT2_SRC" }],
        [0x36, { ...plain("INT2_THS"), mask: 0x7f }],
        [0x37, { ...plain("INT2_DURATION"), mask: 0x7f }],
        [0x38, { ...plain("CLICK_CFG"), mask: 0x3f }],
        [0x39, { name: "CLICK_SRC" }],
        [0x3a, plain("CLICK_THS")],
        [0x3b, { ...plain("TIME_LIMIT"), mask: 0x7f }],
        [0x3c, plain("TIME_LATENCY")],
        [0x3d, plain("TIME_WINDOW")],
        [0x3e, { ...plain("ACT_THS"), mask: 0x7f }],
        [0x3f, plain("ACT_DUR")],
    ])
    /** Bit 7 of the register's address: it counts up. */
    private isBurst = false
    /** When the next data are due; undefined while powered down. */
    private nextAt: number | undefined
    private truth: readonly number[] | undefined
    private filtered = [0, 0, 0]
    private before = [0, 0, 0]

    constructor(address = 0x18) {
        super(address)
    }

    protected override powerUp(): void {
        super.powerUp()
        this.nextAt = undefined
        this.truth = undefined
        this.filtered = [0, 0, 0]
        this.before = [0, 0, 0]
    }

    protected override onWrite(bytes: Uint8Array): TransferStatus {
        this.advance()
        this.isBurst = (bytes[0] & 0x80) !== 0
        if (!this.isBurst && bytes.length > 2)
            this.illegal("several bytes to one register: bit 7 of its address is not set")
        return super.onWrite(Uint8Array.of(bytes[0] & 0x7f, ...bytes.subarray(1)))
    }

    protected override next(address: number): number {
        return this.isBurst ? (address + 1) & 0x7f : address
    }

    protected override written(address: number): void {
        const unknown = NOT_MODELLED.get(address)
        if (unknown !== undefined && (this.registers[address] & unknown[0]) !== 0)
            this.illegal(`${unknown[1]}, which this model does not have`)
        if (address !== CTRL1 && address !== CTRL4) return
        if (this.isLowPower() && (this.registers[CTRL4] & HIGH_RESOLUTION) !== 0)
            this.illegal("low power and high resolution at once")
        const isOn = this.period() !== undefined
        // 7 periods until the data are valid in high resolution, 1 otherwise.
        const turnOn = (this.registers[CTRL4] & 0x08) !== 0 ? 7 : 1
        this.nextAt = isOn ? this.nowMs + turnOn * (this.period() as number) : undefined
        this.registers[STATUS] = 0
        this.truth = undefined
    }

    protected override beforeRead(): void {
        this.advance()
    }

    protected override readValue(address: number): number {
        const byte = this.registers[address]
        if (address === INT1_SRC) this.registers[INT1_SRC] = 0
        if (address === LAST_OUT) {
            this.truth?.forEach((value, i) => this.handOut(this.channels[i].name, value))
            this.registers[STATUS] = 0
        }
        return byte
    }

    /** Brings data and interrupts up to now. */
    private advance(): void {
        const period = this.period()
        if (this.nextAt === undefined || period === undefined) return
        if (this.nowMs < this.nextAt || this.faults.stuckBusy) return
        const last = this.nextAt + Math.floor((this.nowMs - this.nextAt) / period) * period
        if (this.registers[INT1_CFG] !== 0) {
            const from = Math.max(this.nextAt, last - Math.floor(FILTER_MS / period) * period)
            for (let at = from; at <= last + 1e-6; at += period) this.filter(at)
        }
        const truth = this.channels.map(({ name }) => this.inputAt(name, last))
        truth.forEach((value, i) => this.setAxis(i, value))
        this.registers[STATUS] |= NEW_DATA
        this.truth = truth
        this.nextAt = last + period
    }

    private setAxis(axis: number, value: number): void {
        const bits = this.bits()
        const coarse = 1 << (12 - bits)
        const mg = coarse * MG_PER_DIGIT[(this.registers[CTRL4] >> 4) & 3]
        const end = 1 << (bits - 1)
        const digits = Math.min(end - 1, Math.max(-end, Math.round((1000 * value) / G / mg)))
        const word = (digits << (16 - bits)) & 0xffff
        const isBigEndian = (this.registers[CTRL4] & BIG_ENDIAN) !== 0
        this.registers[OUT + 2 * axis + (isBigEndian ? 1 : 0)] = word & 0xff
        this.registers[OUT + 2 * axis + (isBigEndian ? 0 : 1)] = word >> 8
    }

    private isLowPower(): boolean {
        return (this.registers[CTRL1] & LOW_POWER) !== 0
    }

    private bits(): number {
        if (this.isLowPower()) return 8
        return (this.registers[CTRL4] & HIGH_RESOLUTION) !== 0 ? 12 : 10
    }

    /** High-pass of first order; events of the enabled axes are latched when CTRL_REG5 says so. */
    private filter(at: number): void {
        const isFiltered = (this.registers[CTRL2] & 0x01) !== 0
        const threshold =
            this.registers[INT1_THS] * MG_PER_THRESHOLD[(this.registers[CTRL4] >> 4) & 3]
        let source = 0
        this.channels.forEach(({ name }, i) => {
            const mg = (1000 * this.inputAt(name, at)) / G
            this.filtered[i] = HIGH_PASS * (this.filtered[i] + mg - this.before[i])
            this.before[i] = mg
            const looked = Math.abs(isFiltered ? this.filtered[i] : mg)
            if (looked > threshold) source |= 2 << (2 * i)
        })
        source &= this.registers[INT1_CFG]
        const isLatched = (this.registers[CTRL5] & 0x08) !== 0
        if (source !== 0) this.registers[INT1_SRC] = ACTIVE | source
        else if (!isLatched) this.registers[INT1_SRC] = 0
    }

    /** ms between data; undefined while powered down. */
    private period(): number | undefined {
        const code = this.registers[CTRL1] >> 4
        const rate = RATES[code] ?? (code === 8 ? 1600 : this.isLowPower() ? 5376 : 1344)
        return rate === 0 ? undefined : 1000 / (rate * SLOWEST)
    }
}
