import { RecordStore } from "./calibrations.js"
import { ByteStore } from "../core/byte-store.js"
import { copyBytes, getI32, putU32 } from "../core/bytes.js"
import { crc32 } from "../core/crc32.js"
import { PartTurns } from "../core/outbox/record.js"
import { MAX_RECORD_BYTES, getNodeRecord } from "../core/calibration/record.js"

/** Bytes of the part for one copy; a multiple of all page sizes. */
const STEP_BYTES = 256
/** Of the part for one copy, B: copies take an eighth of it. */
const BYTES_PER_COPY = 2048
/** Before the record, which has a checksum of its own: its length, 0 = none, and a CRC-32 of the board's id. */
const HEAD_BYTES = 5

/** @returns how many bytes of a memory part are for copies */
export function copiesBytes(part: ByteStore): number {
    return STEP_BYTES * Math.floor(part.size / BYTES_PER_COPY)
}

/** A memory part that is used by others, too. */
export interface CopyStore {
    readonly part: ByteStore
    readonly outbox: { readonly log: PartTurns }
}

/**
 * Calibration records with a copy of each in a memory part, as far as there is room. The copy is written after the
 * record, and read only where the record is gone: so the newer one of the two is what counts.
 */
export class CopiedRecords implements RecordStore {
    readonly slots: number
    private readonly board: number

    /**
     * @param own the settings store
     * @param store the memory part, and who has the turns with it; undefined: there is none
     * @param device the board's id: the part may have been in another one
     */
    constructor(
        private readonly own: RecordStore,
        private readonly store: CopyStore,
        device: Buffer
    ) {
        this.slots = own.slots
        this.board = crc32(device, 0, device.length, 0)
    }

    async read(slot: number): Promise<Buffer> {
        const kept = await this.own.read(slot)
        // What was taken back is no record, and not gone.
        if (kept === undefined || kept.length === 1 || getNodeRecord(kept) !== undefined)
            return kept
        const at = this.find(slot)
        if (at > 0)
            try {
                const copy = Buffer.alloc(HEAD_BYTES + MAX_RECORD_BYTES)
                await this.store.outbox.log.exchange(at, copy, false)
                const record = copy.slice(HEAD_BYTES, HEAD_BYTES + copy[0])
                if (getI32(copy, 1) === this.board && getNodeRecord(record) !== undefined)
                    return record
            } catch {
                console.warn("calibration: copy cannot be read")
            }
        return kept
    }

    async write(slot: number, bytes: Buffer): Promise<boolean> {
        if (!(await this.own.write(slot, bytes))) return false
        const at = this.find(slot)
        if (at > 0)
            try {
                const { length } = bytes
                const copy = Buffer.alloc(HEAD_BYTES + length)
                // Of what is no record, there is no copy.
                if (length > 1) copy[0] = length
                putU32(copy, 1, this.board)
                copyBytes(copy, HEAD_BYTES, bytes, 0, length)
                await this.store.outbox.log.exchange(at, copy, true)
            } catch {
                console.warn("calibration: no copy")
            }
        return true
    }

    /** @returns where the copy of a slot begins; 0: there is no room for one */
    private find(slot: number): number {
        if (this.store === undefined) return 0
        const { part } = this.store
        const at = slot * STEP_BYTES
        const bytes = copiesBytes(part)
        return at < bytes ? part.size - bytes + at : 0
    }
}
