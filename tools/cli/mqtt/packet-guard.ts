/**
 * Looks at the packets that a broker sends while they arrive, before anything gathers them.
 * A PUBLISH that is longer than any message of a node becomes one without content, so
 * that it can be acknowledged and is not sent again forever; what is no MQTT ends the connection.
 */

/** Longest packet that is taken, B: the longest envelope of a frame, and some. */
export const MAX_PACKET_BYTES = 128 * 1024

const PUBLISH = 3
/** Bytes of a packet's length, at most [MQTT-2.2.3]. */
const MAX_LENGTH_BYTES = 4

/** The broker sends what is no MQTT. */
export class MalformedError extends Error {
    override name = "MalformedError"
    /** mqtt.js takes only errors of streams that have one. */
    readonly code = "MALFORMED"
}

export class PacketGuard {
    /** Bytes of the packet that comes that are passed on, or over. */
    private passing = 0
    private skipping = 0
    /** The beginning of a packet that cannot be understood yet. */
    private head = Buffer.alloc(0)

    /** @param onTooLong told of a message that was left out: its topic, and length in B */
    constructor(private readonly onTooLong: (topic: string, bytes: number) => void) {}

    /** @returns what is passed on of it @throws MalformedError */
    filter(chunk: Buffer): Buffer[] {
        const bytes = this.head.length > 0 ? Buffer.concat([this.head, chunk]) : chunk
        const passed: Buffer[] = []
        let at = 0
        while (at < bytes.length) {
            if (this.passing > 0) {
                // Up to the next packet that is to be looked at.
                const part = bytes.subarray(at, at + this.passing)
                passed.push(part)
                this.passing -= part.length
                at += part.length
            } else if (this.skipping > 0) {
                const part = Math.min(this.skipping, bytes.length - at)
                this.skipping -= part
                at += part
            } else {
                const taken = this.begin(bytes, at, passed)
                if (taken === undefined) break
                at += taken
            }
        }
        this.head = Buffer.from(bytes.subarray(at))
        return passed
    }

    /** A packet begins. @returns bytes of it that were understood; undefined when there are too few */
    private begin(bytes: Buffer, at: number, passed: Buffer[]): number | undefined {
        let length = 0
        for (let n = 1; ; n++) {
            if (n > MAX_LENGTH_BYTES) throw new MalformedError("a packet's length has five bytes")
            if (at + n >= bytes.length) return undefined
            const byte = bytes[at + n]
            length += (byte & 0x7f) * 0x80 ** (n - 1)
            if (byte >= 0x80) continue
            if (length <= MAX_PACKET_BYTES) {
                this.passing = 1 + n + length
                return 0
            }
            return this.shorten(bytes, at, at + 1 + n, length, passed)
        }
    }

    private shorten(
        bytes: Buffer,
        at: number,
        from: number,
        length: number,
        passed: Buffer[]
    ): number | undefined {
        if (bytes[at] >> 4 !== PUBLISH)
            throw new MalformedError(`a packet that is no message has ${length} B`)
        if (bytes.length < from + 2) return undefined
        const topicEnd = from + 2 + bytes.readUInt16BE(from)
        const hasId = (bytes[at] & 0x06) !== 0
        const headEnd = topicEnd + (hasId ? 2 : 0)
        if (bytes.length < headEnd) return undefined
        this.onTooLong(bytes.toString("utf8", from + 2, topicEnd), length)
        this.skipping = length - (headEnd - from)
        passed.push(publishHead(bytes[at], headEnd - from), bytes.subarray(from, headEnd))
        return headEnd - at
    }
}

/** Header and length of a packet. */
function publishHead(header: number, length: number): Buffer {
    const head = [header]
    for (let rest = length; ; rest >>= 7) {
        head.push(rest >= 0x80 ? (rest & 0x7f) | 0x80 : rest)
        if (rest < 0x80) return Buffer.from(head)
    }
}
