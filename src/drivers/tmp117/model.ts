/**
 * Register model of Texas Instruments TMP117.
 * Datasheet "TMP117", SNOSD82D (September 2022): timing 6.5, power-up 7.3.1, averaging 7.3.2,
 * modes 7.4, EEPROM 7.5.1, registers 7.6. Not modelled: wear of the EEPROM, its writes are counted.
 */
import { TRANSFER_OK, type ModelChannel, type TransferStatus } from "../shared/register-model.js"
import { WordMapModel, type WordRule } from "../shared/registers/word-map-model.js"

const RESULT = 0x00
const CONFIG = 0x01
const OFFSET = 0x07
const DATA_READY = 0x2000
const MODE = 0x0c00
const SHUTDOWN = 0x0400
const ONE_SHOT = 0x0c00
const SOFT_RESET = 0x0002
const UNLOCK = 0x8000
const EEPROM_BUSY = 0x4000
/** Programming one register's EEPROM (6.5). */
const PROGRAM_MS = 7
/** Configuration: alerts, and T/nA, by which they keep to a hysteresis instead. */
const HIGH_ALERT = 0x8000
const LOW_ALERT = 0x4000
const THERMOSTAT = 0x0010
const HIGH_LIMIT = 0x02
const LOW_LIMIT = 0x03
const EEPROM_UNLOCK = 0x04
const CONVERSION_MS = 17.5
const AVERAGES = [1, 8, 32, 64]
/** Length of a cycle by CONV, ms; conversions that take longer make it longer. */
const CYCLE_MS = [15.5, 125, 250, 500, 1000, 4000, 8000, 16_000]
const RESET_MS = 2

export class TMP117Model extends WordMapModel {
    readonly part = "Texas Instruments TMP117"
    readonly channels: readonly ModelChannel[] = [
        { name: "temperature", unit: "Cel", min: -256, max: 255.99, epsilon: 1 / 256 },
    ]
    protected readonly rules: ReadonlyMap<number, WordRule> = new Map([
        [RESULT, { name: "Temp_Result", initial: 0x8000 }],
        [
            CONFIG,
            {
                name: "Configuration",
                initial: 0x0220,
                writable: true,
                mask: 0x0ffc,
                reserved: 0x0001,
            },
        ],
        [0x02, { name: "THigh_Limit", initial: 0x6000, writable: true }],
        [0x03, { name: "TLow_Limit", initial: 0x8000, writable: true }],
        [EEPROM_UNLOCK, { name: "EEPROM_UL", writable: true, mask: UNLOCK }],
        [0x05, { name: "EEPROM1", writable: true, initial: 0x2581 }],
        [0x06, { name: "EEPROM2", writable: true, initial: 0x2482 }],
        [OFFSET, { name: "Temp_Offset", writable: true }],
        [0x08, { name: "EEPROM3", writable: true, initial: 0x9382 }],
        [0x0f, { name: "Device_ID", initial: 0x0117 }],
    ])
    /** What a reset brings back, by register: those of a new part that is not here. */
    readonly eeprom = new Map<number, number>()
    /** Writes of it; it stands 1,000 (6.5). */
    eepromWrites = 0

    private programmedAt = -Infinity
    private readyAt: number | undefined
    private resetUntil = 0
    private truth: number | undefined

    constructor(address = 0x48) {
        super(address)
    }

    protected override powerUp(): void {
        super.powerUp()
        for (const [address, word] of this.eeprom) this.words[address] = word
        this.resetUntil = this.nowMs + RESET_MS
        this.readyAt = this.resetUntil + this.duration()
        this.truth = undefined
    }

    /** Others set registers; the EEPROM is the owner's calibration. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        return super.othersWrites(random).filter(([address]) => address !== EEPROM_UNLOCK)
    }

    protected override onWrite(bytes: Uint8Array): TransferStatus {
        if (this.nowMs < this.resetUntil) this.illegal("access within 2 ms of a reset")
        this.advance()
        super.onWrite(bytes)
        return TRANSFER_OK
    }

    protected override written(address: number, raw: number): void {
        const isUnlocked = (this.words[EEPROM_UNLOCK] & UNLOCK) !== 0
        const isReset = address === CONFIG && (raw & SOFT_RESET) !== 0
        if (isUnlocked && address !== EEPROM_UNLOCK && !isReset) {
            if (this.isProgramming()) this.illegal("write while the EEPROM is programmed")
            this.eeprom.set(address, this.words[address])
            this.eepromWrites++
            this.programmedAt = this.nowMs
        }
        if (address !== CONFIG) return
        if (isReset) {
            this.powerUp()
            return
        }
        const isShutdown = (raw & MODE) === SHUTDOWN
        this.readyAt = isShutdown ? undefined : this.nowMs + this.duration()
    }

    protected override readValue(address: number): number {
        this.advance()
        let word = this.words[address]
        if (address === EEPROM_UNLOCK && this.isProgramming()) word |= EEPROM_BUSY
        // Reading either register clears the flag.
        if (address === CONFIG || address === RESULT) this.words[CONFIG] &= ~DATA_READY
        // Reading the configuration clears the alerts of the alert mode (7.6.3).
        const isAlertMode = (this.words[CONFIG] & THERMOSTAT) === 0
        if (address === CONFIG && isAlertMode) this.words[CONFIG] &= ~(HIGH_ALERT | LOW_ALERT)
        if (address === RESULT && this.truth !== undefined) this.handOut("temperature", this.truth)
        return word
    }

    private isProgramming(): boolean {
        return this.nowMs < this.programmedAt + PROGRAM_MS
    }

    private advance(): void {
        if (this.readyAt === undefined || this.nowMs < this.readyAt || this.faults.stuckBusy) return
        const config = this.words[CONFIG]
        const isOneShot = (config & MODE) === ONE_SHOT
        const cycle = Math.max(CYCLE_MS[(config >> 7) & 7], this.duration())
        const further = isOneShot ? 0 : Math.floor((this.nowMs - this.readyAt) / cycle)
        const at = this.readyAt + further * cycle
        this.truth = this.inputAt("temperature", at)
        const offset = (this.words[OFFSET] << 16) >> 16
        const steps = Math.min(32767, Math.max(-32768, Math.round(this.truth * 128) + offset))
        this.words[RESULT] = steps & 0xffff
        this.words[CONFIG] |= DATA_READY
        this.alert(steps)
        if (isOneShot) this.words[CONFIG] = (this.words[CONFIG] & ~MODE) | SHUTDOWN
        this.readyAt = isOneShot ? undefined : at + cycle
    }

    private alert(steps: number): void {
        const signed = (word: number) => (word << 16) >> 16
        const isAbove = steps > signed(this.words[HIGH_LIMIT])
        const isBelow = steps < signed(this.words[LOW_LIMIT])
        if (isAbove) this.words[CONFIG] |= HIGH_ALERT
        if (!isBelow) return
        if ((this.words[CONFIG] & THERMOSTAT) === 0) this.words[CONFIG] |= LOW_ALERT
        else this.words[CONFIG] &= ~HIGH_ALERT
    }

    private duration(): number {
        return CONVERSION_MS * AVERAGES[(this.words[CONFIG] >> 5) & 3]
    }
}
