import { ByteStore, StoreError } from "../byte-store.js"
import { Bytes } from "../bytes.js"
import { Checkpoint } from "./checkpoint.js"
import { EntryRing } from "./entries.js"
import { RowJournal } from "./journal.js"
import {
    CHECKPOINT_BYTES,
    MAX_ANCHOR_BYTES,
    MAX_MEMORY_BYTES,
    ROW_HEADER_BYTES,
    StoreLayout,
    wrapped,
} from "./layout.js"
import { StoredRecord } from "./record.js"
import { RingRegion } from "./region.js"

/** A serial above all that occur. */
const NO_LIMIT = 0xffffffff

/**
 * Entries, the rows of the open frame and two small records in a memory part,
 * readable after a power cut at any byte (docs/outbox.md has the format and what
 * survives what). Every method throws what the store throws; the log is then as
 * it was before the call and the call may be repeated. Methods may be called
 * from several fibers: they take turns.
 */
export class FrameLog {
    /** Serials of the oldest entry and of the one that comes next; they go on across boots. */
    firstSerial = 1
    nextSerial = 1
    /** Entries dropped for lack of room since the store was new. */
    dropped = 0
    /** Since boot: entries that could not be read, and appends that a power cut ended. */
    torn = 0
    /** Entries that were there when the log was opened. */
    recovered = 0
    /** B, overhead included. */
    used = 0
    readonly capacity: number
    readonly journal: RowJournal
    /** The newest clock anchor, at most {@link MAX_ANCHOR_BYTES} B. */
    readonly anchor: StoredRecord
    /** What the node remembers across boots, at most {@link MAX_MEMORY_BYTES} B. */
    readonly memory: StoredRecord

    private readonly layout: StoreLayout
    private readonly state: Checkpoint
    private readonly ring: EntryRing
    /** Grid places of the oldest entry and behind the newest one. */
    private firstAt = 0
    private nextAt = 0
    /** Where the entry is that was looked up last: entries are read in order. */
    private cursorSerial = 0
    private cursorAt = 0
    /** The entry whose contents were found intact last. */
    private intactSerial = 0
    /** Serials below it that are unreadable have been counted. */
    private tornBelow = 0
    private foundKind = 0
    private isOpen = false
    private isBusy = false

    /**
     * @param scratch the only working memory: 128 B, or more for longer journal rows
     *   (its length − 12); at least a page of the store
     * @param pause lets other fibers and the board's main loop run; called at
     *   least every 300 B of checking
     * @param reserved last bytes of the store that are for others
     * @throws RangeError when the store or the scratch buffer is too small
     */
    constructor(
        private readonly store: ByteStore,
        private readonly scratch: Bytes,
        private readonly pause: () => Promise<void>,
        reserved = 0
    ) {
        const layout = new StoreLayout(store.size, store.pageBytes, reserved)
        this.layout = layout
        if (scratch.length < Math.max(2 * CHECKPOINT_BYTES, store.pageBytes))
            throw new RangeError("the scratch buffer is too small: " + scratch.length + " B")
        const grid = layout.grid
        const rows = new RingRegion(store, layout.journalAt, layout.journalUnits, grid)
        const entries = new RingRegion(store, layout.ringAt, layout.ringUnits, grid)
        this.capacity = layout.ringUnits * grid
        this.state = new Checkpoint(store, layout, scratch)
        this.journal = new RowJournal(rows, scratch)
        this.ring = new EntryRing(entries, scratch, pause)
        this.anchor = new StoredRecord(
            store,
            layout.anchorAt,
            layout.anchorStep,
            grid,
            MAX_ANCHOR_BYTES,
            scratch
        )
        this.memory = new StoredRecord(
            store,
            layout.memoryAt,
            layout.memoryStep,
            grid,
            MAX_MEMORY_BYTES,
            scratch
        )
    }

    /**
     * Finds out what the store holds; call it first. Called again, after the part
     * failed, it only looks whether the part is back: a call that failed may have
     * left its entry in the store, and whoever repeats that call must not double it.
     */
    async open(): Promise<void> {
        await this.enter()
        try {
            await this.store.open()
            if (this.isOpen) return
            await this.recover()
            this.recovered = this.nextSerial - this.firstSerial
            this.isOpen = true
        } finally {
            this.isBusy = false
        }
    }

    /**
     * Appends an entry; drops the oldest ones when there is no room.
     * @param kind 0 … 15
     * @param from index of the entry's first byte in `bytes`
     * @param length 1 … 65,535 B
     * @param closesJournal whether the entry holds the journalled rows: they are gone once it is there
     * @returns false when it is larger than the whole ring; it counts as dropped
     */
    async append(
        kind: number,
        bytes: Bytes,
        from: number,
        length: number,
        closesJournal: boolean
    ): Promise<boolean> {
        await this.enter()
        try {
            const ring = this.ring
            const journal = this.journal
            const units = ring.unitsOf(length)
            const fits = units <= this.layout.ringUnits
            if (fits) await this.makeRoom(units)
            else this.dropped++
            ring.kind = kind
            ring.size = length
            ring.serial = this.nextSerial
            ring.firstSerial = this.firstSerial
            ring.journal = closesJournal ? journal.number + 1 : journal.number
            ring.journalAt = closesJournal ? journal.endAt() : journal.startAt
            if (fits) {
                ring.check = await ring.checkOf(bytes, from, length)
                await ring.write(this.nextAt, bytes, from)
            }
            const state = this.state
            state.nextSerial = fits ? this.nextSerial + 1 : this.nextSerial
            state.nextAt = fits ? this.placeBehind(this.nextAt, units) : this.nextAt
            state.journal = ring.journal
            state.journalAt = ring.journalAt
            await this.saveState()
            if (closesJournal) journal.open(ring.journal, ring.journalAt)
            return fits
        } finally {
            this.isBusy = false
        }
    }

    /**
     * Length of an entry in B; 0 when it is not there or cannot be read, in which
     * case it is counted. Its contents are checked, once.
     */
    async lengthOf(serial: number): Promise<number> {
        await this.enter()
        try {
            if (!(await this.seek(serial))) return 0
            this.foundKind = this.ring.kind
            if (this.intactSerial === serial) return this.ring.size
            if (!(await this.ring.isIntact(this.cursorAt))) {
                this.countTorn(serial, serial + 1)
                return 0
            }
            this.intactSerial = serial
            return this.ring.size
        } finally {
            this.isBusy = false
        }
    }

    /** Kind of the entry whose length was asked for last. */
    kindOf(): number {
        return this.foundKind
    }

    /**
     * Copies an entry to `target` from index `to` on.
     * @throws RangeError when it is not there any more
     * @throws StoreError when it did not arrive as it was stored: reading again may help
     */
    async read(serial: number, target: Bytes, to: number): Promise<void> {
        await this.enter()
        try {
            if (!(await this.seek(serial))) throw new RangeError("the store has no entry " + serial)
            const length = this.ring.size
            await this.ring.read(this.cursorAt, target, to)
            if ((await this.ring.checkOf(target, to, length)) !== this.ring.check)
                throw new StoreError("entry " + serial + " was read with errors")
        } finally {
            this.isBusy = false
        }
    }

    /** Removes the entries up to and including `serial`. */
    async release(serial: number): Promise<void> {
        await this.enter()
        try {
            if (serial < this.firstSerial || this.firstSerial === this.nextSerial) return
            const serialBefore = this.firstSerial
            const atBefore = this.firstAt
            try {
                await this.moveFirst(Math.min(serial + 1, this.nextSerial))
                this.keepState()
                await this.saveState()
            } catch (e) {
                this.firstSerial = serialBefore
                this.firstAt = atBefore
                throw e
            }
        } finally {
            this.isBusy = false
        }
    }

    /**
     * Appends a row of the open frame to the journal.
     * @param length 1 … 255 B, and at most that of the scratch buffer − 12
     * @returns false when the journal has no room for it: the frame should be closed
     */
    async journalRow(bytes: Bytes, length: number): Promise<boolean> {
        await this.enter()
        try {
            return await this.journal.append(bytes, length)
        } finally {
            this.isBusy = false
        }
    }

    /**
     * Gives the rows of the frame that was not closed, in order. The visitor must
     * not use the log before it is done with the row's bytes.
     * @param visit row, index of its first byte, length
     */
    async journalRows(
        visit: (bytes: Bytes, from: number, length: number) => Promise<void>
    ): Promise<void> {
        const number = this.journal.number
        let at = 0
        for (;;) {
            at = await this.nextRow(number, at)
            if (at < 0) return
            const after = this.journal.after(at)
            await visit(this.scratch, ROW_HEADER_BYTES, this.journal.size)
            at = after
        }
    }

    /**
     * Copies a record's newest value to the start of `target`.
     * @param record {@link anchor}, {@link memory}, or one that is kept behind the ring
     * @returns its length in B, 0 when there is none
     */
    async load(record: StoredRecord, target: Bytes): Promise<number> {
        await this.enter()
        try {
            return await record.load(target)
        } finally {
            this.isBusy = false
        }
    }

    /**
     * Replaces a record's value.
     * @param record as for {@link load}
     * @throws RangeError for one that is empty or too long
     */
    async save(record: StoredRecord, bytes: Bytes, length: number): Promise<void> {
        await this.enter()
        try {
            await record.save(bytes, length)
        } finally {
            this.isBusy = false
        }
    }

    /** Reads or writes what somebody else keeps in the part, behind the ring. */
    async exchange(at: number, bytes: Bytes, isWrite: boolean): Promise<void> {
        await this.enter()
        try {
            if (isWrite) await this.store.write(at, bytes, 0, bytes.length)
            else await this.store.read(at, bytes, 0, bytes.length)
        } finally {
            this.isBusy = false
        }
    }

    private async nextRow(number: number, at: number): Promise<number> {
        await this.enter()
        try {
            if (number !== this.journal.number) return -1
            return await this.journal.next(at)
        } finally {
            this.isBusy = false
        }
    }

    /** One method at a time: all of them share the scratch buffer. */
    private async enter(): Promise<void> {
        while (this.isBusy) await this.pause()
        this.isBusy = true
    }

    private async recover(): Promise<void> {
        const state = this.state
        this.cursorSerial = 0
        this.intactSerial = 0
        const isKnown = await state.load()
        if (isKnown) {
            this.firstSerial = state.firstSerial
            this.firstAt = state.firstAt
            this.nextSerial = state.nextSerial
            this.nextAt = state.nextAt
            this.dropped = state.dropped
            this.journal.open(state.journal, state.journalAt)
        } else await this.searchAll()
        this.tornBelow = this.firstSerial
        let isMore = isKnown
        for (let i = 0; isMore && i < this.layout.checkpoints; i++)
            isMore = await this.rollForward()
        this.keepState()
        // So that the next boot needs no search.
        if (!isKnown) await this.saveState()
        this.countUsed()
    }

    /**
     * Takes over the entry behind the newest one that the checkpoint knows: its own
     * checkpoint was cut off, or has been damaged since.
     */
    private async rollForward(): Promise<boolean> {
        const ring = this.ring
        const serial = this.nextSerial
        const at = this.nextAt
        if (!(await ring.isAt(at, this.layout.ringUnits, serial, serial))) return false
        if (!(await ring.isIntact(at))) {
            this.torn++
            return false
        }
        await this.takeAsNewest(at)
        return true
    }

    /** Looks at every place of the ring: for a store of which no checkpoint is left. */
    private async searchAll(): Promise<void> {
        const ring = this.ring
        const units = this.layout.ringUnits
        let newest = 0
        let newestAt = 0
        let at = 0
        while (at < units) {
            const found = await ring.find(at, units - at, 2 * units, newest + 1, NO_LIMIT)
            if (found < 0) break
            newest = ring.serial
            newestAt = found
            at = found + ring.unitsOf(ring.size)
        }
        this.firstSerial = newest + 1
        this.firstAt = 0
        this.nextAt = 0
        if (newest === 0) {
            this.nextSerial = 1
            await this.journal.search()
            return
        }
        await ring.isAt(newestAt, units, newest, newest)
        this.firstSerial = 0
        this.nextSerial = newest
        await this.takeAsNewest(newestAt)
    }

    /** The entry whose header was taken over is the newest one. */
    private async takeAsNewest(at: number): Promise<void> {
        const ring = this.ring
        this.nextAt = this.placeBehind(at, ring.unitsOf(ring.size))
        this.nextSerial++
        this.journal.open(ring.journal, ring.journalAt)
        const first = ring.firstSerial
        if (first <= this.firstSerial) return
        // Older ones gave way to it, or were released. It is found itself when it is alone.
        const units = this.layout.ringUnits
        const newest = this.nextSerial - 1
        const found = await ring.find(this.nextAt, units, units, first, newest)
        this.firstAt = found < 0 ? at : found
        this.firstSerial = found < 0 ? newest : ring.serial
    }

    /** Drops the oldest entries until N grid places are free. */
    private async makeRoom(units: number): Promise<void> {
        const free = this.layout.ringUnits - units
        if (this.unitsUsed() <= free) return
        const serialBefore = this.firstSerial
        const atBefore = this.firstAt
        const droppedBefore = this.dropped
        const tornBefore = this.torn
        try {
            while (this.unitsUsed() > free) await this.moveFirst(this.firstSerial + 1)
            const unreadable = this.torn - tornBefore
            this.dropped += this.firstSerial - serialBefore - unreadable
            // In force before anything is overwritten, so that what is gone is known to be.
            this.keepState()
            await this.saveState()
        } catch (e) {
            this.firstSerial = serialBefore
            this.firstAt = atBefore
            this.dropped = droppedBefore
            throw e
        }
    }

    /** Moves the start of the ring to an entry, or to the first readable one behind it. */
    private async moveFirst(serial: number): Promise<void> {
        if (serial >= this.nextSerial) {
            this.firstSerial = this.nextSerial
            this.firstAt = this.nextAt
            return
        }
        await this.seek(serial)
        this.firstSerial = this.cursorSerial
        this.firstAt = this.cursorAt
    }

    /** Moves the cursor to an entry; to the first readable one behind it when it is not there. */
    private async seek(serial: number): Promise<boolean> {
        if (serial < this.firstSerial || serial >= this.nextSerial) return false
        if (this.cursorSerial < this.firstSerial || this.cursorSerial > serial) {
            this.cursorSerial = this.firstSerial
            this.cursorAt = this.firstAt
        }
        const ring = this.ring
        const last = this.nextSerial - 1
        for (;;) {
            const room = this.unitsFrom(this.cursorAt)
            const at = await ring.find(this.cursorAt, room, room, this.cursorSerial, last)
            if (at < 0) {
                this.countTorn(this.cursorSerial, this.nextSerial)
                this.cursorSerial = this.nextSerial
                this.cursorAt = this.nextAt
                return false
            }
            this.countTorn(this.cursorSerial, ring.serial)
            this.cursorSerial = ring.serial
            this.cursorAt = at
            if (ring.serial >= serial) return ring.serial === serial
            this.cursorSerial++
            this.cursorAt = this.placeBehind(at, ring.unitsOf(ring.size))
        }
    }

    /** Counts unreadable entries, each once. */
    private countTorn(from: number, to: number): void {
        if (to <= this.tornBelow) return
        this.torn += to - Math.max(from, this.tornBelow)
        this.tornBelow = to
    }

    private keepState(): void {
        const state = this.state
        state.nextSerial = this.nextSerial
        state.nextAt = this.nextAt
        state.journal = this.journal.number
        state.journalAt = this.journal.startAt
    }

    private async saveState(): Promise<void> {
        const state = this.state
        state.firstSerial = this.firstSerial
        state.firstAt = this.firstAt
        state.dropped = this.dropped
        await state.save()
        this.nextSerial = state.nextSerial
        this.nextAt = state.nextAt
        this.countUsed()
    }

    private countUsed(): void {
        this.used = this.unitsUsed() * this.layout.grid
    }

    private unitsUsed(): number {
        return this.firstSerial === this.nextSerial ? 0 : this.unitsFrom(this.firstAt)
    }

    /** Grid places from one in use to the end of what is in use. */
    private unitsFrom(at: number): number {
        const units = this.nextAt - at
        return units > 0 ? units : units + this.layout.ringUnits
    }

    private placeBehind(at: number, units: number): number {
        return wrapped(at + units, this.layout.ringUnits)
    }
}
