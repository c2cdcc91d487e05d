/**
 * The two lines of the bus as a value change dump (IEEE 1364-2005, section 18),
 * which PulseView and sigrok open; their I2C decoder then shows the transfers.
 */
import {
    TRANSFER_NACK_ADDRESS,
    TRANSFER_NACK_DATA,
} from "../../src/drivers/shared/register-model.js"
import { type BusTransfer } from "./i2c-bus.js"

const SCL = "c"
const SDA = "d"

/** Writes transfers as edges of SCL and SDA. Times are whole ns. */
export class VcdWriter {
    private text = `$comment I2C bus of a simulated node $end
$timescale 1 ns $end
$scope module i2c $end
$var wire 1 ${SCL} SCL $end
$var wire 1 ${SDA} SDA $end
$upscope $end
$enddefinitions $end
#0
1${SCL}
1${SDA}
`
    private at = 0
    private sda = 1

    /**
     * @param startMs Unix time of the start of the run, ms
     * @param kHz bus clock
     */
    constructor(
        private readonly startMs: number,
        kHz: number
    ) {
        this.quarter = Math.round(250_000 / kHz)
    }

    /** A quarter of a bus clock, ns. */
    private readonly quarter: number

    add(transfer: BusTransfer): void {
        const { unixMs, address, write, readLength, result } = transfer
        const begin = Math.round((unixMs - this.startMs) * 1e6)
        this.at = Math.max(begin, this.at + 4 * this.quarter)
        const isAbsent = result.status === TRANSFER_NACK_ADDRESS
        // The status does not tell at which of two addresses; a write comes first.
        if (write.length > 0 || readLength === 0) {
            this.start()
            this.byte((address << 1) | 0, !isAbsent || result.data.length > 0)
            const isRefused = result.status === TRANSFER_NACK_DATA
            if (!isAbsent)
                write.forEach((byte, i) => this.byte(byte, !(isRefused && i === write.length - 1)))
        }
        if (readLength > 0 && !(isAbsent && write.length > 0)) {
            this.start()
            this.byte((address << 1) | 1, !isAbsent)
            result.data.forEach((byte, i) => this.byte(byte, i < result.data.length - 1))
        }
        this.stop()
    }

    toString(): string {
        return `${this.text}#${this.at + 4 * this.quarter}\n`
    }

    /** A start condition, or a repeated one: SDA falls while SCL is high. */
    private start(): void {
        this.set(SDA, 1)
        this.set(SCL, 1)
        this.set(SDA, 0)
        this.set(SCL, 0)
    }

    /** SDA rises while SCL is high. */
    private stop(): void {
        this.set(SDA, 0)
        this.set(SCL, 1)
        this.set(SDA, 1)
    }

    private byte(value: number, isAcknowledged: boolean): void {
        for (let bit = 7; bit >= 0; bit--) this.bit((value >> bit) & 1)
        this.bit(isAcknowledged ? 0 : 1)
    }

    private bit(value: number): void {
        this.set(SDA, value)
        this.set(SCL, 1)
        this.at += this.quarter
        this.set(SCL, 0)
    }

    private set(line: string, value: number): void {
        this.at += this.quarter
        if (line === SDA) {
            if (value === this.sda) return
            this.sda = value
        }
        this.text += `#${this.at}\n${value}${line}\n`
    }
}
