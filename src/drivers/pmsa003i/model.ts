/**
 * Register model of the Plantower PMSA003I on I2C. "PMSA003I series data manual", version 2.6:
 * frame of 32 bytes, big-endian words, sum of the first 30 bytes. A new frame every 2.3 s; the
 * shorter interval of changing air (0.2 … 0.8 s) is not modelled. The part counts as ready 2 s
 * after power-up, which the manual does not state. A mass for open air that nobody feeds follows from that
 * of standard particles: {@link openAirMass}.
 */
import {
    RegisterModel,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"

const INTERVAL_MS = 2300
const POWER_UP_MS = 2000
const LENGTH = 28
const VERSION = 0x97

const OPEN_AIR = ["pm1", "pm25", "pm10"]
const MASSES = [...OPEN_AIR.map(name => `standard_${name}`), ...OPEN_AIR]
const COUNTS = ["03", "05", "10", "25", "50", "100"].map(size => `particles_${size}`)

/** Masses of standard particles up to here are the same for open air, and two thirds of it from there on, µg/m³. */
const SAME_UP_TO = 28
const TWO_THIRDS_FROM = 78

/**
 * The mass for open air that Plantower's parts give beside one of standard particles (CF = 1). The maker does not say
 * how; of PM2.5 it was observed that both are the same at low mass, and the ratio falls to 2/3 at high mass (Barkjohn et al.,
 * Atmospheric Measurement Techniques 14, 4617, 2021; the limits are those that users of PurpleAir found). A
 * line in between.
 *
 * @param standard µg/m³ @returns µg/m³
 */
export function openAirMass(standard: number): number {
    if (standard <= SAME_UP_TO) return standard
    if (standard >= TWO_THIRDS_FROM) return (2 * standard) / 3
    const end = (2 * TWO_THIRDS_FROM) / 3
    const share = (standard - SAME_UP_TO) / (TWO_THIRDS_FROM - SAME_UP_TO)
    return SAME_UP_TO + share * (end - SAME_UP_TO)
}

export class PMSA003IModel extends RegisterModel {
    readonly part = "Plantower PMSA003I"
    readonly channels: readonly ModelChannel[] = [
        ...MASSES.map(name => ({ name, unit: "ug/m3", min: 0, max: 65_535, epsilon: 0.5 })),
        ...COUNTS.map(name => ({ name, unit: "1", min: 0, max: 65_535, epsilon: 0.5 })),
    ]
    /** Its error code; 0 is none. */
    error = 0
    private readyAt = 0
    private pointer = 0
    private frameNumber = -1
    private truth: readonly number[] = []

    constructor(address = 0x12) {
        super(address)
    }

    protected powerUp(): void {
        this.readyAt = this.nowMs + POWER_UP_MS
        this.pointer = 0
        this.frameNumber = -1
    }

    /** The address of any register, that nobody read on from. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        return [Uint8Array.of(random(32))]
    }

    protected override acknowledgesAddress(): boolean {
        return this.nowMs >= this.readyAt
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        if (bytes.length > 1)
            this.illegal(`write of ${bytes.length} B; it takes a register's address`)
        this.pointer = bytes[0]
        return TRANSFER_OK
    }

    protected onRead(length: number): Uint8Array | undefined {
        if (!this.acknowledgesAddress()) return undefined
        if (this.pointer + length > 32) this.illegal(`read of ${length} B from ${this.pointer}`)
        this.advance()
        const frame = this.frame()
        const names = this.channels.map(({ name }) => name)
        names.forEach((name, i) => this.handOut(name, this.truth[i]))
        const from = this.pointer
        this.pointer = 0
        return frame.subarray(from)
    }

    /** Values are those at the beginning of the interval; a stuck part keeps its frame. */
    private advance(): void {
        if (this.faults.stuckBusy && this.truth.length > 0) return
        const number = Math.floor((this.nowMs - this.readyAt) / INTERVAL_MS)
        if (number === this.frameNumber) return
        this.frameNumber = number
        const at = this.readyAt + number * INTERVAL_MS
        this.truth = this.channels.map(({ name }) =>
            OPEN_AIR.includes(name) && !this.isFed(name)
                ? openAirMass(this.inputAt(`standard_${name}`, at))
                : this.inputAt(name, at)
        )
    }

    private frame(): Uint8Array {
        const bytes = new Uint8Array(32)
        const view = new DataView(bytes.buffer)
        view.setUint16(0, 0x424d)
        view.setUint16(2, LENGTH)
        this.truth.forEach((value, i) => view.setUint16(4 + 2 * i, Math.round(value)))
        bytes[28] = VERSION
        bytes[29] = this.error
        const sum = bytes.subarray(0, 30).reduce((total, byte) => total + byte, 0)
        view.setUint16(30, sum)
        bytes[31] = this.checkValue(sum & 0xff)
        return bytes
    }
}
