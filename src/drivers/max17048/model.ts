/**
 * Register model of Maxim MAX17048, fuel gauge of one cell.
 * Datasheet "MAX17048/MAX17049", 19-6171 revision 7 (November 2016): registers table 2, hibernation, power-up. Its algorithm
 * is not public: state of charge and rate are inputs, so compensation only keeps its setting and the
 * threshold ActThr, which compares with the open-circuit voltage, ends no hibernation. Not modelled, and
 * logged: the alert after a reset of the comparator (EnVR).
 */
import {
    TRANSFER_NACK_DATA,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"
import { WordMapModel, type WordRule } from "../shared/registers/word-map-model.js"

const VCELL = 0x02
const SOC = 0x04
const MODE = 0x06
const HIBRT = 0x0a
const CONFIG = 0x0c
const VALRT = 0x14
const CRATE = 0x16
const STATUS = 0x1a
const COMMAND = 0xfe
const POWER_ON_RESET = 0x5400
const UPDATE_MS = 250
const HIBERNATING_MS = 45_000
const HIBERNATES_AFTER_MS = 6 * 60_000
/** Until the first state of charge: "approximately 1 s", by a time base of ±3.5 %. */
const START_MS = 1035
/** Counts of CRATE and of HIBRT's high byte, HibThr, 1/h. */
const RATE_STEP = 0.00208
/** How often the rate of the last 6 min is looked at, ms. */
const LOOK_MS = 30_000
/** MODE: may sleep; hibernates (can only be read). CONFIG: sleeps; alert at each percent; alert. */
const MAY_SLEEP = 0x2000
const HIBERNATES = 0x1000
const SLEEP = 0x80
const EACH_PERCENT = 0x40
const ALERT = 0x20
/** STATUS: enables the alert of a reset; the alerts. */
const ENABLE_RESET_ALERT = 0x4000
const STATE_CHANGED = 0x2000
const LOW_CHARGE = 0x1000
const LOW_VOLTAGE = 0x0400
const HIGH_VOLTAGE = 0x0200

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
        [MODE, { name: "MODE", writable: true, mask: 0x2000, reserved: 0x9fff }],
        [0x08, { name: "VERSION", initial: 0x0012 }],
        [HIBRT, { name: "HIBRT", initial: 0x8030, writable: true }],
        [CONFIG, { name: "CONFIG", initial: 0x971c, writable: true }],
        [VALRT, { name: "VALRT", initial: 0x00ff, writable: true }],
        [CRATE, { name: "CRATE" }],
        [0x18, { name: "VRESET/ID", initial: 0x960c, writable: true, mask: 0xff00 }],
        [STATUS, { name: "STATUS", initial: 0x0100, writable: true, mask: 0x7f00 }],
        [COMMAND, { name: "CMD", writable: true, mask: 0, initial: 0xffff }],
    ])
    private poweredAt = 0
    private readonly truth = new Map<string, number>()
    /** Whole percent of the measurement before. */
    private percent: number | undefined

    constructor(address = 0x36) {
        super(address)
    }

    protected override powerUp(): void {
        super.powerUp()
        this.poweredAt = this.nowMs
        this.percent = undefined
        this.truth.clear()
    }

    /** A reset comes with the last bit of its command, and nobody is left to acknowledge that. */
    protected override onWrite(bytes: Uint8Array): TransferStatus {
        const isReset = bytes[0] === COMMAND && ((bytes[1] << 8) | bytes[2]) === POWER_ON_RESET
        const status = super.onWrite(bytes)
        return isReset ? TRANSFER_NACK_DATA : status
    }

    protected override written(address: number, raw: number): void {
        if (address === COMMAND && raw === POWER_ON_RESET) this.powerUp()
        if (address === STATUS && (raw & ENABLE_RESET_ALERT) !== 0)
            this.illegal("alert of a reset, which this model does not have")
    }

    protected override readValue(address: number): number {
        this.advance()
        if (address === MODE && this.isHibernating()) return this.words[MODE] | HIBERNATES
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
        const isAsleep = (this.words[MODE] & MAY_SLEEP) !== 0 && (this.words[CONFIG] & SLEEP) !== 0
        if (age < START_MS || this.faults.stuckBusy || isAsleep) return
        const every = this.isHibernating() ? HIBERNATING_MS : UPDATE_MS
        const at = this.nowMs - (age - Math.floor(age / every) * every)
        for (const { name } of this.channels) this.truth.set(name, this.inputAt(name, at))
        const [volts, level, rate] = this.channels.map(({ name }) => this.truth.get(name) as number)
        this.words[VCELL] = Math.round(volts / 78.125e-6)
        this.words[SOC] = Math.round(level * 256)
        this.words[CRATE] = Math.round(rate / RATE_STEP) & 0xffff
        this.alert(volts, level)
    }

    private alert(volts: number, level: number): void {
        const limits = this.words[VALRT]
        const config = this.words[CONFIG]
        const percent = Math.floor(level)
        let alerts = 0
        if (volts > 0.02 * (limits & 0xff)) alerts |= HIGH_VOLTAGE
        if (volts < 0.02 * (limits >> 8)) alerts |= LOW_VOLTAGE
        if (level < 32 - (config & 0x1f)) alerts |= LOW_CHARGE
        const hasChanged = this.percent !== undefined && percent !== this.percent
        if ((config & EACH_PERCENT) !== 0 && hasChanged) alerts |= STATE_CHANGED
        this.percent = percent
        if ((alerts & ~this.words[STATUS]) !== 0) this.words[CONFIG] |= ALERT
        this.words[STATUS] |= alerts
    }

    /** After 6 min in which the rate was below HibThr, the high byte of its register (figure 9). */
    private isHibernating(): boolean {
        const threshold = (this.words[HIBRT] >> 8) * RATE_STEP
        if (this.nowMs - this.poweredAt <= HIBERNATES_AFTER_MS) return false
        for (let ago = 0; ago <= HIBERNATES_AFTER_MS; ago += LOOK_MS)
            if (Math.abs(this.inputAt("charge_rate", this.nowMs - ago)) >= threshold) return false
        return true
    }
}
