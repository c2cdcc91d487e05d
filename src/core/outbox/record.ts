import { ByteStore } from "../byte-store.js"
import { Bytes, getI32, getU32, putU16, putU32 } from "../bytes.js"
import { crc32 } from "../crc32.js"
import { RECORD_HEADER_BYTES, unitsOf } from "./layout.js"
import { RingRegion } from "./region.js"

const MAGIC = 0xc5

/** Who has the turns with a memory part: what else is kept in it is read and written through here. */
export interface PartTurns {
    /** Writes bytes at an address, or fills them with what is there. */
    exchange: (at: number, bytes: Bytes, isWrite: boolean) => Promise<void>
    /** Copies the newest value to the start of `target`. @returns its length in B; 0 when there is none */
    load: (record: StoredRecord, target: Bytes) => Promise<number>
    save: (record: StoredRecord, bytes: Bytes, length: number) => Promise<void>
}

/** One small record of which the newest value survives: two slots that take turns. */
export class StoredRecord {
    /** Of the newest value; 0 = none yet, −1 = not looked up yet. */
    private sequence = -1
    private size = 0
    private slot = 0
    private readonly region: RingRegion

    /**
     * @param at address of the first slot
     * @param step from slot to slot, B
     * @param longest of the contents, B, at most 255
     */
    constructor(
        store: ByteStore,
        at: number,
        private readonly step: number,
        grid: number,
        private readonly longest: number,
        private readonly scratch: Bytes
    ) {
        this.region = new RingRegion(store, at, unitsOf(2 * step, grid), grid)
    }

    /**
     * Copies the newest value to the start of `target`.
     * @returns its length in B; 0 when there is none
     */
    async load(target: Bytes): Promise<number> {
        await this.lookUp()
        if (this.sequence === 0) return 0
        const offset = this.slot * this.step + RECORD_HEADER_BYTES
        await this.region.read(offset, target, 0, this.size)
        return this.size
    }

    /** Replaces the value. @throws RangeError for one that is empty or too long */
    async save(bytes: Bytes, length: number): Promise<void> {
        if (length < 1 || length > this.longest)
            throw new RangeError("the record has 1 to " + this.longest + " B, got " + length)
        await this.lookUp()
        const slot = 1 - this.slot
        const header = this.scratch
        header[0] = MAGIC
        header[1] = length
        putU16(header, 2, 0)
        putU32(header, 4, this.sequence + 1)
        putU32(header, 8, crc32(bytes, 0, length, crc32(header, 0, 8, 0)))
        const offset = slot * this.step
        await this.region.writeBehind(offset, header, RECORD_HEADER_BYTES, bytes, 0, length)
        this.slot = slot
        this.size = length
        this.sequence++
    }

    private async lookUp(): Promise<void> {
        if (this.sequence >= 0) return
        let newest = 0
        for (let slot = 0; slot < 2; slot++) {
            const header = this.scratch
            await this.region.read(slot * this.step, header, 0, RECORD_HEADER_BYTES)
            const length = header[1]
            const sequence = getU32(header, 4)
            const check = getI32(header, 8)
            if (header[0] !== MAGIC || length < 1 || length > this.longest) continue
            if (sequence <= newest) continue
            const start = crc32(header, 0, 8, 0)
            const offset = slot * this.step + RECORD_HEADER_BYTES
            if ((await this.region.check(offset, length, start, this.scratch)) !== check) continue
            newest = sequence
            this.size = length
            this.slot = slot
        }
        this.sequence = newest
    }
}
