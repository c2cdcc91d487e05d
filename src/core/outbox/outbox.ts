import { Bytes, copyBytes } from "../bytes.js"

/** Kinds of entries: which leaf of the topic tree an entry goes to. */
export const ENTRY_FRAME = 0
export const ENTRY_SEALED = 1
export const ENTRY_CLOCK = 2

/** Bytes an entry takes in the RAM outbox beside itself: its kind and its length. */
export const OUTBOX_OVERHEAD_BYTES = 3

/**
 * First-in first-out queue between the recorder and the uplink. Entries that
 * wait have the serials `firstSerial` … `nextSerial − 1`; a serial is never used
 * twice and never changes its entry. When an entry does not fit, the oldest ones
 * are dropped and counted. The methods may be called from several fibers.
 */
export abstract class Outbox {
    /** Serial of the oldest entry that waits; it never decreases. */
    firstSerial = 1
    /** Serial of the entry that comes next; equal to firstSerial while none waits. */
    nextSerial = 1
    /** Entries dropped for lack of room. */
    dropped = 0
    /** Bytes in use, overhead included. */
    used = 0
    /** The first frame of this boot has this serial, or a later one. */
    ownSerial = Infinity

    /** @param capacity the bound of {@link used}, B */
    constructor(readonly capacity: number) {}

    /**
     * Appends an entry; it is accepted when this returns.
     * @param kind ENTRY_…, 0 … 15
     * @param length 1 … 65,535 bytes of `bytes`
     * @param keepsRows whether rows that are journalled stay so: the frame has not all of them
     * @returns false when the entry is larger than the whole outbox; it counts as dropped
     */
    abstract push(kind: number, bytes: Bytes, length: number, keepsRows?: boolean): Promise<boolean>

    /**
     * Length of an entry in B; 0 when it is not there: released, dropped,
     * unreadable (skipped and counted), or not reachable at this time. Go on with
     * the serial after it, or with firstSerial when that is higher by now.
     */
    abstract lengthOf(serial: number): Promise<number>

    /** Kind of the entry whose length was asked for last. */
    abstract kindOf(serial: number): number

    /**
     * Copies an entry to `target` from index `to` on.
     * @throws RangeError when it is not there any more, and what a failing store throws
     */
    abstract read(serial: number, target: Bytes, to: number): Promise<void>

    /** Removes the entries up to and including `serial`: they were delivered, or cannot be. */
    abstract release(serial: number): Promise<void>
}

/** An outbox in one buffer that is taken once, at the start. */
export class RamOutbox extends Outbox {
    private head = 0
    /** The entry that was looked up last, and where it is: entries are read in order. */
    private cursorSerial = 0
    private cursorAt = 0

    /** @param ring holds all entries; its length is the bound in bytes */
    constructor(private readonly ring: Bytes) {
        super(ring.length)
    }

    override async push(kind: number, bytes: Bytes, length: number): Promise<boolean> {
        const needed = length + OUTBOX_OVERHEAD_BYTES
        if (needed > this.capacity) {
            this.dropped++
            return false
        }
        while (this.used + needed > this.capacity) {
            this.shift()
            this.dropped++
        }
        const ring = this.ring
        let at = this.wrap(this.head + this.used)
        ring[at] = kind
        at = this.wrap(at + 1)
        ring[at] = length & 0xff
        at = this.wrap(at + 1)
        ring[at] = length >> 8
        at = this.wrap(at + 1)
        const first = Math.min(length, ring.length - at)
        copyBytes(ring, at, bytes, 0, first)
        copyBytes(ring, 0, bytes, first, length - first)
        this.used += needed
        this.nextSerial++
        return true
    }

    override async lengthOf(serial: number): Promise<number> {
        return this.sizeOf(serial)
    }

    override kindOf(serial: number): number {
        if (this.sizeOf(serial) === 0) return 0
        return this.ring[this.cursorAt]
    }

    override async read(serial: number, target: Bytes, to: number): Promise<void> {
        const length = this.sizeOf(serial)
        if (length === 0) throw new RangeError("the outbox has no entry " + serial)
        const ring = this.ring
        const at = this.wrap(this.cursorAt + OUTBOX_OVERHEAD_BYTES)
        const first = Math.min(length, ring.length - at)
        copyBytes(target, to, ring, at, first)
        copyBytes(target, to + first, ring, 0, length - first)
    }

    override async release(serial: number): Promise<void> {
        while (this.firstSerial <= serial && this.firstSerial < this.nextSerial) this.shift()
    }

    private sizeOf(serial: number): number {
        if (serial < this.firstSerial || serial >= this.nextSerial) return 0
        this.seek(serial)
        return this.lengthAt(this.cursorAt)
    }

    /** Removes the oldest entry. */
    private shift(): void {
        const size = this.lengthAt(this.head) + OUTBOX_OVERHEAD_BYTES
        this.head = this.wrap(this.head + size)
        this.used -= size
        this.firstSerial++
    }

    /** Moves the cursor to an entry that is there. */
    private seek(serial: number): void {
        if (this.cursorSerial < this.firstSerial || this.cursorSerial > serial) {
            this.cursorSerial = this.firstSerial
            this.cursorAt = this.head
        }
        while (this.cursorSerial < serial) {
            this.cursorAt = this.wrap(
                this.cursorAt + this.lengthAt(this.cursorAt) + OUTBOX_OVERHEAD_BYTES
            )
            this.cursorSerial++
        }
    }

    private lengthAt(at: number): number {
        return this.ring[this.wrap(at + 1)] | (this.ring[this.wrap(at + 2)] << 8)
    }

    private wrap(at: number): number {
        return at >= this.ring.length ? at - this.ring.length : at
    }
}
