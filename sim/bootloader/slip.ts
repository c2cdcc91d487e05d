/** Packets on a serial line between 0xC0 bytes (RFC 1055). */

const END = 0xc0
const ESCAPE = 0xdb
const ESCAPED_END = 0xdc
const ESCAPED_ESCAPE = 0xdd

export function slipPacket(data: Uint8Array): Uint8Array {
    const bytes = [END]
    for (const byte of data)
        if (byte === END) bytes.push(ESCAPE, ESCAPED_END)
        else if (byte === ESCAPE) bytes.push(ESCAPE, ESCAPED_ESCAPE)
        else bytes.push(byte)
    bytes.push(END)
    return Uint8Array.from(bytes)
}

/** Finds packets in what arrives; what is between them is left out, as the ROM does. */
export class SlipReader {
    private bytes: number[] | undefined
    private isEscaped = false

    /** @param onPacket called for each whole packet, empty ones excepted */
    constructor(private readonly onPacket: (packet: Uint8Array) => void) {}

    read(data: Uint8Array): void {
        for (const byte of data) this.readByte(byte)
    }

    private readByte(byte: number): void {
        if (byte === END) {
            const packet = this.bytes
            this.bytes = []
            this.isEscaped = false
            if (packet !== undefined && packet.length > 0) {
                this.bytes = undefined
                this.onPacket(Uint8Array.from(packet))
            }
            return
        }
        if (this.bytes === undefined) return
        if (this.isEscaped) {
            this.isEscaped = false
            if (byte === ESCAPED_END) this.bytes.push(END)
            else if (byte === ESCAPED_ESCAPE) this.bytes.push(ESCAPE)
            else this.bytes = undefined
            return
        }
        if (byte === ESCAPE) this.isEscaped = true
        else this.bytes.push(byte)
    }
}
