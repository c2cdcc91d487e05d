/**
 * Register model of Texas Instruments INA219.
 * Datasheet "INA219", SBOS448G (December 2015): conversion times 6.5 and table 5, arithmetic
 * 8.5.1, registers 8.6. The model knows the shunt, so that its input is the current.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { WordMapModel, type WordRule } from "../shared/registers/word-map-model.js"

const CONFIG = 0x00
const SHUNT = 0x01
const BUS = 0x02
const POWER = 0x03
const CURRENT = 0x04
const CALIBRATION = 0x05
const RESET = 0x8000
const READY = 0x0002
const OVERFLOW = 0x0001
/** Full scale of the shunt by PG, steps of 10 µV. */
const SHUNT_FULL = [4000, 8000, 16_000, 32_000]
/** Typical conversion by ADC setting, ms (table 5); the longest ones take 586 / 532 of it. */
const CONVERSION_MS = [0.084, 0.148, 0.276, 0.532, 0.084, 0.148, 0.276, 0.532]
const AVERAGED_MS = [0.532, 1.06, 2.13, 4.26, 8.51, 17.02, 34.05, 68.1]
const LONGEST = 586 / 532

export class INA219Model extends WordMapModel {
    readonly part = "Texas Instruments INA219"
    readonly channels: readonly ModelChannel[]
    protected readonly rules: ReadonlyMap<number, WordRule> = new Map([
        [
            CONFIG,
            {
                name: "Configuration",
                initial: 0x399f,
                writable: true,
                mask: 0x3fff,
                reserved: 0x4000,
            },
        ],
        [SHUNT, { name: "Shunt voltage" }],
        [BUS, { name: "Bus voltage" }],
        [POWER, { name: "Power" }],
        [CURRENT, { name: "Current" }],
        [CALIBRATION, { name: "Calibration", writable: true, mask: 0xfffe }],
    ])
    private readyAt: number | undefined
    private truth: { readonly volts: number; readonly amperes: number } | undefined

    /** @param shuntOhms between its inputs */
    constructor(
        address = 0x40,
        private readonly shuntOhms = 0.1
    ) {
        super(address)
        const full = 0.32 / shuntOhms
        this.channels = [
            { name: "voltage", unit: "V", min: 0, max: 32, epsilon: 0.002 },
            { name: "current", unit: "A", min: -full, max: full, epsilon: 5e-6 / shuntOhms },
        ]
    }

    protected override powerUp(): void {
        super.powerUp()
        this.truth = undefined
        this.readyAt = this.nowMs + this.duration()
    }

    protected override written(address: number, raw: number): void {
        if (address === CALIBRATION) this.compute()
        if (address !== CONFIG) return
        if ((raw & RESET) !== 0) {
            this.powerUp()
            return
        }
        const mode = raw & 7
        if (mode === 0 || mode === 4) {
            this.readyAt = undefined
            return
        }
        this.words[BUS] &= ~READY
        this.readyAt = this.nowMs + this.duration()
    }

    protected override readValue(address: number): number {
        this.advance()
        if (this.truth !== undefined && address === BUS) this.handOut("voltage", this.truth.volts)
        if (this.truth !== undefined && address === SHUNT)
            this.handOut("current", this.truth.amperes)
        const word = this.words[address]
        if (address === POWER) this.words[BUS] &= ~READY
        return word
    }

    /** Ends what is due: bits 0 and 1 of the mode say whether the shunt and the bus are measured, bit 2 that it goes on. */
    private advance(): void {
        if (this.readyAt === undefined || this.nowMs < this.readyAt || this.faults.stuckBusy) return
        const config = this.words[CONFIG]
        const isContinuous = (config & 4) !== 0
        const further = isContinuous ? Math.floor((this.nowMs - this.readyAt) / this.duration()) : 0
        const at = this.readyAt + further * this.duration()
        const truth = { volts: this.inputAt("voltage", at), amperes: this.inputAt("current", at) }
        if ((config & 1) !== 0) {
            const full = SHUNT_FULL[(config >> 11) & 3]
            const steps = Math.round((truth.amperes * this.shuntOhms) / 10e-6)
            this.words[SHUNT] = Math.min(full, Math.max(-full, steps)) & 0xffff
        }
        if ((config & 2) !== 0) {
            const full = (config & 0x2000) !== 0 ? 8000 : 4000
            this.words[BUS] = Math.min(full, Math.round(truth.volts / 0.004)) << 3
        }
        this.truth = truth
        this.compute()
        this.words[BUS] |= READY
        this.readyAt = isContinuous ? at + this.duration() : undefined
    }

    private compute(): void {
        const shunt = (this.words[SHUNT] << 16) >> 16
        const current = Math.trunc((shunt * this.words[CALIBRATION]) / 4096)
        const power = Math.trunc((Math.abs(current) * (this.words[BUS] >> 3)) / 5000)
        this.words[CURRENT] = current & 0xffff
        this.words[POWER] = power & 0xffff
        const isOverflow = Math.abs(current) > 32767 || power > 0xffff
        this.words[BUS] = (this.words[BUS] & ~OVERFLOW) | (isOverflow ? OVERFLOW : 0)
    }

    private duration(): number {
        const config = this.words[CONFIG]
        const one = (adc: number) => ((adc & 8) === 0 ? CONVERSION_MS : AVERAGED_MS)[adc & 7]
        const shunt = (config & 1) !== 0 ? one((config >> 3) & 15) : 0
        const bus = (config & 2) !== 0 ? one((config >> 7) & 15) : 0
        return (shunt + bus) * LONGEST
    }
}
