/**
 * Register model of ROHM BH1750FVI.
 * Technical note 11046EDT01, revision D (November 2011): characteristics page 2,
 * opcodes page 5, procedure pages 6 and 7, bus page 10, measurement time page 11.
 */
import {
    RegisterModel,
    TRANSFER_NACK_DATA,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"

const POWER_DOWN = 0x00
const POWER_ON = 0x01
const RESET = 0x07
const DEFAULT_TIME = 69
const SHORTEST_TIME = 31
const LONGEST_TIME = 254

interface Mode {
    /** Longest measurement at the default measurement time, ms (page 2). */
    readonly ms: number
    readonly countsPerLux: number
    /** Steps of the result, in counts. */
    readonly step: number
    readonly isOneTime: boolean
}

const high = { ms: 180, countsPerLux: 1.2, step: 1 }
const high2 = { ms: 180, countsPerLux: 2.4, step: 1 }
const low = { ms: 24, countsPerLux: 1.2, step: 4 }
const MODES: Readonly<Record<number, Mode>> = {
    0x10: { ...high, isOneTime: false },
    0x11: { ...high2, isOneTime: false },
    0x13: { ...low, isOneTime: false },
    0x20: { ...high, isOneTime: true },
    0x21: { ...high2, isOneTime: true },
    0x23: { ...low, isOneTime: true },
}

export class BH1750Model extends RegisterModel {
    readonly part = "ROHM BH1750"
    readonly channels: readonly ModelChannel[] = [
        { name: "illuminance", unit: "lx", min: 0, max: 65535 / 1.2, epsilon: 0.5 / 1.2 },
    ]

    private isOn = false
    private time = DEFAULT_TIME
    private mode: Mode | undefined
    /** End of the measurement in progress. */
    private readyAt = 0
    /** The mode in force has given a result. */
    private hasResult = false
    private register = 0
    /** The light that is in the register; undefined when it is empty. */
    private truth: number | undefined

    constructor(address = 0x23) {
        super(address)
    }

    override describe(write: Uint8Array, read: Uint8Array): string {
        if (read.length > 0) return "data register"
        const [opcode] = write
        if (opcode in MODES) return "measure"
        if ((opcode & 0xf8) === 0x40 || (opcode & 0xe0) === 0x60) return "measurement time"
        return (
            { [POWER_DOWN]: "power down", [POWER_ON]: "power on", [RESET]: "reset" }[opcode] ?? ""
        )
    }

    protected powerUp(): void {
        this.isOn = false
        this.time = DEFAULT_TIME
        this.mode = undefined
        this.empty()
    }

    /** Another measurement time, and a measurement of either kind. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        const modes = Object.keys(MODES).map(Number)
        const codes = [POWER_ON, 0x40 | random(8), 0x60 | random(32), modes[random(modes.length)]]
        return codes.map(code => Uint8Array.of(code))
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        this.advance()
        const code = bytes[0]
        if (bytes.length !== 1) {
            this.illegal(`${bytes.length} opcodes in one transfer; it takes one`)
            return TRANSFER_NACK_DATA
        }
        if (code === POWER_DOWN || code === POWER_ON) {
            this.isOn = code === POWER_ON
            this.mode = undefined
        } else if (code === RESET) {
            if (this.isOn) this.empty()
            else this.illegal("reset while powered down; it has no effect")
        } else if (MODES[code] !== undefined) {
            this.start(MODES[code])
        } else if (code >> 3 === 0b01000) {
            this.time = ((code & 0b111) << 5) | (this.time & 0b11111)
        } else if (code >> 5 === 0b011) {
            this.time = (this.time & 0b11100000) | (code & 0b11111)
            if (this.time < SHORTEST_TIME || this.time > LONGEST_TIME)
                this.illegal(
                    `measurement time ${this.time}; it is ${SHORTEST_TIME} to ${LONGEST_TIME}`
                )
        } else {
            this.illegal(`unknown opcode 0x${code.toString(16).padStart(2, "0")}`)
        }
        return TRANSFER_OK
    }

    /** Always answers: with what the register holds, be it old or empty. */
    protected onRead(length: number): Uint8Array {
        this.advance()
        if (length > 2) this.illegal(`read of ${length} B; there are 2 B`)
        if (this.mode !== undefined && !this.hasResult)
            this.illegal("read before the measurement is ready")
        else if (this.truth !== undefined) this.handOut("illuminance", this.truth)
        return Uint8Array.of(this.register >> 8, this.register & 0xff)
    }

    /** A measurement may begin while powered down: "power on" can be omitted (page 6). */
    private start(mode: Mode): void {
        this.isOn = true
        this.mode = mode
        this.hasResult = false
        this.readyAt = this.nowMs + this.durationOf(mode)
    }

    /** Ends the measurements that are due; after a one-time measurement it powers down. */
    private advance(): void {
        const mode = this.mode
        if (mode === undefined || this.nowMs < this.readyAt || this.faults.stuckBusy) return
        const duration = this.durationOf(mode)
        const further = mode.isOneTime ? 0 : Math.floor((this.nowMs - this.readyAt) / duration)
        const lux = this.inputAt("illuminance", this.readyAt + further * duration)
        const counts = (lux * mode.countsPerLux * this.time) / DEFAULT_TIME
        this.register = Math.min(65535, mode.step * Math.round(counts / mode.step))
        this.truth = lux
        this.hasResult = true
        this.readyAt += (further + 1) * duration
        if (mode.isOneTime) {
            this.mode = undefined
            this.isOn = false
        }
    }

    private durationOf(mode: Mode): number {
        return (mode.ms * this.time) / DEFAULT_TIME
    }

    private empty(): void {
        this.register = 0
        this.truth = undefined
    }
}
