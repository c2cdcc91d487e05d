import { ByteStore } from "../byte-store.js"
import { Bytes, getI32, getU16, getU32, putU16, putU32 } from "../bytes.js"
import { crc32 } from "../crc32.js"
import { CHECKPOINT_BYTES, StoreLayout } from "./layout.js"

/** "SC": suitcase checkpoint, format 1. */
const MAGIC = 0x4353
const CHECKED_BYTES = CHECKPOINT_BYTES - 4

/**
 * The state of a log in 32 B. Each state is written to the slot after the last
 * one, so that a cut can only damage a slot whose state was not in force yet.
 */
export class Checkpoint {
    /** Counts the states written; 0 = none. */
    sequence = 0
    firstSerial = 1
    nextSerial = 1
    /** Grid places of these two in the ring. */
    firstAt = 0
    nextAt = 0
    /** Number of the open row journal and the place where its rows start. */
    journal = 1
    journalAt = 0
    /** Entries dropped for lack of room since the store was new. */
    dropped = 0

    constructor(
        private readonly store: ByteStore,
        private readonly layout: StoreLayout,
        private readonly scratch: Bytes
    ) {}

    /** Takes over the newest state. @returns false when no slot has one */
    async load(): Promise<boolean> {
        let newest = 0
        let newestSlot = 0
        for (let slot = 0; slot < this.layout.checkpoints; slot++) {
            if (!(await this.readSlot(slot))) continue
            const sequence = getU32(this.scratch, 4)
            if (sequence > newest) {
                newest = sequence
                newestSlot = slot
            }
        }
        if (newest === 0 || !(await this.readSlot(newestSlot))) return false
        const bytes = this.scratch
        this.sequence = newest
        this.journalAt = getU16(bytes, 2)
        this.firstSerial = getU32(bytes, 8)
        this.nextSerial = getU32(bytes, 12)
        this.firstAt = getU16(bytes, 16)
        this.nextAt = getU16(bytes, 18)
        this.journal = getU32(bytes, 20)
        this.dropped = getU32(bytes, 24)
        return true
    }

    /** Puts the state in force. @throws what the store throws; the state before is then in force */
    async save(): Promise<void> {
        const bytes = this.scratch
        putU16(bytes, 0, MAGIC)
        putU16(bytes, 2, this.journalAt)
        putU32(bytes, 4, this.sequence + 1)
        putU32(bytes, 8, this.firstSerial)
        putU32(bytes, 12, this.nextSerial)
        putU16(bytes, 16, this.firstAt)
        putU16(bytes, 18, this.nextAt)
        putU32(bytes, 20, this.journal)
        putU32(bytes, 24, this.dropped)
        putU32(bytes, CHECKED_BYTES, crc32(bytes, 0, CHECKED_BYTES, 0))
        await this.store.write(this.addressOf(this.sequence + 1), bytes, 0, CHECKPOINT_BYTES)
        this.sequence++
    }

    private addressOf(sequence: number): number {
        const slots = this.layout.checkpoints
        return (sequence - Math.floor(sequence / slots) * slots) * this.layout.checkpointStep
    }

    /** @returns whether the slot, now in the scratch buffer, holds a state this layout can have */
    private async readSlot(slot: number): Promise<boolean> {
        const bytes = this.scratch
        const at = slot * this.layout.checkpointStep
        await this.store.read(at, bytes, 0, CHECKPOINT_BYTES)
        if (getU16(bytes, 0) !== MAGIC) return false
        if (crc32(bytes, 0, CHECKED_BYTES, 0) !== getI32(bytes, CHECKED_BYTES)) return false
        const waiting = getU32(bytes, 12) - getU32(bytes, 8)
        const units = this.layout.ringUnits
        return (
            this.addressOf(getU32(bytes, 4)) === at &&
            waiting >= 0 &&
            waiting <= units &&
            getU16(bytes, 16) < units &&
            getU16(bytes, 18) < units &&
            getU16(bytes, 2) < this.layout.journalUnits
        )
    }
}
