/** Cuts a stream of bytes into MQTT packets (MQTT 3.1.1, section 2.2). */

export const TYPE_CONNECT = 1
export const TYPE_PUBLISH = 3

/** @returns the packet's type, 1 … 14 */
export function typeOf(packet: Uint8Array): number {
    return packet[0] >> 4
}

export class PacketSplitter {
    private rest = Buffer.alloc(0)

    /** @returns the packets that are complete now */
    push(bytes: Uint8Array): Buffer[] {
        this.rest = Buffer.concat([this.rest, bytes])
        const packets: Buffer[] = []
        for (;;) {
            const length = lengthOf(this.rest)
            if (length === undefined || length > this.rest.length) return packets
            packets.push(this.rest.subarray(0, length))
            this.rest = this.rest.subarray(length)
        }
    }
}

/** Bytes of the first packet; undefined while its header is not complete. */
function lengthOf(bytes: Buffer): number | undefined {
    let remaining = 0
    for (let i = 1; i <= 4 && i < bytes.length; i++) {
        remaining += (bytes[i] & 0x7f) * 128 ** (i - 1)
        if (bytes[i] < 0x80) return 1 + i + remaining
    }
    return undefined
}

/** What a PUBLISH carries. */
export interface Publish {
    readonly topic: string
    readonly payload: Buffer
    readonly qos: number
}

/** @param packet a whole PUBLISH */
export function publishOf(packet: Buffer): Publish {
    let at = 1
    while (packet[at] >= 0x80) at++
    at++
    const topicEnd = at + 2 + packet.readUInt16BE(at)
    const topic = packet.toString("utf8", at + 2, topicEnd)
    const qos = (packet[0] >> 1) & 3
    return { topic, payload: packet.subarray(topicEnd + (qos > 0 ? 2 : 0)), qos }
}
