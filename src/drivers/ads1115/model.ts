/**
 * Register model of Texas Instruments ADS1115.
 * Datasheet "ADS111x", SBAS444D (January 2018): data rate and its tolerance 7.5, power-up
 * 9.4.1, modes 9.4.2, data format 9.5.4, registers 9.6. The comparator only keeps its settings.
 */
import { type ModelChannel } from "../shared/register-model.js"
import { WordMapModel, type WordRule } from "../shared/registers/word-map-model.js"

const CONVERSION = 0x00
const CONFIG = 0x01
const OS = 0x8000
const SINGLE_SHOT = 0x0100
const FULL_SCALES = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256]
const RATES = [8, 16, 32, 64, 128, 250, 475, 860]
/** Slowest oscillator: −10 %. */
const SLOWEST = 0.9
/** Positive and negative input by MUX; 4 is GND. */
const MUX = ["01", "03", "13", "23", "04", "14", "24", "34"]

export class ADS1115Model extends WordMapModel {
    readonly part = "Texas Instruments ADS1115"
    readonly channels: readonly ModelChannel[] = ["a0", "a1", "a2", "a3"].map(name => ({
        name,
        unit: "V",
        min: -0.3,
        max: 5.8,
        epsilon: 0.5 * (6.144 / 32768),
    }))
    protected readonly rules: ReadonlyMap<number, WordRule> = new Map([
        [CONVERSION, { name: "Conversion" }],
        [CONFIG, { name: "Config", initial: 0x0583, writable: true, mask: 0x7fff }],
        [0x02, { name: "Lo_thresh", initial: 0x8000, writable: true }],
        [0x03, { name: "Hi_thresh", initial: 0x7fff, writable: true }],
    ])
    /** End of the conversion in progress; undefined: none. */
    private readyAt: number | undefined
    private truth: ReadonlyMap<string, number> = new Map()

    constructor(address = 0x48) {
        super(address)
    }

    protected override powerUp(): void {
        super.powerUp()
        this.readyAt = undefined
        this.truth = new Map()
    }

    protected override written(address: number, raw: number): void {
        if (address !== CONFIG) return
        this.advance()
        const isContinuous = (raw & SINGLE_SHOT) === 0
        if ((raw & OS) !== 0 && this.readyAt !== undefined && !isContinuous)
            this.illegal("a conversion is started while one is running; it has no effect")
        else if (isContinuous || (raw & OS) !== 0) this.readyAt = this.nowMs + this.duration()
    }

    protected override readValue(address: number): number {
        this.advance()
        if (address === CONFIG) return this.words[CONFIG] | (this.readyAt === undefined ? OS : 0)
        if (address === CONVERSION) {
            if (this.readyAt !== undefined && this.truth.size === 0)
                this.illegal("read before the first conversion is ready")
            for (const [name, value] of this.truth) this.handOut(name, value)
        }
        return this.words[address]
    }

    /** Ends the conversion that is due; in continuous mode, the newest of them. */
    private advance(): void {
        if (this.readyAt === undefined || this.nowMs < this.readyAt || this.faults.stuckBusy) return
        const isContinuous = (this.words[CONFIG] & SINGLE_SHOT) === 0
        const further = isContinuous ? Math.floor((this.nowMs - this.readyAt) / this.duration()) : 0
        const at = this.readyAt + further * this.duration()
        const config = this.words[CONFIG]
        const [positive, negative] = MUX[(config >> 12) & 7]
        const truth = new Map<string, number>()
        const volts = (pin: string) => {
            if (pin === "4") return 0
            truth.set(`a${pin}`, this.inputAt(`a${pin}`, at))
            return truth.get(`a${pin}`) as number
        }
        const counts = Math.round(
            ((volts(positive) - volts(negative)) / FULL_SCALES[(config >> 9) & 7]) * 32768
        )
        this.words[CONVERSION] = Math.min(32767, Math.max(-32768, counts)) & 0xffff
        this.truth = truth
        this.readyAt = isContinuous ? at + this.duration() : undefined
    }

    private duration(): number {
        return 1000 / (RATES[(this.words[CONFIG] >> 5) & 7] * SLOWEST)
    }
}
