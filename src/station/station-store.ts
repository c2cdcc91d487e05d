import { ByteStore } from "../core/byte-store.js"
import { Bytes } from "../core/bytes.js"
import { Outbox } from "../core/outbox/outbox.js"
import { PartTurns } from "../core/outbox/record.js"

/** Begins what is kept behind the command ids; no id is as long. */
export const TAIL_MARK = 0xff

/** A memory part that says what it is. */
export interface MemoryPart extends ByteStore {
    readonly name: string
    /** 7-bit address. */
    readonly address: number
}

/** An outbox in a memory part. */
export interface DurableOutbox extends Outbox {
    /** Whether the part answered last. */
    readonly isAttached: boolean
    /** For others that keep something in the part. */
    readonly log: PartTurns
    /** Keeps one row until the frame is in the outbox. @returns false when it could not be kept */
    journalRow: (bytes: Bytes, length: number) => Promise<boolean>
}

/**
 * @param kept what {@link StationStore.recall} gave
 * @returns where the tail begins in it: at its end when there is none
 */
export function tailOf(kept: Buffer): number {
    let at = 0
    while (at < kept.length && kept[at] !== TAIL_MARK) at += 1 + kept[at]
    return Math.min(at, kept.length)
}

/**
 * What outlives power cuts on a node: its outbox, the rows of the open frame,
 * and a little memory. An interface, so that apps without it do not carry it.
 */
export interface StationStore {
    readonly part: MemoryPart
    readonly outbox: DurableOutbox
    /** Why the node started: what {@link planRestart} was told, or "power" (also a reset button, or a reset by the board). */
    resetCause: string
    /** Calls back with the rows of a frame that was not closed, oldest first. */
    journalRows: (
        visit: (bytes: Bytes, from: number, length: number) => Promise<void>
    ) => Promise<void>
    /**
     * Reads what the node remembered, and forgets that a restart was planned.
     * @returns the ids that were kept, and the tail; undefined when nothing was
     */
    recall: () => Promise<Buffer>
    /** @param ids each led by its length, oldest first; the oldest that do not fit are left out */
    keepIds: (ids: Buffer, length: number) => Promise<void>
    /** What is kept behind the ids, led by {@link TAIL_MARK}; empty until somebody takes it from what {@link recall} gave. */
    tail: Buffer
    /** Replaces {@link tail}. */
    keepTail: (tail: Buffer) => Promise<void>
    /** The next start is one that was wanted. @param cause RESTART_… */
    planRestart: (cause: string) => Promise<void>
    /** The store as a member of the status record, JSON. */
    statusText: () => string
}

/**
 * @param spareBytes RAM for frames while the part fails, unless the opener was told
 * @param hasCopies whether there are copies of calibration records in the part
 * @returns undefined when no part answers
 */
export type StoreOpener = (spareBytes: number, hasCopies: boolean) => Promise<StationStore>
