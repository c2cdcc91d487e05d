/**
 * Register model of Bosch BME680 and BME688 in forced mode. BST-BME680-DS001 and
 * BST-BME688-DS000, memory maps and register descriptions; times as in Bosch's
 * BME68x_SensorAPI 4.4.8. The IIR filter, the BME688's other modes and the heater's currents are
 * not modelled: switching them on is logged.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { type RegisterRule } from "../shared/registers/register-map-model.js"
import {
    BoschModel,
    RESET,
    readOnly,
    resultFor,
    stepOf,
    timesOf,
    wordsOf,
} from "../shared/bosch/bosch-model.js"
import {
    type Bme680Coefficients,
    fineOf,
    highOhmOf,
    hotPlateOf,
    lowOhmOf,
    pascalOf,
    percentOf,
} from "./formulas-model.js"

/** A real part's coefficients, as published in the tests of github.com/elixir-sensors/bmp280. */
export const BME680_EXAMPLE: Bme680Coefficients = {
    T: [26195, 26290, 3],
    P: [35395, -10405, 88, 4836, -118, 30, 26, -765, -3367, 30],
    H: [717, 1021, 0, 45, 20, 120, -100],
    GH: [-30, -5969, 18],
    resHeatRange: 1,
    resHeatVal: 50,
    rangeSwitchingError: 1,
}

const FIELD = 0x1d
const FIELD_END = 0x2d
const RES_HEAT = 0x5a
const GAS_WAIT = 0x64
const CTRL_GAS_0 = 0x70
const CTRL_GAS_1 = 0x71
const CTRL_HUM = 0x72
const CTRL_MEAS = 0x74
const CONFIG = 0x75
const NEW_DATA = 0x80
const MEASURING = 0x20
const GAS_VALID = 0x20
const HEAT_STABLE = 0x10
const FORCED = 1
/** Start-up time; a reset is taken to be as long. */
const START_MS = 2
/** Time that the hot plate needs to get hot ("20 to 30 ms"). */
const HEATING_MS = 30

export class BME680Model extends BoschModel {
    readonly part: string
    readonly channels: readonly ModelChannel[]
    /** Whether the hot plate can reach its temperature; a cold wind or a weak supply can prevent it. */
    heaterReaches = true
    /** Whether its gas measurements are valid. */
    gasValid = true
    protected readonly rules: ReadonlyMap<number, RegisterRule>

    private startedAt = 0
    private readyAt = Infinity
    private truth: readonly [string, number][] = []

    /** @param isHigh a BME688: gas results in other registers and another scale */
    constructor(
        address = 0x76,
        private readonly isHigh = false,
        private readonly coefficients = BME680_EXAMPLE
    ) {
        super(address)
        this.part = isHigh ? "Bosch BME688" : "Bosch BME680"
        this.rules = new Map(rulesOf(isHigh, coefficients))
        const [low, high] = isHigh ? [1500, 100_000_000] : [200, 12_000_000]
        this.channels = [
            { name: "temperature", unit: "Cel", min: -40, max: 85, epsilon: 0.0014 },
            { name: "pressure", unit: "Pa", min: 30000, max: 110000, epsilon: 0.5 },
            { name: "humidity", unit: "%RH", min: 0, max: 100, epsilon: 0.008 },
            { name: "gas_resistance", unit: "Ohm", min: low, max: high, epsilon: 0 },
        ]
    }

    /** Temperature of the hot plate in the latest measurement, °C. */
    hotPlate(): number {
        return hotPlateOf(
            this.coefficients,
            this.registers[RES_HEAT + this.profile()],
            this.input("temperature")
        )
    }

    protected override powerUp(): void {
        super.powerUp()
        this.startedAt = this.nowMs + START_MS
        this.readyAt = Infinity
        this.truth = []
    }

    protected override written(address: number, value: number): void {
        super.written(address, value)
        this.advance()
        if (address === CTRL_GAS_1 && (value & 15) > 9)
            this.illegal(`profile ${value & 15} of the heater; there are ten`)
        if (address >= 0x50 && address < RES_HEAT && value !== 0)
            this.illegal("current of the heater, which this model does not have")
        if (address === 0x73 && value !== 0) this.illegal("memory page of SPI, while it is on I2C")
        if (address === CONFIG && ((value >> 2) & 7) !== 0)
            this.illegal("filter on, which this model does not have")
        if (address !== CTRL_MEAS) return
        if (this.nowMs < this.startedAt) this.illegal("measurement while it starts")
        if ((value & 3) > FORCED) this.illegal("a mode that this model does not have")
        if ((value & 3) !== FORCED) return
        this.readyAt = this.nowMs + this.measureMs()
        this.registers[FIELD] = MEASURING
        this.truth = []
    }

    protected override beforeRead(address: number): void {
        this.advance()
        const isCalibration = (address >= 0x89 && address <= 0xa0) || address >= 0xe1 || address < 5
        if (isCalibration && address !== 0xf0 && this.nowMs < this.startedAt)
            this.illegal("read of calibration data while it starts")
        if (address < FIELD || address > FIELD_END) return
        for (const [name, value] of this.truth) this.handOut(name, value)
        this.truth = []
    }

    private advance(): void {
        if (this.nowMs < this.readyAt || this.faults.stuckBusy) return
        this.measure(this.readyAt)
        this.readyAt = Infinity
        this.registers[CTRL_MEAS] &= ~3
    }

    private measure(at: number): void {
        const { coefficients: c, registers } = this
        const truth = this.channels.map(({ name }): [string, number] => [
            name,
            this.inputAt(name, at),
        ])
        const [temperature, pressure, humidity, ohm] = truth.map(([, value]) => value)
        const t = stepOf(registers[CTRL_MEAS] >> 5)
        const p = stepOf((registers[CTRL_MEAS] >> 2) & 7)
        const word = resultFor(adc => fineOf(c, adc) / 5120, temperature, 0xfffff, t ?? 1)
        const fine = fineOf(c, word)
        this.setResult(FIELD + 5, t === undefined ? 0x80000 : word)
        const pascal = resultFor(adc => pascalOf(c, adc, fine), pressure, 0xfffff, p ?? 1)
        this.setResult(FIELD + 2, p === undefined ? 0x80000 : pascal)
        const isHumid = (registers[CTRL_HUM] & 7) !== 0
        const percent = resultFor(adc => percentOf(c, adc, fine), humidity, 0xffff, 1)
        this.setWord(FIELD + 8, isHumid ? percent : 0x8000)
        const isGas = this.runsGas()
        if (isGas) this.setGas(ohm)
        const isOn = [t !== undefined, p !== undefined, isHumid, isGas && this.gasValid]
        this.truth = truth.filter((_, i) => isOn[i])
        registers[FIELD] = NEW_DATA
    }

    /** The range in which the result comes closest to the middle of its scale. */
    private setGas(ohm: number): void {
        const formula = this.isHigh
            ? highOhmOf
            : (adc: number, range: number) => lowOhmOf(this.coefficients, adc, range)
        let best = { range: 0, adc: 0, distance: Infinity }
        for (let range = 0; range < 16; range++) {
            const adc = resultFor(result => formula(result, range), ohm, 1023, 1)
            const error = Math.abs(formula(adc, range) - ohm) / ohm
            const distance = Math.abs(adc - 512) + 1e6 * Math.floor(error * 500)
            if (distance < best.distance) best = { range, adc, distance }
        }
        const isStable = this.heaterReaches && this.gasWaitMs() >= HEATING_MS
        const flags = (this.gasValid ? GAS_VALID : 0) | (isStable ? HEAT_STABLE : 0)
        const at = FIELD + (this.isHigh ? 15 : 13)
        this.registers[at] = best.adc >> 2
        this.registers[at + 1] = ((best.adc & 3) << 6) | flags | best.range
    }

    private runsGas(): boolean {
        const run = this.registers[CTRL_GAS_1] & 0x30
        return run === (this.isHigh ? 0x20 : 0x10) && (this.registers[CTRL_GAS_0] & 8) === 0
    }

    private gasWaitMs(): number {
        const wait = this.registers[GAS_WAIT + this.profile()]
        return (wait & 63) * 4 ** (wait >> 6)
    }

    /** Number of the heater's profile that a measurement takes: nb_conv. */
    private profile(): number {
        return this.registers[CTRL_GAS_1] & 15
    }

    private measureMs(): number {
        const control = this.registers[CTRL_MEAS]
        const times = [control >> 5, (control >> 2) & 7, this.registers[CTRL_HUM] & 7].map(timesOf)
        const cycles = times.reduce((sum, n) => sum + n)
        return 1 + 1.963 * cycles + 0.477 * 9 + (this.runsGas() ? this.gasWaitMs() : 0)
    }
}

/** Registers of the ten profiles of the heater. */
function profiles(name: string, first: number): [number, RegisterRule][] {
    return Array.from({ length: 10 }, (_, i) => [
        first + i,
        { name: `${name}_${i}`, writable: true },
    ])
}

function rulesOf(isHigh: boolean, c: Bme680Coefficients): [number, RegisterRule][] {
    const [p1, p2, p3, p4, p5, p6, p7, p8, p9, p10] = c.P
    const [h1, h2, h3, h4, h5, h6, h7] = c.H
    const [gh1, gh2, gh3] = c.GH
    const first = [
        ...wordsOf([c.T[1]]),
        ...[c.T[2], 0],
        ...wordsOf([p1, p2]),
        ...[p3, 0],
        ...wordsOf([p4, p5]),
        ...[p7, p6, 0, 0],
        ...wordsOf([p8, p9]),
        p10,
    ]
    const humidity = [h2 >> 4, ((h2 & 15) << 4) | (h1 & 15), h1 >> 4, h3, h4, h5, h6, h7]
    const second = [...humidity, ...wordsOf([c.T[0], gh2]), gh1, gh3]
    const third = [c.resHeatVal, 0, c.resHeatRange << 4, 0, c.rangeSwitchingError << 4]
    const bytes = (values: number[]) => Uint8Array.from(values)
    const field = [0, 0, 0x80, 0, 0, 0x80, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0]
    return [
        ...readOnly("calibration", 0x8a, bytes(first)),
        ...readOnly("calibration", 0xe1, bytes(second)),
        ...readOnly("calibration", 0x00, bytes(third)),
        ...readOnly("field 0", FIELD, field),
        [0xd0, { name: "id", initial: 0x61 }],
        [0xf0, { name: "variant_id", initial: isHigh ? 1 : 0 }],
        [RESET, { name: "reset", writable: true }],
        ...profiles("idac_heat", 0x50),
        ...profiles("res_heat", RES_HEAT),
        ...profiles("gas_wait", GAS_WAIT),
        [0x6e, { name: "gas_wait_shared", writable: true }],
        [CTRL_GAS_0, { name: "ctrl_gas_0", writable: true, mask: 0x08 }],
        [CTRL_GAS_1, { name: "ctrl_gas_1", writable: true, mask: isHigh ? 0xbf : 0x9f }],
        [CTRL_HUM, { name: "ctrl_hum", writable: true, mask: 0x47 }],
        [CTRL_MEAS, { name: "ctrl_meas", writable: true }],
        [0x73, { name: "status", writable: true, mask: 0x10 }],
        // The rates of a sequence (config and ctrl_gas_1) are of no effect in forced mode.
        [CONFIG, { name: "config", writable: true, mask: 0xfd }],
    ]
}
