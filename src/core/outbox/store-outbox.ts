import { Bytes } from "../bytes.js"
import { ENTRY_CLOCK, Outbox, RamOutbox } from "./outbox.js"
import { FrameLog } from "./log.js"

/** Pause between two attempts to reach a part that failed, ms. */
const RETRY_MS = 5000
/** This long after a failure nothing is given out, so that the order holds when the part comes back, ms. */
const HOLD_MS = 60000

/** What the outbox needs of its surroundings. */
export interface StoreOutboxOptions {
    /** RAM for entries while the part fails: as many frames as are to survive that. */
    readonly spare: Bytes
    /** Memory for one entry on its way from there to the part. */
    readonly alloc: (length: number) => Bytes
    /** ms since boot. */
    readonly millis: () => number
    /** Lets other fibers run; really suspends. */
    readonly pause: () => Promise<void>
}

/**
 * An outbox in a memory part. While the part fails, entries go to RAM; they are
 * moved to the part, in order, as soon as it answers again. Entries get new
 * serials then, so that no serial ever means two entries.
 */
export class StoreOutbox extends Outbox {
    /** Failures of the part since boot. */
    errors = 0
    /** The latest failure in words; "" while there was none. */
    lastError = ""
    /** Whether the part answered last. */
    isAttached = false

    private readonly spare: RamOutbox
    /** Serial of the outbox − serial of the log. */
    private shift = 0
    /** Serial of the outbox − serial of what is in RAM. */
    private spareShift = 0
    private retryAt = 0
    /** From then on RAM is given out though the part still fails. */
    private holdUntil = 0
    /** While the part fails: entries in it below this serial may have been delivered. */
    private deliverableBelow = 0
    /** Newest of these that was released meanwhile; 0 = none. */
    private released = 0
    private isMoving = false

    /** @param log is opened by {@link reach} */
    constructor(
        readonly log: FrameLog,
        private readonly options: StoreOutboxOptions
    ) {
        super(log.capacity)
        this.spare = new RamOutbox(options.spare)
    }

    /**
     * Whether the part answers; tries to reach it when it is time: at the first call,
     * which opens the log, and then every 5 s. The outbox works without.
     */
    async reach(): Promise<boolean> {
        while (this.isMoving) await this.options.pause()
        if (this.isAttached) return true
        if (this.options.millis() >= this.retryAt) await this.attach()
        this.update()
        return this.isAttached
    }

    /** A frame, plain or sealed, holds the journalled rows: it closes their journal, unless told. */
    override async push(
        kind: number,
        bytes: Bytes,
        length: number,
        keepsRows?: boolean
    ): Promise<boolean> {
        if (await this.reach())
            try {
                const closes = kind !== ENTRY_CLOCK && keepsRows !== true
                const isTaken = await this.log.append(kind, bytes, 0, length, closes)
                this.update()
                return isTaken
            } catch (e) {
                this.detach(e)
            }
        const isTaken = await this.spare.push(kind, bytes, length)
        this.update()
        return isTaken
    }

    override async lengthOf(serial: number): Promise<number> {
        await this.reach()
        if (serial < this.firstSerial || serial >= this.nextSerial) {
            this.notDelivered(serial)
            return 0
        }
        if (!this.isAttached) return await this.spare.lengthOf(serial - this.spareShift)
        try {
            return await this.log.lengthOf(serial - this.shift)
        } catch (e) {
            this.detach(e)
            this.notDelivered(serial)
            return 0
        }
    }

    override kindOf(serial: number): number {
        return this.isAttached ? this.log.kindOf() : this.spare.kindOf(serial - this.spareShift)
    }

    override async read(serial: number, target: Bytes, to: number): Promise<void> {
        await this.reach()
        if (serial < this.firstSerial || serial >= this.nextSerial)
            throw new RangeError("the outbox has no entry " + serial)
        if (!this.isAttached) {
            await this.spare.read(serial - this.spareShift, target, to)
            return
        }
        try {
            await this.log.read(serial - this.shift, target, to)
        } catch (e) {
            this.detach(e)
            throw e
        }
    }

    override async release(serial: number): Promise<void> {
        await this.reach()
        if (serial < this.firstSerial) {
            if (serial < this.deliverableBelow && serial > this.released) this.released = serial
            return
        }
        if (this.isAttached)
            try {
                await this.log.release(serial - this.shift)
            } catch (e) {
                this.detach(e)
                this.released = serial
            }
        else await this.spare.release(Math.min(serial, this.nextSerial - 1) - this.spareShift)
        this.update()
    }

    /**
     * Keeps a row of the open frame, see {@link FrameLog.journalRow}.
     * @returns false when it is not kept: there is no room, or the part fails
     */
    async journalRow(bytes: Bytes, length: number): Promise<boolean> {
        if (!(await this.reach())) return false
        try {
            return await this.log.journalRow(bytes, length)
        } catch (e) {
            this.detach(e)
            return false
        }
    }

    /** Keeps what the node is to remember across boots. @returns whether it is kept */
    async saveMemory(bytes: Bytes, length: number): Promise<boolean> {
        if (!(await this.reach())) return false
        try {
            await this.log.save(this.log.memory, bytes, length)
            return true
        } catch (e) {
            this.detach(e)
            return false
        }
    }

    /** Opens the log, hands over what was released meanwhile, and moves what is in RAM to it. */
    private async attach(): Promise<void> {
        this.isMoving = true
        try {
            const log = this.log
            const spare = this.spare
            await log.open()
            if (this.released !== 0) await log.release(this.released - this.shift)
            this.released = 0
            while (spare.firstSerial < spare.nextSerial) {
                const serial = spare.firstSerial
                const length = await spare.lengthOf(serial)
                const kind = spare.kindOf(serial)
                const bytes = this.options.alloc(length)
                await spare.read(serial, bytes, 0)
                await log.append(kind, bytes, 0, length, kind !== ENTRY_CLOCK)
                await spare.release(serial)
            }
            // Never a serial that was given out before: it may still be in flight.
            this.shift = Math.max(this.nextSerial - log.firstSerial, 0)
            this.deliverableBelow = 0
            this.isAttached = true
        } catch (e) {
            this.noteFailure(e)
        } finally {
            this.isMoving = false
        }
    }

    private detach(e: unknown): void {
        this.noteFailure(e)
        if (!this.isAttached) return
        this.isAttached = false
        this.released = 0
        this.deliverableBelow = this.nextSerial
        this.spareShift = this.nextSerial - this.spare.firstSerial
        this.holdUntil = this.options.millis() + HOLD_MS
        this.update()
    }

    private noteFailure(e: unknown): void {
        this.errors++
        this.lastError = e instanceof Error ? e.message : "unknown error"
        this.retryAt = this.options.millis() + RETRY_MS
    }

    /** Who is told that an entry is not there releases it without having delivered it. */
    private notDelivered(serial: number): void {
        this.deliverableBelow = Math.min(this.deliverableBelow, serial)
    }

    private update(): void {
        const log = this.log
        this.dropped = log.dropped + this.spare.dropped
        if (this.isAttached) {
            this.firstSerial = log.firstSerial + this.shift
            this.nextSerial = log.nextSerial + this.shift
            this.used = log.used
            return
        }
        this.used = this.spare.used
        if (this.options.millis() < this.holdUntil) this.firstSerial = this.nextSerial
        else {
            this.firstSerial = this.spare.firstSerial + this.spareShift
            this.nextSerial = this.spare.nextSerial + this.spareShift
        }
    }
}
