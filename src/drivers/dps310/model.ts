/**
 * Register model of Infineon DPS310, datasheet version 1.2: start 4.5 and table 6, registers
 * 8, measurement times table 16, scale factors table 9. Measurements on command only; the
 * background modes and the FIFO are not modelled: switching them on is logged. The fault
 * of the temperature's gain is not in the datasheet: github.com/openbmc/openbmc/issues/2003.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { RegisterMapModel, type RegisterRule } from "../shared/registers/register-map-model.js"
import { readOnly, resultFor } from "../shared/bosch/bosch-model.js"
import { type Dps310Constants, SCALES, pascalOf, scaledOf } from "./formulas-model.js"

/** Of the usual size; no real part's are published. */
export const DPS310_EXAMPLE: Dps310Constants = {
    c0: 208,
    c1: -263,
    c00: 79646,
    c10: -52550,
    c01: -2989,
    c11: 1245,
    c20: -9723,
    c21: 150,
    c30: -1427,
}

export interface Dps310Options {
    readonly coefficients?: Dps310Constants
    /** The coefficients belong to the sensor element's temperature (1), not to the chip's (0); default 1. */
    readonly source?: 0 | 1
    /** A part whose temperature has too little gain until it is repaired. */
    readonly needsRepair?: boolean
}

const PRS_CFG = 0x06
const TMP_CFG = 0x07
const MEAS_CFG = 0x08
const CFG_REG = 0x09
const RESET = 0x0c
const COEF = 0x10
const COEF_END = 0x21
const COEF_SRCE = 0x28
const GAIN_STATE = 0x32
const UNLOCK = [0x0e, 0x0f] as const
const GAIN = 0x62
const SENSOR_MS = 12
const COEF_MS = 40
/** Measurement times by oversampling setting, ms. */
const MEASURE_MS = [3.6, 5.2, 8.4, 14.8, 27.6, 53.2, 104.4, 206.8]

export class DPS310Model extends RegisterMapModel {
    readonly part = "Infineon DPS310"
    readonly channels: readonly ModelChannel[] = [
        { name: "temperature", unit: "Cel", min: -40, max: 85, epsilon: 0.0001 },
        { name: "pressure", unit: "Pa", min: 30000, max: 120000, epsilon: 0.05 },
    ]
    protected readonly rules: ReadonlyMap<number, RegisterRule>

    private readonly coefficients: Dps310Constants
    private readonly source: number
    private readonly needsRepair: boolean
    private poweredAt = 0
    /** End of the measurement in progress, and of what. */
    private readyAt = Infinity
    private command = 0
    private ready = 0
    private truth = new Map<string, number>()

    constructor(address = 0x77, options: Dps310Options = {}) {
        super(address)
        this.coefficients = options.coefficients ?? DPS310_EXAMPLE
        this.source = (options.source ?? 1) << 7
        this.needsRepair = options.needsRepair ?? false
        this.rules = new Map(rulesOf(this.coefficients, this.source, this.needsRepair))
    }

    protected override powerUp(): void {
        super.powerUp()
        this.poweredAt = this.nowMs
        this.readyAt = Infinity
        this.ready = 0
        this.truth = new Map()
    }

    protected override written(address: number, value: number): void {
        this.advance()
        if (address === RESET) this.reset(value)
        if (address === MEAS_CFG) this.start(value & 7)
        if (address === CFG_REG && (value & 0x02) !== 0)
            this.illegal("FIFO on, which this model does not have")
        if (address !== GAIN) return
        const isUnlocked = this.registers[UNLOCK[0]] === 0xa5 && this.registers[UNLOCK[1]] === 0x96
        if (!isUnlocked) this.illegal("write to 0x62 while it is locked")
        else this.registers[GAIN_STATE] = value & 0x02
    }

    protected override beforeRead(address: number, length: number): void {
        this.advance()
        if (address >= COEF && address <= COEF_END && !this.hasCoefficients())
            this.illegal("read of the coefficients before they are ready")
        // A result is handed out once: reading it clears its flag.
        if (address === 0) this.read("pressure", 0x10)
        if (address <= 3 && address + length > 3) this.read("temperature", 0x20)
    }

    protected override readValue(address: number): number {
        if (address >= COEF && address <= COEF_END && !this.hasCoefficients()) return 0
        if (address !== MEAS_CFG) return super.readValue(address)
        const started = this.nowMs - this.poweredAt >= SENSOR_MS ? 0x40 : 0
        const isBusy = this.readyAt < Infinity
        return (
            (this.hasCoefficients() ? 0x80 : 0) | started | this.ready | (isBusy ? this.command : 0)
        )
    }

    private reset(value: number): void {
        if ((value & 15) === 0x09) this.powerUp()
        this.registers[RESET] = 0
    }

    private start(command: number): void {
        if (this.readyAt < Infinity) this.illegal("command while a measurement runs")
        if (command > 2) this.illegal("a mode that this model does not have")
        if (this.nowMs - this.poweredAt < SENSOR_MS) this.illegal("measurement while it starts")
        this.readyAt = Infinity
        if (command !== 1 && command !== 2) return
        this.command = command
        this.ready &= command === 1 ? ~0x10 : ~0x20
        const config = this.registers[command === 1 ? PRS_CFG : TMP_CFG]
        const shift = this.registers[CFG_REG] & (command === 1 ? 0x04 : 0x08)
        if ((config & 7) > 3 && shift === 0) this.illegal("more than 8 times without a shift")
        this.readyAt = this.nowMs + MEASURE_MS[config & 7]
    }

    private advance(): void {
        if (this.nowMs < this.readyAt || this.faults.stuckBusy) return
        const at = this.readyAt
        this.readyAt = Infinity
        const temperature = this.inputAt("temperature", at)
        const t = scaledOf(this.coefficients, temperature)
        if (this.command === 2) {
            const scale = SCALES[this.registers[TMP_CFG] & 7]
            this.setResult(3, Math.round(this.distorted(t) * scale))
            this.truth.set("temperature", temperature)
            this.ready |= 0x20
            return
        }
        const pressure = this.inputAt("pressure", at)
        const scale = SCALES[this.registers[PRS_CFG] & 7]
        const formula = (result: number) => pascalOf(this.coefficients, result / scale - 1, t)
        this.setResult(0, resultFor(formula, pressure, 2 * scale, 1) - scale)
        this.truth.set("pressure", pressure)
        this.ready |= 0x10
    }

    /** What the part makes of it with the other sensor's coefficients, or too little gain. */
    private distorted(t: number): number {
        const isOther = (this.registers[TMP_CFG] & 0x80) !== this.source
        const isWeak = this.needsRepair && this.registers[GAIN_STATE] === 0
        return (isOther ? 0.8 : 1) * (isWeak ? 0.5 : 1) * t
    }

    private read(name: string, flag: number): void {
        const value = this.truth.get(name)
        if (value !== undefined) this.handOut(name, value)
        this.truth.delete(name)
        this.ready &= ~flag
    }

    private hasCoefficients(): boolean {
        return this.nowMs - this.poweredAt >= COEF_MS
    }

    private setResult(address: number, value: number): void {
        this.registers[address] = (value >> 16) & 0xff
        this.setWord(address + 1, value & 0xffff)
    }
}

function rulesOf(
    c: Dps310Constants,
    source: number,
    needsRepair: boolean
): [number, RegisterRule][] {
    const words = [c.c01, c.c11, c.c20, c.c21, c.c30].flatMap(word => [word >> 8, word])
    const twelve = [c.c0 >> 4, (c.c0 << 4) | ((c.c1 >> 8) & 15), c.c1]
    const twenty = [c.c00 >> 12, c.c00 >> 4, (c.c00 << 4) | ((c.c10 >> 16) & 15), c.c10 >> 8, c.c10]
    return [
        ...readOnly("result", 0x00, [0, 0, 0, 0, 0, 0]),
        [PRS_CFG, { name: "PRS_CFG", writable: true, mask: 0x7f }],
        [TMP_CFG, { name: "TMP_CFG", writable: true, mask: 0xf7 }],
        [MEAS_CFG, { name: "MEAS_CFG", writable: true, mask: 0x07, readOnly: 0xf0 }],
        [CFG_REG, { name: "CFG_REG", writable: true }],
        [0x0a, { name: "INT_STS" }],
        [0x0b, { name: "FIFO_STS" }],
        [RESET, { name: "RESET", writable: true, mask: 0x8f }],
        [0x0d, { name: "ID", initial: 0x10 }],
        ...readOnly("COEF", COEF, Uint8Array.from([...twelve, ...twenty, ...words])),
        [COEF_SRCE, { name: "COEF_SRCE", initial: source }],
        [UNLOCK[0], { name: "0x0e", writable: true }],
        [UNLOCK[1], { name: "0x0f", writable: true }],
        [GAIN_STATE, { name: "0x32", initial: needsRepair ? 0 : 0x02 }],
        [GAIN, { name: "0x62", writable: true }],
    ]
}
