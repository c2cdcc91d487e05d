/**
 * Register model of Maxim MAX17048, fuel gauge of one cell.
 * Datasheet "MAX17048/MAX17049", 19-6171 revision 7 (November 2016): registers table 2, hibernation, power-up. Its algorithm
 * is not public: state of charge and rate are inputs. Compensation and alerts only keep their settings.
 */
import { type ModelChannel } from "../register-model.js"
import { WordMapModel, type WordRule } from "../registers/word-map-model.js"

const VCELL = 0x02
const SOC = 0x04
const HIBRT = 0x0a
const CRATE = 0x16
const COMMAND = 0xfe
const POWER_ON_RESET = 0x5400
const UPDATE_MS = 250
const HIBERNATING_MS = 45_000
const HIBERNATES_AFTER_MS = 6 * 60_000
/** Until the first state of charge; no maximum is stated. */
const START_MS = 1000
/** Counts of CRATE and of HIBRT's upper byte (HibThr), 1/h. */
const RATE_STEP = 0.00208

export class MAX17048Model extends WordMapModel {
    readonly part = "Maxim MAX17048"
    readonly channels: readonly ModelChannel[] = [
        { name: "battery_voltage", unit: "V", min: 0, max: 5.1199, epsilon: 39.1e-6 },
        { name: "battery_level", unit: "%EL", min: 0, max: 100, epsilon: 1 / 512 },
        { name: "charge_rate", unit: "1/h", min: -68, max: 68, epsilon: RATE_STEP / 2 },
    ]
    protected readonly rules: ReadonlyMap<number, WordRule> = new Map([
        [VCELL, { name: "VCELL" }],
        [SOC, { name: "SOC" }],
        [0x06, { name: "MODE", writable: true, mask: 0x2000, reserved: 0x8fff }],
        [0x08, { name: "VERSION", initial: 0x0012 }],
        [HIBRT, { name: "HIBRT", initial: 0x8030, writable: true }],
        [0x0c, { name: "CONFIG", initial: 0x971c, writable: true }],
        [0x14, { name: "VALRT", initial: 0x00ff, writable: true }],
        [CRATE, { name: "CRATE" }],
        [0x18, { name: "VRESET/ID", initial: 0x960c, writable: true, mask: 0xff00 }],
        [0x1a, { name: "STATUS", initial: 0x0100, writable: true, mask: 0x7f00 }],
        [COMMAND, { name: "CMD", writable: true, readable: false }],
    ])
    private poweredAt = 0
    private readonly truth = new Map<string, number>()

    constructor(address = 0x36) {
        super(address)
    }

    protected override powerUp(): void {
        super.powerUp()
        this.poweredAt = this.nowMs
        this.truth.clear()
    }

    protected override written(address: number, raw: number): void {
        if (address === COMMAND && raw === POWER_ON_RESET) this.powerUp()
    }

    protected override readValue(address: number): number {
        this.advance()
        const channel = { [VCELL]: 0, [SOC]: 1, [CRATE]: 2 }[address]
        if (channel === undefined) return this.words[address]
        const { name } = this.channels[channel]
        const truth = this.truth.get(name)
        if (truth === undefined) this.illegal("read before the first measurement")
        else this.handOut(name, truth)
        return this.words[address]
    }

    /** Brings the registers up to the newest measurement. */
    private advance(): void {
        const age = this.nowMs - this.poweredAt
        if (age < START_MS || this.faults.stuckBusy) return
        const every = this.isHibernating(age) ? HIBERNATING_MS : UPDATE_MS
        const at = this.nowMs - (age - Math.floor(age / every) * every)
        for (const { name } of this.channels) this.truth.set(name, this.inputAt(name, at))
        const [volts, level, rate] = this.channels.map(({ name }) => this.truth.get(name) as number)
        this.words[VCELL] = Math.round(volts / 78.125e-6)
        this.words[SOC] = Math.round(level * 256)
        this.words[CRATE] = Math.round(rate / RATE_STEP) & 0xffff
    }

    /** After 6 min in which the rate was low; here: for as long as the part has had power. */
    private isHibernating(age: number): boolean {
        const threshold = (this.words[HIBRT] >> 8) * RATE_STEP
        return age > HIBERNATES_AFTER_MS && Math.abs(this.input("charge_rate")) < threshold
    }
}
