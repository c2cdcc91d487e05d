import { Bytes } from "../../core/bytes.js"

/** Bytes a frame takes in the outbox beside itself. */
export const OUTBOX_OVERHEAD_BYTES = 2

/**
 * First-in first-out queue of frames in one buffer that is taken once, at the
 * start. When a frame does not fit, the oldest ones are dropped and counted.
 */
export class Outbox {
    /** Frames waiting. */
    frames = 0
    /** Frames dropped because there was no room, since boot. */
    dropped = 0
    /** Bytes in use, overhead included. */
    used = 0

    private head = 0

    /** @param ring holds all frames; its length is the bound in bytes */
    constructor(private readonly ring: Bytes) {}

    /**
     * Appends a frame.
     * @param length 1 … 65,535 bytes of `frame`
     * @returns false when the frame is larger than the whole outbox; it counts as dropped
     */
    push(frame: Bytes, length: number): boolean {
        const needed = length + OUTBOX_OVERHEAD_BYTES
        if (needed > this.ring.length) {
            this.dropped++
            return false
        }
        while (this.used + needed > this.ring.length) {
            this.pop()
            this.dropped++
        }
        let at = this.wrap(this.head + this.used)
        this.ring[at] = length & 0xff
        at = this.wrap(at + 1)
        this.ring[at] = length >> 8
        for (let i = 0; i < length; i++) {
            at = at + 1
            if (at === this.ring.length) at = 0
            this.ring[at] = frame[i]
        }
        this.used += needed
        this.frames++
        return true
    }

    /** Length of the oldest frame in bytes; 0 when there is none. */
    peekLength(): number {
        if (this.frames === 0) return 0
        return this.ring[this.head] | (this.ring[this.wrap(this.head + 1)] << 8)
    }

    /** Copies the oldest frame to `target` from index `to` on. */
    peek(target: Bytes, to: number): void {
        const length = this.peekLength()
        let at = this.wrap(this.head + 1)
        for (let i = 0; i < length; i++) {
            at = at + 1
            if (at === this.ring.length) at = 0
            target[to + i] = this.ring[at]
        }
    }

    /** Removes the oldest frame. */
    pop(): void {
        const size = this.peekLength() + OUTBOX_OVERHEAD_BYTES
        this.head = this.wrap(this.head + size)
        this.used -= size
        this.frames--
    }

    private wrap(at: number): number {
        return at >= this.ring.length ? at - this.ring.length : at
    }
}
