/**
 * What is known of one boot of one node: which frames came, and when its clock
 * started. Brokers deliver at least once; this makes it exactly once.
 */
import { SEQUENCE_MODULUS } from "../../src/core/frame/format.js"
import { BootClock, type Moment } from "./boot-clock.js"
import type { Status } from "./status-record.js"

/** Sequence numbers remembered per boot; a repetition that is older counts as new. */
const REMEMBERED = 4096

export class BootSession {
    readonly clock = new BootClock()
    /** Unix time of the boot in ms as its status record tells it; used while there is no anchor. */
    epochMs: number | undefined
    /** When it started, concluded from the boots before and after it, when it never knew the time. */
    concludedStart: Moment | undefined
    /** The latest status record of this boot. */
    status: Status | undefined
    /** Readings with a value that were handed out. */
    readings = 0

    /** Checksums by sequence number, which goes on counting beyond 65,535 here. */
    private readonly seen = new Map<number, number[]>()
    private lowest = 0
    private highest = -1
    private distinct = 0

    /** @param ordinal grows from boot to boot in the order in which they were first heard of */
    constructor(readonly ordinal: number) {}

    /** Whether rows that count from boot can be given a time. */
    get isTimeKnown(): boolean {
        return this.clock.isKnown || this.epochMs !== undefined || this.concludedStart !== undefined
    }

    /**
     * Notes a frame.
     *
     * @param sequence 0 … 65,535
     * @param crc the frame's checksum: tells two boots apart that drew the same id
     * @returns false when the frame came before
     */
    accept(sequence: number, crc: number): boolean {
        const number = this.unwrapped(sequence)
        const known = this.seen.get(number)
        if (known?.includes(crc) === true) return false
        if (known !== undefined) {
            known.push(crc)
            return true
        }
        this.seen.set(number, [crc])
        this.distinct++
        if (this.distinct === 1) this.lowest = this.highest = number
        this.lowest = Math.min(this.lowest, number)
        this.highest = Math.max(this.highest, number)
        if (this.seen.size > REMEMBERED) this.seen.delete(this.seen.keys().next().value as number)
        return true
    }

    /** Frames missing between the first and the last one that came. */
    get lost(): number {
        return Math.max(0, this.highest - this.lowest + 1 - this.distinct)
    }

    /** The number nearest to the highest so far that is this one modulo {@link SEQUENCE_MODULUS}. */
    private unwrapped(sequence: number): number {
        if (this.distinct === 0) return sequence
        const step = (sequence - this.highest) & (SEQUENCE_MODULUS - 1)
        return this.highest + (step < SEQUENCE_MODULUS / 2 ? step : step - SEQUENCE_MODULUS)
    }
}
