import { I2C } from "@devicescript/i2c"
import { ByteStore, StoreError } from "../../../core/byte-store.js"
import { Bytes } from "../../../core/bytes.js"
import { pause, spend } from "../../../scheduler/scheduler.js"

/**
 * B of data per transfer. ESP32 gives a transfer 20 ms, 222 B at 100 kHz, and the
 * simulated bus 234 B; half of that keeps the VM, which waits meanwhile, from
 * standing still for more than 12 ms, and is a multiple of all page sizes.
 */
const CHUNK_BYTES = 128
const ADDRESS_BYTES = 2
/** Opcodes that checking a byte takes, of what was read or written. */
const CHECK_OPCODES = 30
/** A transfer that is not acknowledged is tried again, once. */
const ATTEMPTS = 2

/** Options of memory parts. */
export interface MemoryOptions {
    /** 7-bit address; default 0x50 (all address pins low). */
    address?: number
}

/**
 * A memory part on the I2C bus with addresses of two bytes. Its last `testBytes`
 * are not part of the store: {@link open} writes to them.
 */
export abstract class I2CMemory implements ByteStore {
    readonly size: number
    /** Transfers that were not acknowledged, since boot. */
    errors = 0

    private readonly cursor = Buffer.alloc(ADDRESS_BYTES)
    /** Transfers of the two lengths used last; the bus always sends a whole buffer. */
    private readonly full = Buffer.alloc(ADDRESS_BYTES + CHUNK_BYTES)
    private part: Buffer = this.full

    /**
     * @param name maker and name: "Fujitsu MB85RC256V"
     * @param bus the I2C client
     * @param address 7-bit address
     * @param totalBytes what the part holds, a power of two
     * @param pageBytes see {@link ByteStore}
     * @param testBytes a page, or 8
     */
    constructor(
        readonly name: string,
        private readonly bus: I2C,
        readonly address: number,
        private readonly totalBytes: number,
        readonly pageBytes: number,
        testBytes: number
    ) {
        this.size = totalBytes - testBytes
    }

    /**
     * Finds out whether the part is there, as large as it should be, and keeps what
     * is written. A part of half the size takes the same byte at two addresses;
     * what it held there is put back.
     * @throws StoreError for the wrong part, or one that is write-protected
     */
    async open(): Promise<void> {
        const last = this.totalBytes - 1
        const alias = this.totalBytes / 2 - 1
        const bytes = Buffer.alloc(2)
        await this.transferIn(last, bytes, 0, 1)
        const before = bytes[0]
        await this.transferIn(alias, bytes, 1, 1)
        const aliasBefore = bytes[1]
        bytes[0] = before ^ 0xff
        await this.transferOut(last, bytes, 0, 1)
        await this.transferIn(last, bytes, 0, 1)
        await this.transferIn(alias, bytes, 1, 1)
        if (bytes[0] === before) throw new StoreError(this.name + ": does not keep what is written")
        if (bytes[0] !== (before ^ 0xff))
            throw new StoreError(this.name + ": another part is at its address")
        if (bytes[1] === aliasBefore) return
        bytes[0] = before
        await this.transferOut(last, bytes, 0, 1)
        throw new StoreError(this.name + ": the part is smaller than " + this.totalBytes + " B")
    }

    async read(address: number, target: Bytes, to: number, length: number): Promise<void> {
        for (let done = 0; done < length; done += CHUNK_BYTES) {
            const count = Math.min(CHUNK_BYTES, length - done)
            await this.transferIn(address + done, target as unknown as Buffer, to + done, count)
        }
    }

    async write(address: number, source: Bytes, from: number, length: number): Promise<void> {
        const piece = this.pageBytes === 0 ? CHUNK_BYTES : this.pageBytes
        let done = 0
        while (done < length) {
            const at = address + done
            // Up to the next multiple of a page, which a write must not cross.
            const room = piece - (at - Math.floor(at / piece) * piece)
            const count = Math.min(room, length - done)
            await this.transferOut(at, source as unknown as Buffer, from + done, count)
            done += count
        }
    }

    /** Waits until what was just sent is stored. */
    protected abstract settle(): Promise<void>

    /** Whether the part acknowledges its address. Sets nothing but its address pointer. */
    protected async answers(): Promise<boolean> {
        try {
            await this.bus.xfer(this.address, this.cursor, 0)
            return true
        } catch {
            return false
        }
    }

    private async transferIn(
        address: number,
        target: Buffer,
        to: number,
        length: number
    ): Promise<void> {
        this.cursor[0] = address >> 8
        this.cursor[1] = address & 0xff
        const data = await this.transfer(this.cursor, length)
        if (data.length < length) throw new StoreError(this.name + ": its answer is too short")
        target.blitAt(to, data, 0, length)
    }

    private async transferOut(
        address: number,
        source: Buffer,
        from: number,
        length: number
    ): Promise<void> {
        const size = ADDRESS_BYTES + length
        let packet = this.full
        if (size !== packet.length) {
            if (size !== this.part.length) this.part = Buffer.alloc(size)
            packet = this.part
        }
        packet[0] = address >> 8
        packet[1] = address & 0xff
        packet.blitAt(ADDRESS_BYTES, source, from, length)
        await this.transfer(packet, 0)
        await this.settle()
    }

    private async transfer(bytes: Buffer, readLength: number): Promise<Buffer> {
        await spend(CHECK_OPCODES * (bytes.length + readLength))
        for (let attempt = 1; ; attempt++) {
            try {
                return await this.bus.xfer(this.address, bytes, readLength)
            } catch (e) {
                this.errors++
                if (attempt === ATTEMPTS) throw e
            }
            await pause()
        }
    }
}
