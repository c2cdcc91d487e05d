/** What the models of I2C memories share: address pointer, roll-over, power cuts, write protection. */
import {
    RegisterModel,
    TRANSFER_NACK_ADDRESS,
    TRANSFER_NACK_DATA,
    TRANSFER_OK,
    type ModelChannel,
    type TransferStatus,
} from "../register-model.js"

/** A power cut that is to come. */
export interface PowerCut {
    /** Data bytes that still go through before it. */
    readonly afterBytes: number
    /** Called when it has happened. */
    readonly onCut: () => void
}

export abstract class MemoryModel extends RegisterModel {
    readonly channels: readonly ModelChannel[] = []
    /** What the part holds; it stays through a power cut. */
    readonly content: Uint8Array
    /** Data bytes that were written since the start. */
    bytesWritten = 0
    /** Level of the WP pin. */
    writeProtect = false

    protected cut: PowerCut | undefined
    /** Where the next access without an address goes; undefined after power-up. */
    protected pointer: number | undefined
    private isOff = false

    /**
     * @param size B, a power of two
     * @param blank what a part holds that nobody wrote to
     */
    constructor(
        address: number,
        readonly size: number,
        blank: number
    ) {
        super(address)
        this.content = new Uint8Array(size).fill(blank)
    }

    /** The power fails when `afterBytes` more data bytes have been written. */
    cutPowerAfterBytes(afterBytes: number, onCut: () => void): void {
        this.cut = { afterBytes: this.bytesWritten + afterBytes, onCut }
    }

    /** Whether the power has failed; {@link brownOut} brings it back. */
    get isCut(): boolean {
        return this.isOff
    }

    protected powerUp(): void {
        this.isOff = false
        this.cut = undefined
        this.pointer = undefined
    }

    protected override acknowledgesAddress(): boolean {
        return !this.isOff && !this.isBusy()
    }

    protected onWrite(bytes: Uint8Array): TransferStatus {
        if (!this.acknowledgesAddress()) return TRANSFER_NACK_ADDRESS
        if (bytes.length === 1) {
            this.illegal("half an address")
            return TRANSFER_OK
        }
        // The bits above the part's size are not looked at.
        this.pointer = ((bytes[0] << 8) | bytes[1]) & (this.size - 1)
        const data = bytes.subarray(2)
        if (data.length === 0 || this.writeProtect) return TRANSFER_OK
        this.take(data, this.pointer)
        return this.isOff ? TRANSFER_NACK_DATA : TRANSFER_OK
    }

    /** Without a stop condition. */
    protected override onInterruptedWrite(bytes: Uint8Array): void {
        if (!this.acknowledgesAddress() || bytes.length <= 2 || this.writeProtect) return
        const start = ((bytes[0] << 8) | bytes[1]) & (this.size - 1)
        this.takeUnfinished(bytes.subarray(2), start)
    }

    /** Sequential read: from the pointer on, the start follows the end. */
    protected onRead(length: number): Uint8Array | undefined {
        if (!this.acknowledgesAddress()) return undefined
        if (this.pointer === undefined) {
            this.illegal("read without an address after power-up")
            this.pointer = 0
        }
        const start = this.pointer
        this.pointer = (start + length) & (this.size - 1)
        return Uint8Array.from({ length }, (_, i) => this.content[(start + i) & (this.size - 1)])
    }

    /** Whether the part is silent because it is writing. */
    protected abstract isBusy(): boolean

    /** Data bytes of one transfer, to be stored from `start` on. */
    protected abstract take(data: Uint8Array, start: number): void

    /** The same, of a transfer that ends without a stop condition because the power fails. */
    protected abstract takeUnfinished(data: Uint8Array, start: number): void

    protected powerFails(): void {
        const { onCut } = this.cut as PowerCut
        this.isOff = true
        this.cut = undefined
        onCut()
    }
}
