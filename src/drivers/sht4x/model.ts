/**
 * Register model of Sensirion SHT40/SHT41/SHT45.
 * Datasheet "SHT4x", version 6.5 (July 2024): commands 4.5, timing 3.1, conversion 4.6.
 */
import { SensirionModel, toTicks } from "../shared/sensirion/word-model.js"
import {
    TRANSFER_NACK_ADDRESS,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"

/** Command → longest measurement time in ms (table 4). */
const MEASURE_MS: Readonly<Record<number, number>> = {
    0xfd: 8.3, // high repeatability
    0xf6: 4.5, // medium
    0xe0: 1.6, // low
}
const READ_SERIAL = 0x89
const SOFT_RESET = 0x94
/** Heater pulses of 0.1 s and 1 s, then a high repeatability measurement (section 4.9). */
const HEATER_MS: Readonly<Record<number, number>> = {
    0x39: 1100,
    0x32: 110,
    0x2f: 1100,
    0x24: 110,
    0x1e: 1100,
    0x15: 110,
}
const RESET_MS = 1

interface Answer {
    readonly words: readonly number[]
    /** Physical inputs behind the words, in the order of the channels; none for a serial number. */
    readonly truth: readonly number[]
}

export class SHT4xModel extends SensirionModel {
    readonly part = "Sensirion SHT4x"
    readonly channels: readonly ModelChannel[] = [
        { name: "temperature", unit: "Cel", min: -45, max: 130, epsilon: 0.0014 },
        { name: "humidity", unit: "%RH", min: -6, max: 119, epsilon: 0.001 },
    ]

    private busyUntil = 0
    private pending: Answer | undefined

    constructor(
        address = 0x44,
        readonly serial = 0x0ea51234
    ) {
        super(address)
    }

    protected powerUp(): void {
        this.busyUntil = this.nowMs + RESET_MS
        this.pending = undefined
    }

    /** Commands whose answers nobody read. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        const codes = [...Object.keys(MEASURE_MS), ...Object.keys(HEATER_MS)].map(Number)
        codes.push(READ_SERIAL, SOFT_RESET)
        return Array.from({ length: 3 }, () => Uint8Array.of(codes[random(codes.length)]))
    }

    protected override acknowledgesAddress(): boolean {
        return !this.isBusy()
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        if (this.isBusy()) {
            this.illegal("command while a measurement is running")
            return TRANSFER_NACK_ADDRESS
        }
        const command = bytes[0]
        this.pending = undefined
        if (bytes.length !== 1) this.illegal(`command of ${bytes.length} B; commands have 1 B`)
        const duration = MEASURE_MS[command] ?? HEATER_MS[command]
        if (duration !== undefined) {
            this.pending = this.measurement()
            this.busyUntil = this.nowMs + duration
        } else if (command === READ_SERIAL) {
            this.pending = { words: [this.serial >>> 16, this.serial & 0xffff], truth: [] }
        } else if (command === SOFT_RESET) {
            this.powerUp()
        } else {
            this.illegal(`unknown command 0x${command.toString(16).padStart(2, "0")}`)
        }
        return TRANSFER_OK
    }

    /** Not acknowledged before the data are there (section 4.3); data can be read once. */
    protected onRead(length: number): Uint8Array | undefined {
        if (this.isBusy() || this.pending === undefined) {
            this.illegal("read while no data are ready")
            return undefined
        }
        if (length > 6) this.illegal(`read of ${length} B; there are 6 B`)
        const { words, truth } = this.pending
        this.pending = undefined
        truth.forEach((value, i) => this.handOut(this.channels[i].name, value))
        return this.encodeWords(words)
    }

    override describe(write: Uint8Array, read: Uint8Array): string {
        if (read.length > 0) return `${read.length / 3} words`
        const [command] = write
        if (command in MEASURE_MS) return "measure"
        if (command in HEATER_MS) return "heat and measure"
        return { [READ_SERIAL]: "read serial number", [SOFT_RESET]: "soft reset" }[command] ?? ""
    }

    private measurement(): Answer {
        const celsius = this.input("temperature")
        const humidity = this.input("humidity")
        return {
            truth: [celsius, humidity],
            words: [toTicks(celsius, -45, 175), toTicks(humidity, -6, 125)],
        }
    }

    private isBusy(): boolean {
        return this.faults.stuckBusy || this.nowMs < this.busyUntil
    }
}
