/**
 * Register model of ASAIR AHT20, data sheet V1.0.03: characteristics 2 and 3, commands and
 * status 5.3 to 5.5, results 6. What it gives before its first measurement is not stated;
 * the model gives zeros with a right checksum, the worst for a driver.
 */
import { crc8 } from "../../core/crc.js"
import {
    RegisterModel,
    TRANSFER_NACK_ADDRESS,
    TRANSFER_NACK_DATA,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../shared/register-model.js"

const INITIALISE = 0xbe
const MEASURE = 0xac
const SOFT_RESET = 0xba
const STATUS = 0x71
const BUSY = 0x80
const ALWAYS = 0x10
const CALIBRATED = 0x08
const START_MS = 40
const RESET_MS = 20
const MEASURE_MS = 80
/** Command → its two parameters. */
const PARAMETERS: Readonly<Record<number, readonly [number, number]>> = {
    [INITIALISE]: [0x08, 0x00],
    [MEASURE]: [0x33, 0x00],
}

export class AHT20Model extends RegisterModel {
    readonly part = "ASAIR AHT20"
    readonly channels: readonly ModelChannel[] = [
        { name: "temperature", unit: "Cel", min: -40, max: 85, epsilon: 0.0001 },
        { name: "humidity", unit: "%RH", min: 0, max: 100, epsilon: 0.0001 },
    ]

    private silentUntil = 0
    private readyAt = 0
    private isCalibrated = false
    private pending: readonly [number, number] | undefined
    private result: readonly [number, number] = [0, 0]
    private truth: readonly [number, number] | undefined

    /** @param startsCalibrated whether its status says so without the command to initialise */
    constructor(
        address = 0x38,
        private readonly startsCalibrated = true
    ) {
        super(address)
    }

    protected powerUp(): void {
        this.restart(START_MS)
    }

    /** A reset, or a measurement whose result nobody read. */
    override othersWrites(random: (below: number) => number): readonly Uint8Array[] {
        return Array.from({ length: 3 }, () => {
            const code = [INITIALISE, MEASURE, SOFT_RESET][random(3)]
            return Uint8Array.of(code, ...(PARAMETERS[code] ?? []))
        })
    }

    protected override acknowledgesAddress(): boolean {
        return this.nowMs >= this.silentUntil
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        if (!this.acknowledgesAddress()) {
            this.illegal("command while it starts")
            return TRANSFER_NACK_ADDRESS
        }
        this.advance()
        const [code, ...parameters] = bytes
        const name = `command 0x${code.toString(16)}`
        const expected: readonly number[] = PARAMETERS[code] ?? []
        if (code !== SOFT_RESET && code !== STATUS && expected.length === 0) {
            this.illegal(`unknown ${name}`)
            return TRANSFER_OK
        }
        if (parameters.join() !== expected.join()) {
            this.illegal(`${name} with parameters ${parameters.join(", ")}`)
            return TRANSFER_NACK_DATA
        }
        if (code === SOFT_RESET) this.restart(RESET_MS)
        else if (this.isBusy() && code !== STATUS) this.illegal(`${name} while it measures`)
        else if (code === INITIALISE) this.isCalibrated = true
        else if (code === MEASURE) this.start()
        return TRANSFER_OK
    }

    /** Always answers with its status, and with the latest result behind it. */
    protected onRead(length: number): Uint8Array | undefined {
        if (!this.acknowledgesAddress()) {
            this.illegal("read while it starts")
            return undefined
        }
        this.advance()
        if (length > 7) this.illegal(`read of ${length} B; there are 7 B`)
        if (length > 1 && !this.isBusy() && this.truth !== undefined) {
            this.handOut("temperature", this.truth[0])
            this.handOut("humidity", this.truth[1])
            this.truth = undefined
        }
        const [t, h] = this.result
        const status = ALWAYS | (this.isBusy() ? BUSY : 0) | (this.isCalibrated ? CALIBRATED : 0)
        const bytes = Uint8Array.of(
            status,
            h >> 12,
            (h >> 4) & 0xff,
            ((h & 15) << 4) | (t >> 16),
            (t >> 8) & 0xff,
            t & 0xff,
            0
        )
        bytes[6] = crc8(bytes, 0, 6)
        if (length === 7) bytes[6] = this.checkValue(bytes[6])
        return bytes
    }

    private restart(ms: number): void {
        this.silentUntil = this.nowMs + ms
        this.isCalibrated = this.startsCalibrated
        this.pending = undefined
        this.truth = undefined
        this.result = [0, 0]
    }

    private start(): void {
        if (!this.isCalibrated) this.illegal("measurement without calibration")
        this.pending = [this.input("temperature"), this.input("humidity")]
        this.truth = undefined
        this.readyAt = this.nowMs + MEASURE_MS
    }

    private advance(): void {
        if (this.pending === undefined || this.isBusy()) return
        const [celsius, percent] = this.pending
        this.result = [ticks((celsius + 50) / 200), ticks(percent / 100)]
        this.truth = this.pending
        this.pending = undefined
    }

    private isBusy(): boolean {
        return this.faults.stuckBusy || (this.pending !== undefined && this.nowMs < this.readyAt)
    }
}

/** A share of the scale as a result of 20 bits. */
function ticks(share: number): number {
    return Math.min(0xfffff, Math.max(0, Math.round(share * 0x100000)))
}
