import { RecordStore } from "./calibrations.js"
import { ByteStore } from "../core/byte-store.js"
import { Bytes, copyBytes, getI32, putU32 } from "../core/bytes.js"
import { crc32 } from "../core/crc32.js"
import { KeptRecord, PartTurns } from "../core/outbox/record.js"
import { MAX_RECORD_BYTES, getNodeRecord } from "../core/calibration/record.js"

/** Bytes of the part for one copy; a multiple of all page sizes. */
const STEP_BYTES = 256
/** Of the part for one copy, B: copies take an eighth of it. */
const BYTES_PER_COPY = 2048
/** Before the record: its length, 0 = none, and a CRC-32 of the board's id and the record. */
const HEAD_BYTES = 5

/** @returns how many bytes of a memory part are for copies */
export function copiesBytes(part: ByteStore): number {
    return STEP_BYTES * Math.floor(part.size / BYTES_PER_COPY)
}

/**
 * Calibration records with a copy of each in a memory part, as far as there is room. The copy is written after the
 * record, and read only where the record is gone: so the newer one of the two is what counts.
 */
export class CopiedRecords implements RecordStore, KeptRecord {
    readonly slots: number
    /** Where a copy begins that is read or written. */
    private at = 0
    /** Of the CRC: that of the board's id. */
    private readonly start: number

    /**
     * @param own the settings store
     * @param device the board's id: the part may have been in another one
     */
    constructor(
        private readonly own: RecordStore,
        private readonly turns: PartTurns,
        private readonly part: ByteStore,
        device: Buffer
    ) {
        this.slots = own.slots
        this.start = crc32(device, 0, device.length, 0)
    }

    async read(slot: number): Promise<Buffer> {
        const kept = await this.own.read(slot)
        // What was taken back is no record, and not gone.
        if (kept === undefined || kept.length === 1 || getNodeRecord(kept) !== undefined)
            return kept
        if (!this.find(slot)) return kept
        try {
            const copy = Buffer.alloc(HEAD_BYTES + MAX_RECORD_BYTES)
            const length = await this.turns.load(this, copy)
            return length === 0 ? kept : copy.slice(HEAD_BYTES, HEAD_BYTES + length)
        } catch {
            return kept
        }
    }

    async write(slot: number, bytes: Buffer): Promise<boolean> {
        if (!(await this.own.write(slot, bytes))) return false
        if (this.find(slot))
            try {
                await this.turns.save(this, bytes, bytes.length)
            } catch {
                console.warn("calibration: no copy")
            }
        return true
    }

    /** @param target {@link HEAD_BYTES} more than the longest record @returns length of the copy, 0 = none */
    async load(target: Bytes): Promise<number> {
        await this.part.read(this.at, target, 0, target.length)
        const length = target[0]
        if (length > MAX_RECORD_BYTES) return 0
        const check = crc32(target, HEAD_BYTES, HEAD_BYTES + length, this.start)
        return check === getI32(target, 1) ? length : 0
    }

    /** Replaces the copy; of what is no record, there is none. */
    async save(bytes: Bytes, length: number): Promise<void> {
        const copy = Buffer.alloc(HEAD_BYTES + length)
        if (length > 1) copy[0] = length
        putU32(copy, 1, crc32(bytes, 0, length, this.start))
        copyBytes(copy, HEAD_BYTES, bytes, 0, length)
        await this.part.write(this.at, copy, 0, copy.length)
    }

    /** @returns whether there is room for a copy */
    private find(slot: number): boolean {
        const bytes = copiesBytes(this.part)
        this.at = this.part.size - bytes + slot * STEP_BYTES
        return slot * STEP_BYTES < bytes
    }
}
