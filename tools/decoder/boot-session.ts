/** What is known of one boot of one node: which frames came, and when its clock started. */
import { BootClock, type Moment } from "./boot-clock.js"
import type { ClockAnchor } from "./clock-record.js"
import { FrameNumbers, type SavedNumbers } from "./frame-numbers.js"
import type { Status } from "./status-record.js"

/** For a file: JSON. */
export interface SavedBoot {
    readonly id: number
    readonly ordinal: number
    readonly schemaId?: number | undefined
    readonly epochMs?: number | undefined
    readonly concludedStart?: Moment | undefined
    readonly status?: Status | undefined
    readonly readings: number
    readonly anchors: readonly ClockAnchor[]
    readonly numbers: SavedNumbers
}

export class BootSession {
    readonly clock = new BootClock()
    /** Of its first frame that came; a calibration makes another one. undefined before that. */
    schemaId: number | undefined
    /** Unix time of the boot in ms as its status record tells it; used while there is no anchor. */
    epochMs: number | undefined
    /** When it started, concluded from the boots before and after it, when it never knew the time. */
    concludedStart: Moment | undefined
    /** The latest status record of this boot. */
    status: Status | undefined
    /** Readings with a value that were handed out. */
    readings = 0

    /**
     * @param id random number of the boot
     * @param ordinal grows from boot to boot in the order in which they were first heard of
     */
    constructor(
        readonly id: number,
        readonly ordinal: number,
        readonly numbers = new FrameNumbers()
    ) {}

    /** Whether rows that count from boot can be given a time. */
    get isTimeKnown(): boolean {
        return this.clock.isKnown || this.epochMs !== undefined || this.concludedStart !== undefined
    }

    save(): SavedBoot {
        const { id, ordinal, schemaId, epochMs, concludedStart, status, readings } = this
        const { clock, numbers } = this
        const anchors = clock.known
        return {
            id,
            ordinal,
            schemaId,
            epochMs,
            concludedStart,
            status,
            readings,
            anchors,
            numbers: numbers.save(),
        }
    }

    static restore(saved: SavedBoot): BootSession {
        const boot = new BootSession(saved.id, saved.ordinal, FrameNumbers.restore(saved.numbers))
        boot.schemaId = saved.schemaId
        boot.epochMs = saved.epochMs
        boot.concludedStart = saved.concludedStart
        boot.status = saved.status
        boot.readings = saved.readings
        for (const anchor of saved.anchors) boot.clock.add(anchor)
        return boot
    }
}
