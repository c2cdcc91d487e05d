import { Bytes } from "../../core/bytes.js"

/** Kind and length precede each entry. */
const HEADER_BYTES = 3

/**
 * A few entries in RAM, oldest first, each in one piece from the start of the
 * buffer on, so that they can be handed to the store without a further buffer.
 * Removing one moves the others: this is for the rare time without a store.
 */
export class SpareQueue {
    /** Entries removed by {@link shift} or dropped, plus 1; and entries ever put, plus 1. */
    firstSerial = 1
    nextSerial = 1
    /** Entries given up for lack of room. */
    dropped = 0
    /** B */
    used = 0

    constructor(readonly bytes: Bytes) {}

    /** Appends an entry; drops the oldest ones when there is no room. @returns whether it fits at all */
    put(kind: number, source: Bytes, length: number): boolean {
        const needed = HEADER_BYTES + length
        if (needed > this.bytes.length) {
            this.dropped++
            return false
        }
        while (this.used + needed > this.bytes.length) {
            this.shift()
            this.dropped++
        }
        const at = this.used
        this.bytes[at] = kind
        this.bytes[at + 1] = length & 0xff
        this.bytes[at + 2] = length >> 8
        for (let i = 0; i < length; i++) this.bytes[at + HEADER_BYTES + i] = source[i]
        this.used += needed
        this.nextSerial++
        return true
    }

    /** Index of the first byte of an entry; −1 when it is not there. */
    indexOf(serial: number): number {
        if (serial < this.firstSerial || serial >= this.nextSerial) return -1
        let at = 0
        for (let i = this.firstSerial; i < serial; i++) at += HEADER_BYTES + this.lengthAt(at)
        return at + HEADER_BYTES
    }

    /** @param index as {@link indexOf} gives it */
    lengthOf(index: number): number {
        return this.lengthAt(index - HEADER_BYTES)
    }

    /** @param index as {@link indexOf} gives it */
    kindOf(index: number): number {
        return this.bytes[index - HEADER_BYTES]
    }

    /** Removes the oldest entry. */
    shift(): void {
        const size = HEADER_BYTES + this.lengthAt(0)
        this.used -= size
        for (let i = 0; i < this.used; i++) this.bytes[i] = this.bytes[size + i]
        this.firstSerial++
    }

    private lengthAt(at: number): number {
        return this.bytes[at + 1] | (this.bytes[at + 2] << 8)
    }
}
