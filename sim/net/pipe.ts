/**
 * One direction of a TCP connection in virtual time: bytes arrive in order and
 * unchanged, but late, in other pieces than they were sent in, or never.
 */
import { type VirtualClock } from "../time/clock.js"
import { type ScheduledEvent } from "../time/event.js"

/** TCP breaks a connection when nothing was acknowledged for so long, µs. */
const GIVE_UP_US = 63_000_000
/** Longest time by which a piece arrives after the one before it, when pieces are made anew, µs. */
const PIECE_DELAY_US = 40_000
/** Shares of the arrivals that are split, and that wait for the next one to be joined. */
const SPLIT_SHARE = 0.4
const HOLD_SHARE = 0.3

export interface PipeOptions {
    readonly clock: VirtualClock
    /** Time on the way in µs, drawn per write; undefined = TCP gives up. */
    readonly delayUs: () => number | undefined
    /** A seeded number in [0, 1) when the stream is to be cut into other pieces, else undefined. */
    readonly chance: () => number | undefined
    readonly deliver: (bytes: Uint8Array) => void
    /** The stream broke: no byte comes after those delivered. */
    readonly broken: (reason: string) => void
}

interface Item {
    at: number
    /** undefined = something that keeps its place among the bytes, such as their end. */
    bytes: Uint8Array | undefined
    isHeld: boolean
    /** Called when that comes. */
    readonly arrived: (() => void) | undefined
}

/** Something to be done when N bytes were delivered. */
interface Mark {
    readonly at: number
    readonly action: () => void
}

export class Pipe {
    /** Bytes that arrived. */
    delivered = 0
    /** Writes and bytes that did not arrive yet. */
    waitingWrites = 0
    waitingBytes = 0

    private readonly queue: Item[] = []
    /** Ends of writes whose sender wants to know of their arrival, in order. */
    private readonly awaited: Mark[] = []
    private pushed = 0
    /** Nearest first. */
    private readonly marks: Mark[] = []
    private timer: ScheduledEvent | undefined
    private stalledUntil = 0
    private isSwallowing = false
    private isClosed = false

    constructor(private readonly options: PipeOptions) {}

    /**
     * Sends bytes, or nothing that keeps its place among them.
     * @param arrived called when the last of it was delivered
     */
    push(bytes: Uint8Array | undefined, arrived?: () => void): void {
        if (this.isClosed) return
        this.waitingWrites++
        this.waitingBytes += bytes?.length ?? 0
        this.pushed += bytes?.length ?? 0
        if (this.isSwallowing) return
        const delay = this.options.delayUs()
        if (delay === undefined) {
            // What was sent before still arrives; what comes after waits for this.
            this.isSwallowing = true
            this.options.clock.after(GIVE_UP_US, () => {
                if (!this.isClosed) this.options.broken("timed out: no acknowledgement")
            })
            return
        }
        const at = Math.max(this.options.clock.now + delay, this.queue.at(-1)?.at ?? 0)
        if (bytes !== undefined && arrived !== undefined)
            this.awaited.push({ at: this.pushed, action: arrived })
        this.queue.push({ at, bytes, isHeld: false, arrived })
        if (this.queue.length === 1) this.arm()
    }

    /**
     * Does something to the stream right after its n-th byte arrived; with 0, when
     * the first one would.
     */
    after(bytes: number, action: () => void): void {
        this.marks.push({ at: bytes, action })
        this.marks.sort((a, b) => a.at - b.at)
    }

    /** Nothing arrives for N µs from now; then all of it does. */
    stall(us: number): void {
        this.stalledUntil = this.options.clock.now + us
        this.arm()
    }

    /** From now on bytes vanish, those in flight too. Nobody is told. */
    swallow(): void {
        this.isSwallowing = true
        this.queue.length = 0
        this.disarm()
    }

    close(): void {
        this.isClosed = true
        this.queue.length = 0
        this.disarm()
    }

    private disarm(): void {
        this.options.clock.cancel(this.timer)
        this.timer = undefined
    }

    private arm(): void {
        this.disarm()
        if (this.queue.length === 0) return
        const { clock } = this.options
        const at = Math.max(this.queue[0].at, this.stalledUntil, clock.now)
        this.timer = clock.after(at - clock.now, () => this.pump())
    }

    private pump(): void {
        const { clock } = this.options
        while (
            this.queue.length > 0 &&
            Math.max(this.queue[0].at, this.stalledUntil) <= clock.now
        ) {
            const item = this.queue[0]
            if (item.bytes !== undefined) {
                // The first byte comes: it is not too late for what is to happen before it.
                if (this.passMarks()) continue
                this.splitAtMark(item, item.bytes)
                if (this.delays(item, item.bytes)) continue
            }
            this.queue.shift()
            this.waitingWrites--
            if (item.bytes === undefined) item.arrived?.()
            else this.hand(item.bytes)
        }
        if (!this.isClosed) this.arm()
    }

    /** @returns whether something was done */
    private passMarks(): boolean {
        let isPassed = false
        while (this.marks.length > 0 && this.marks[0].at <= this.delivered) {
            isPassed = true
            this.marks.shift()?.action()
        }
        return isPassed
    }

    /** What lies beyond the next mark becomes an item of its own. */
    private splitAtMark(item: Item, bytes: Uint8Array): void {
        const left = this.bytesToMark()
        if (bytes.length <= left) return
        item.bytes = bytes.subarray(0, left)
        this.queue.splice(1, 0, { ...item, bytes: bytes.subarray(left) })
        this.waitingWrites++
    }

    private bytesToMark(): number {
        return (this.marks.at(0)?.at ?? Infinity) - this.delivered
    }

    /** Makes other pieces of the stream. @returns whether the item waits again */
    private delays(item: Item, bytes: Uint8Array): boolean {
        const kind = this.options.chance()
        if (kind === undefined) return false
        const place = this.options.chance() ?? 0
        const later =
            this.options.clock.now + Math.ceil((this.options.chance() ?? 0) * PIECE_DELAY_US)
        if (kind < SPLIT_SHARE && bytes.length > 1) {
            const length = 1 + Math.floor(place * (bytes.length - 1))
            item.bytes = bytes.subarray(length)
            item.at = later
            this.hand(bytes.subarray(0, length))
            return true
        }
        if (!item.isHeld && kind < SPLIT_SHARE + HOLD_SHARE) {
            item.isHeld = true
            item.at = later
            return true
        }
        // What comes after a mark must not come before it.
        if (bytes.length === this.bytesToMark()) return false
        const next = this.queue.at(1)
        if (item.isHeld && next?.bytes !== undefined && next.at <= this.options.clock.now) {
            this.queue.splice(1, 1)
            item.bytes = Buffer.concat([bytes, next.bytes])
            this.waitingWrites--
            return true
        }
        return false
    }

    private hand(bytes: Uint8Array): void {
        this.delivered += bytes.length
        this.waitingBytes -= bytes.length
        this.options.deliver(bytes)
        // Even if the stream breaks right after.
        while (this.awaited.length > 0 && this.awaited[0].at <= this.delivered)
            this.awaited.shift()?.action()
        if (!this.isClosed) this.passMarks()
    }
}
