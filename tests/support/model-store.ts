/** A ByteStore over the model of a memory part, without a driver and a bus between. */
import { type Bytes } from "../../src/core/bytes.js"
import { StoreError, type ByteStore } from "../../src/core/byte-store.js"
import { AT24Model } from "../../src/drivers/at24/model.js"
import { type MB85RCModel } from "../../src/drivers/mb85rc/model.js"
import { TRANSFER_OK } from "../../src/drivers/shared/register-model.js"

export type MemoryPart = MB85RCModel | AT24Model

/** Longest transfer, B: as the drivers do it. */
const CHUNK = 128

export class ModelStore implements ByteStore {
    readonly size: number
    readonly pageBytes: number
    /** Bytes and transfers since the start. */
    bytesRead = 0
    transfers = 0
    /** Time on a bus of 100 kHz, ms: 9 clocks per byte, address and start conditions included. */
    busMs = 0

    private nowMs = 0

    constructor(readonly part: MemoryPart) {
        this.size = part.size
        this.pageBytes = part instanceof AT24Model ? part.pageBytes : 0
    }

    open(): Promise<void> {
        return Promise.resolve()
    }

    read(address: number, target: Bytes, to: number, length: number): Promise<void> {
        this.checkRange(address, length)
        for (let done = 0; done < length; done += CHUNK) {
            const count = Math.min(CHUNK, length - done)
            const data = this.transfer(address + done, new Uint8Array(0), count)
            this.bytesRead += count
            for (let i = 0; i < count; i++) target[to + done + i] = data[i]
        }
        return Promise.resolve()
    }

    write(address: number, source: Bytes, from: number, length: number): Promise<void> {
        this.checkRange(address, length)
        const piece = this.pageBytes === 0 ? CHUNK : this.pageBytes
        let done = 0
        while (done < length) {
            const count = Math.min(piece - ((address + done) % piece), length - done)
            const data = Uint8Array.from({ length: count }, (_, i) => source[from + done + i])
            this.transfer(address + done, data, 0)
            if (this.pageBytes > 0) this.nowMs += 5
            done += count
        }
        return Promise.resolve()
    }

    private transfer(address: number, data: Uint8Array, readLength: number): Uint8Array {
        this.transfers++
        const ms = (9 * (3 + data.length + (readLength > 0 ? 1 + readLength : 0)) + 3) / 100
        this.nowMs += ms
        this.busMs += ms
        const bytes = Uint8Array.of(address >> 8, address & 0xff, ...data)
        const result = this.part.transfer(bytes, readLength, this.nowMs)
        if (result.status !== TRANSFER_OK) throw new StoreError("the part does not answer")
        return result.data
    }

    private checkRange(address: number, length: number): void {
        if (address < 0 || length < 1 || address + length > this.size)
            throw new RangeError(`access to ${length} B at ${address} of ${this.size}`)
    }
}
