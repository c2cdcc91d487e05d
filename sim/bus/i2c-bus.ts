/**
 * The simulated I2C bus: parts by address, the time a transfer takes on the
 * wire, and a transcript for those who ask for one.
 */
import {
    DEVICE_ID_ADDRESS,
    TRANSFER_NACK_ADDRESS,
    type RegisterModel,
    type TransferResult,
} from "../../src/drivers/shared/register-model.js"

const DEFAULT_KHZ = 100

/** One transaction as seen on the wire. */
export interface BusTransfer {
    readonly unixMs: number
    readonly address: number
    readonly write: Uint8Array
    readonly readLength: number
    readonly result: TransferResult
    /** Time on the wire in µs. */
    readonly durationUs: number
}

/** A loss of power in the middle of a transfer. */
export interface TransferCut {
    /** Transfers left, the one that is cut included, ≥ 1. */
    transfers: number
    /** Written bytes that still reach the part. */
    readonly bytes: number
    /** Only transfers to this address count; default all. */
    readonly address: number | undefined
    readonly lost: () => void
}

export class I2cBus {
    /** Transactions so far. */
    transfers = 0
    /** A line is held, by a short or a part: no transaction comes about. */
    isStuck = false
    /** Called for each transaction. */
    onTransfer: ((transfer: BusTransfer) => void) | undefined
    /** Loses the power during a later transfer; undefined = does not. */
    cut: TransferCut | undefined

    private readonly parts = new Map<number, RegisterModel>()

    /**
     * @param models the parts on the bus
     * @param kHz bus clock, 10 … 1000 kHz; default what the board is configured for, or 100
     * @throws RangeError when two parts have the same address
     */
    constructor(
        models: readonly RegisterModel[],
        public kHz?: number
    ) {
        for (const model of models) {
            const other = this.parts.get(model.address)
            if (other !== undefined)
                throw new RangeError(
                    `${model.part} and ${other.part} both have the I2C address 0x${model.address.toString(16)}`
                )
            this.parts.set(model.address, model)
        }
    }

    get models(): readonly RegisterModel[] {
        return [...this.parts.values()]
    }

    /** Runs one transaction: a write, a read, both (repeated start) or an address probe. */
    transfer(address: number, write: Uint8Array, readLength: number, unixMs: number): BusTransfer {
        this.transfers++
        const isId = address === DEVICE_ID_ADDRESS && write.length === 1
        const part = this.parts.get(isId ? write[0] >> 1 : address)
        const isLost = this.isCut(address, write, part, unixMs)
        const isHeard = !isLost && !this.isStuck
        const answer = isId
            ? () => part?.transferId(readLength, unixMs)
            : () => part?.transfer(write, readLength, unixMs)
        const result = (isHeard ? answer() : undefined) ?? {
            status: TRANSFER_NACK_ADDRESS,
            data: new Uint8Array(0),
        }
        const transfer = {
            unixMs,
            address,
            write,
            readLength,
            result,
            durationUs: this.durationUs(write.length, result.data.length, readLength),
        }
        this.onTransfer?.(transfer)
        return transfer
    }

    private isCut(
        address: number,
        write: Uint8Array,
        part: RegisterModel | undefined,
        unixMs: number
    ): boolean {
        const { cut } = this
        if (cut === undefined || (cut.address ?? address) !== address) return false
        if (--cut.transfers > 0) return false
        this.cut = undefined
        part?.interrupt(write.subarray(0, cut.bytes), unixMs)
        cut.lost()
        return true
    }

    /** 9 clocks per byte, one for each start and stop condition (UM10204, section 3.1). */
    private durationUs(written: number, read: number, readLength: number): number {
        const starts = written > 0 && readLength > 0 ? 2 : 1
        const bytes = starts + written + read
        return Math.ceil(((9 * bytes + starts + 1) * 1000) / (this.kHz ?? DEFAULT_KHZ))
    }
}
