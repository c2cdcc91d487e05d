/**
 * Register model of Bosch BMP280 and BME280. BST-BMP280-DS001-11 (revision
 * 1.14, May 2015) and BST-BME280-DS001-24 (revision 1.24); of the latter:
 * power modes 3.3, memory map 5.3, registers 5.4, I2C 6.2, longest measurement times 9.1.
 * The IIR filter is not modelled: switching it on is logged.
 */
import { type ModelChannel } from "../register-model.js"
import { type RegisterRule } from "../registers/register-map-model.js"
import { BoschModel, RESET, readOnly, resultFor, stepOf, timesOf, wordsOf } from "./bosch-model.js"
import { type Bmx280Coefficients, fineOf, pascalOf, percentOf } from "./bmx280-formulas-model.js"

const CTRL_HUM = 0xf2
const STATUS = 0xf3
const CTRL_MEAS = 0xf4
const CONFIG = 0xf5
const DATA = 0xf7
const MEASURING = 0x08
const COPYING = 0x01
const MODE = 0x03
const START_MS = 2
/** Times of a standby in normal mode, ms, and so the longest cycle (BMP280's; BME280 ends with 10 and 20). */
const STANDBY_MS = [0.5, 62.5, 125, 250, 500, 1000, 2000, 4000]

export interface Bmx280Options {
    readonly part: string
    readonly address: number
    readonly chipId: number
    readonly coefficients: Bmx280Coefficients
}

export class Bmx280Model extends BoschModel {
    readonly part: string
    readonly channels: readonly ModelChannel[]
    protected readonly rules: ReadonlyMap<number, RegisterRule>

    private readonly coefficients: Bmx280Coefficients
    private copiedAt = 0
    /** End of the measurement in progress; Infinity when there is none. */
    private readyAt = Infinity
    /** In force since the last write of ctrl_meas. */
    private humidityBits = 0
    private truth: readonly [string, number][] = []

    constructor({ part, address, chipId, coefficients }: Bmx280Options) {
        super(address)
        this.part = part
        this.coefficients = coefficients
        this.rules = new Map(rulesOf(chipId, coefficients))
        this.channels = [
            { name: "temperature", unit: "Cel", min: -40, max: 85, epsilon: 0.0014 },
            { name: "pressure", unit: "Pa", min: 30000, max: 110000, epsilon: 0.5 },
            ...(coefficients.H === undefined
                ? []
                : [{ name: "humidity", unit: "%RH", min: 0, max: 100, epsilon: 0.008 }]),
        ]
    }

    protected override powerUp(): void {
        super.powerUp()
        this.copiedAt = this.nowMs + START_MS
        this.readyAt = Infinity
        this.humidityBits = 0
        this.truth = []
    }

    protected override written(address: number, value: number): void {
        super.written(address, value)
        this.advance()
        if (address === CONFIG) {
            if ((this.registers[CTRL_MEAS] & MODE) === MODE)
                this.illegal("config in normal mode; it may be ignored")
            if (((value >> 2) & 7) !== 0) this.illegal("filter on, which this model does not have")
        }
        if (address !== CTRL_MEAS) return
        this.humidityBits = this.registers[CTRL_HUM]
        this.readyAt = (value & MODE) === 0 ? Infinity : this.nowMs + this.measureMs()
    }

    protected override beforeRead(address: number): void {
        this.advance()
        if (
            this.nowMs < this.copiedAt &&
            ((address >= 0x88 && address <= 0xa1) || address === 0xe1)
        )
            this.illegal("read of calibration data while they are being copied")
        if (address < DATA) return
        for (const [name, value] of this.truth) this.handOut(name, value)
        this.truth = []
    }

    protected override readValue(address: number): number {
        const isCalibration =
            (address >= 0x88 && address <= 0xa1) || (address > RESET && address < 0xf0)
        if (isCalibration && this.nowMs < this.copiedAt) return 0
        if (address !== STATUS) return super.readValue(address)
        const isMeasuring = this.faults.stuckBusy || this.readyAt <= this.nowMs + this.measureMs()
        return (isMeasuring ? MEASURING : 0) | (this.nowMs < this.copiedAt ? COPYING : 0)
    }

    /** Ends the measurements that are due; a forced one falls back to sleep mode. */
    private advance(): void {
        if (this.nowMs < this.readyAt || this.faults.stuckBusy) return
        const isNormal = (this.registers[CTRL_MEAS] & MODE) === MODE
        const cycle = this.measureMs() + STANDBY_MS[this.registers[CONFIG] >> 5]
        const further = isNormal ? Math.floor((this.nowMs - this.readyAt) / cycle) : 0
        const last = this.readyAt + further * cycle
        this.measure(last)
        this.readyAt = isNormal ? last + cycle : Infinity
        if (!isNormal) this.registers[CTRL_MEAS] &= ~MODE
    }

    private measure(at: number): void {
        const { coefficients: c } = this
        const control = this.registers[CTRL_MEAS]
        const [temperature, pressure, humidity] = this.channels.map(({ name }) =>
            this.inputAt(name, at)
        )
        const truth: [string, number][] = []
        const steps = { t: stepOf(control >> 5), p: stepOf((control >> 2) & 7) }
        const t = resultFor(adc => fineOf(c, adc) / 5120, temperature, 0xfffff, steps.t ?? 1)
        const fine = fineOf(c, t)
        this.setResult(DATA + 3, steps.t === undefined ? 0x80000 : t)
        if (steps.t !== undefined) truth.push(["temperature", temperature])
        const p = resultFor(adc => pascalOf(c, adc, fine), pressure, 0xfffff, steps.p ?? 1)
        this.setResult(DATA, steps.p === undefined ? 0x80000 : p)
        if (steps.p !== undefined) truth.push(["pressure", pressure])
        if (c.H !== undefined) {
            const isOn = (this.humidityBits & 7) !== 0
            const h = resultFor(adc => percentOf(c, adc, fine), humidity, 0xffff, 1)
            this.setWord(DATA + 6, isOn ? h : 0x8000)
            if (isOn) truth.push(["humidity", humidity])
        }
        this.truth = truth
    }

    /** Longest time of one measurement with the oversampling that is set. */
    private measureMs(): number {
        const control = this.registers[CTRL_MEAS]
        const t = timesOf(control >> 5)
        const p = timesOf((control >> 2) & 7)
        const h = timesOf(this.humidityBits & 7)
        return 1.25 + 2.3 * (t + p + h) + (p > 0 ? 0.575 : 0) + (h > 0 ? 0.575 : 0)
    }
}

function rulesOf(chipId: number, { T, P, H }: Bmx280Coefficients): [number, RegisterRule][] {
    const rules: [number, RegisterRule][] = [
        ...readOnly("calibration", 0x88, wordsOf([...T, ...P])),
        [0xd0, { name: "id", initial: chipId }],
        [RESET, { name: "reset", writable: true }],
        [STATUS, { name: "status" }],
        [CTRL_MEAS, { name: "ctrl_meas", writable: true }],
        [CONFIG, { name: "config", writable: true, mask: 0xfd }],
        ...readOnly("data", DATA, [0x80, 0, 0, 0x80, 0, 0]),
    ]
    if (H === undefined) return rules
    const [h1, h2, h3, h4, h5, h6] = H
    const shared = (h4 & 15) | ((h5 & 15) << 4)
    return [
        ...rules,
        ...readOnly("calibration", 0xa0, [0, h1]),
        ...readOnly("calibration", 0xe1, [
            ...wordsOf([h2]),
            h3,
            (h4 >> 4) & 0xff,
            shared,
            (h5 >> 4) & 0xff,
            h6 & 0xff,
        ]),
        [CTRL_HUM, { name: "ctrl_hum", writable: true, mask: 0x07 }],
        ...readOnly("data", DATA + 6, [0x80, 0]),
    ]
}
