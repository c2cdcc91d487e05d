/**
 * TCP segments of one node, as far as they follow from what is sent when:
 *
 * - each write is a segment of its own, split at 1,440 B of payload;
 * - the receiver acknowledges with its own next data segment, else after
 *   200 ms, or at the second segment, whichever comes first (RFC 1122, 4.2.3.2);
 * - opening a connection takes three segments, closing it in order four.
 *
 * Retransmissions are not counted. A segment has 40 B of headers (IPv4 and TCP
 * without options); what the link layer adds is left out.
 */
export const SEGMENT_HEADER_BYTES = 40

const MAX_PAYLOAD_BYTES = 1440
const DELAYED_ACK_MS = 200
const SEGMENTS_TO_OPEN = 3
const SEGMENTS_TO_CLOSE = 4

export type Direction = "up" | "down"

/** Segments that their receiver did not acknowledge yet. */
interface Pending {
    count: number
    /** When the first one was received, ms. */
    sinceMs: number
}

export class SegmentCount {
    /** Segments of all kinds. */
    total = 0

    private readonly pending: Record<Direction, Pending> = {
        up: { count: 0, sinceMs: 0 },
        down: { count: 0, sinceMs: 0 },
    }

    /** @param latencyMs one way */
    constructor(private readonly latencyMs: number) {}

    opened(): void {
        this.total += SEGMENTS_TO_OPEN
    }

    closed(): void {
        this.total += SEGMENTS_TO_CLOSE
        this.broken()
    }

    /** Nothing is acknowledged any more. */
    broken(): void {
        this.pending.up.count = 0
        this.pending.down.count = 0
    }

    /** A write passes. @param nowMs time at the broker */
    write(direction: Direction, bytes: number, nowMs: number): void {
        const isUp = direction === "up"
        const sentMs = isUp ? nowMs - this.latencyMs : nowMs
        const receivedMs = isUp ? nowMs : nowMs + this.latencyMs
        this.piggyback(this.pending[isUp ? "down" : "up"], sentMs)
        const pending = this.pending[direction]
        if (pending.count > 0 && receivedMs - pending.sinceMs > DELAYED_ACK_MS)
            this.acknowledge(pending)
        for (let left = bytes; left > 0; left -= MAX_PAYLOAD_BYTES) {
            this.total++
            if (pending.count === 0) pending.sinceMs = receivedMs
            pending.count++
            if (pending.count === 2) this.acknowledge(pending)
        }
    }

    private piggyback(received: Pending, sentMs: number): void {
        if (received.count === 0 || sentMs < received.sinceMs) return
        if (sentMs - received.sinceMs > DELAYED_ACK_MS) this.acknowledge(received)
        received.count = 0
    }

    private acknowledge(pending: Pending): void {
        this.total++
        pending.count = 0
    }
}
