/**
 * Register model of the FRAMs MB85RC256V and MB85RC64 (Fujitsu, now RAMXEED).
 * Datasheet DS501-00017-3v0-E (February 2013): writes page 8, reads pages 9 and 10, device id page 10.
 */
import { MemoryModel } from "../shared/memory/memory-model.js"

/** Maker 0x00A, product 0x510: density 5. The MB85RC64 without "TA" has none. */
const MB85RC256V_ID = Uint8Array.of(0x00, 0xa5, 0x10)

/** What a power cut leaves of the byte that was being clocked in. */
export type ByteUnderWay = "old" | "new"

export class MB85RCModel extends MemoryModel {
    readonly part: string
    /** What the next power cut leaves of the byte in flight. */
    byteUnderWay: ByteUnderWay = "old"

    /** @param size 32768 (MB85RC256V) or 8192 (MB85RC64); a smaller power of two for tests */
    constructor(size = 32768, address = 0x50) {
        super(address, size, 0)
        this.part = size === 8192 ? "Fujitsu MB85RC64" : "Fujitsu MB85RC256V"
        if (size === 32768) this.deviceId = MB85RC256V_ID
    }

    /** It writes at the bus's own speed. */
    protected isBusy(): boolean {
        return false
    }

    /** Each byte is stored as it comes in; the start follows the end. */
    protected take(data: Uint8Array, start: number): void {
        for (let i = 0; i < data.length; i++) {
            const at = (start + i) & (this.size - 1)
            const isCut = this.cut !== undefined && this.bytesWritten >= this.cut.afterBytes
            if (!isCut || this.byteUnderWay === "new") {
                this.content[at] = data[i]
                this.bytesWritten++
            }
            if (isCut) {
                this.powerFails()
                return
            }
            this.pointer = (at + 1) & (this.size - 1)
        }
    }

    /** It does not wait for the stop condition. */
    protected takeUnfinished(data: Uint8Array, start: number): void {
        this.take(data, start)
    }
}
